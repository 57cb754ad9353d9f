import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret, systemClock } from '../index.ts'
import {
  type GrantKey,
  RefreshTokenRefusedError,
  refreshTokens,
  type TokenRecord,
  type TokenSet,
  type TokenStore,
} from '../oauth/index.ts'
import { configDirectory } from './config-directory.ts'
import type { CommandContext } from './context.ts'
import { LoginNeededError, UsageError } from './errors.ts'
import { digestOfSeed, readLoginNotes, writeLoginNotes } from './login-notes.ts'
import { grantKey, readProfile } from './profile.ts'
import type { Credentials, Target } from './target.ts'
import { reasonOf } from './text-file.ts'
import { readVariable } from './variables.ts'

/** The logins this command keeps. */
export interface GrantStore {
  readonly store: TokenStore
  /** For people: where the files are. */
  readonly directory: string
}

/** Opens the place of the logins. Nothing is made there before something is saved. */
export async function openGrantStore(env: NodeJS.ProcessEnv): Promise<GrantStore> {
  const { createFileTokenStore } = await import('../stores/file.ts')
  const directory = join(configDirectory(env), 'grants')
  return { store: createFileTokenStore({ directory }), directory }
}

/** The record of a login just made, to follow the stored one. */
export function nextRecord(
  key: GrantKey,
  tokens: TokenSet,
  before: TokenRecord | undefined,
  userId?: number | undefined,
): TokenRecord {
  return {
    key,
    generation: (before?.generation ?? 0) + 1,
    tokens,
    userId,
    status: 'live',
    intent: undefined,
  }
}

/**
 * The access token to use: the variable's, the stored login's, that of a refresh token given as a seed, or the sandbox's
 * ready-made one, in this order.
 *
 * @throws {@link LoginNeededError}
 */
export async function findAccessToken(
  context: Pick<CommandContext, 'env' | 'options' | 'output' | 'signal'>,
  target: Target,
  credentials: Credentials,
): Promise<Secret> {
  const { env } = context
  const given = readVariable(env, 'CTRADER_ACCESS_TOKEN')
  if (given !== undefined) return new Secret(given)
  const grants = await openGrantStore(env)
  const key = grantKey(target, credentials.clientId, readProfile(context, target))
  const record = await grants.store.load(key)
  const seed = readVariable(env, 'CTRADER_REFRESH_TOKEN')
  const isSpent = seed !== undefined && readLoginNotes(env, key).seedDigest === digestOfSeed(seed)
  if (seed !== undefined && !isSpent && (record === undefined || record.status === 'dead')) {
    return plantSeed(context, { grants, key, seed, before: record, target, credentials })
  }
  if (record !== undefined) return usableToken(record, target)
  if (isSpent) {
    throw new LoginNeededError(
      target.name,
      'CTRADER_REFRESH_TOKEN was used already, and the login made from it is gone.',
    )
  }
  if (target.sandbox !== undefined) return new Secret(target.sandbox.accessToken)
  throw new LoginNeededError(target.name)
}

function usableToken({ tokens, status }: TokenRecord, target: Target): Secret {
  const { expiresAt = Number.POSITIVE_INFINITY, accessToken } = tokens
  if (status === 'dead') {
    throw new LoginNeededError(target.name, 'The stored login has been ended by the server.')
  }
  if (expiresAt <= systemClock.now()) {
    const when = new Date(expiresAt).toISOString().slice(0, 10)
    throw new LoginNeededError(target.name, `The stored login expired on ${when}.`)
  }
  return accessToken
}

interface Seed {
  readonly grants: GrantStore
  readonly key: GrantKey
  readonly seed: string
  /** A login that the server has ended. */
  readonly before: TokenRecord | undefined
  readonly target: Target
  readonly credentials: Credentials
}

/** Turns a refresh token, which works once, into a stored login: from then on the variable is not looked at. */
async function plantSeed(
  { env, output, signal }: Pick<CommandContext, 'env' | 'output' | 'signal'>,
  { grants, key, seed, before, target, credentials }: Seed,
): Promise<Secret> {
  // The seed is spent by the request: what comes back must have a place.
  await requireWritable(grants.directory)
  try {
    const tokens = await refreshTokens({
      application: credentials,
      refreshToken: new Secret(seed),
      endpoints: target.endpoints,
      signal,
    })
    await grants.store.save(nextRecord(key, tokens, before), before?.generation ?? 0)
    writeLoginNotes(env, key, { seedDigest: digestOfSeed(seed) })
    output.note(
      `CTRADER_REFRESH_TOKEN has become a stored login in ${grants.directory}; it is spent and not needed any more.`,
    )
    return tokens.accessToken
  } catch (error) {
    if (!(error instanceof RefreshTokenRefusedError)) throw error
    // Another process may have planted the same seed meanwhile.
    const record = await grants.store.load(key)
    if (record === undefined || record.generation === before?.generation) throw error
    return usableToken(record, target)
  }
}

async function requireWritable(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new UsageError(
      `The directory ${directory} cannot be written (${reasonOf(error)}).`,
      'Set CTRADER_CONFIG_DIR to one of yours; CTRADER_REFRESH_TOKEN was not used.',
      { directory },
    )
  }
}
