import { Secret } from '../index.ts'
import {
  createGrantCoordinator,
  forgetGrant,
  type GrantCoordinator,
  type GrantKey,
  ReauthorizationRequiredError,
  saveLogin,
  type TokenRecord,
} from '../oauth/index.ts'
import type { CommandContext } from './context.ts'
import { LoginNeededError } from './errors.ts'
import { type GrantStore, openGrantStore, type StoreUser } from './grant-store.ts'
import { seed as seedTokens } from './imported-tokens.ts'
import { digestOfSeed, readLoginNotes, writeLoginNotes } from './login-notes.ts'
import { grantKey, readProfile } from './profile.ts'
import type { Credentials, Target } from './target.ts'
import { readVariable } from './variables.ts'

/** What keeps a stored login alive: it renews the tokens when it is time to, and loses none. */
export function coordinate(
  { store, emergency }: GrantStore,
  key: GrantKey,
  target: Target,
  credentials: Credentials,
): GrantCoordinator {
  const { endpoints } = target
  return createGrantCoordinator({ store, emergency, key, application: credentials, endpoints })
}

type Finder = StoreUser & Pick<CommandContext, 'options'>

/**
 * The access token to use: the variable's, the stored login's (renewed if need be), that of a refresh token given as a
 * seed, or the sandbox's ready-made one, in this order.
 *
 * @param opened the place of the logins, if it is open already
 * @throws {@link LoginNeededError}, ReauthorizationRequiredError and what else can go wrong with a refresh
 */
export async function findAccessToken(
  context: Finder,
  target: Target,
  credentials: Credentials,
  opened?: GrantStore,
): Promise<Secret> {
  const { env } = context
  const given = readVariable(env, 'CTRADER_ACCESS_TOKEN')
  if (given !== undefined) return new Secret(given)
  const grants = opened ?? (await openGrantStore(context))
  const key = grantKey(target, credentials.clientId, readProfile(context, target))
  const record = await grants.store.load(key)
  const seed = readVariable(env, 'CTRADER_REFRESH_TOKEN')
  const isSpent = seed !== undefined && readLoginNotes(env, key).seedDigest === digestOfSeed(seed)
  if (seed !== undefined && !isSpent && (record === undefined || record.status === 'dead')) {
    return plantSeed(context, { grants, key, seed, target, credentials })
  }
  if (record !== undefined) return currentToken(context, record, grants, target, credentials)
  if (isSpent) {
    throw new LoginNeededError(
      target.name,
      'CTRADER_REFRESH_TOKEN was used already, and the login made from it is gone.',
    )
  }
  if (target.sandbox !== undefined) return new Secret(target.sandbox.accessToken)
  throw new LoginNeededError(target.name)
}

async function currentToken(
  { signal }: Pick<Finder, 'signal'>,
  record: TokenRecord,
  grants: GrantStore,
  target: Target,
  credentials: Credentials,
): Promise<Secret> {
  const grant = coordinate(grants, record.key, target, credentials)
  try {
    return (await grant.current({ signal })).accessToken
  } finally {
    await grant.close()
  }
}

interface Seed {
  readonly grants: GrantStore
  readonly key: GrantKey
  readonly seed: string
  readonly target: Target
  readonly credentials: Credentials
}

/**
 * Turns a refresh token, which works once, into a stored login: from then on the variable is not looked at. It is stored
 * as a login that has expired, so that it is renewed like any other: whatever breaks off, it is not lost.
 */
async function plantSeed(
  { env, output, signal }: Finder,
  { grants, key, seed, target, credentials }: Seed,
): Promise<Secret> {
  const tokens = seedTokens(seed)
  const { generation } = await saveLogin({ ...grants, key, tokens, signal })
  const grant = coordinate(grants, key, target, credentials)
  try {
    const issued = await grant.current({ signal })
    writeLoginNotes(env, key, { seedDigest: digestOfSeed(seed) })
    output.note(
      `CTRADER_REFRESH_TOKEN has become a stored login in ${grants.directory}; it is spent and not needed any more.`,
    )
    return issued.accessToken
  } catch (error) {
    // A seed that the server does not take is no login.
    const isRefused = error instanceof ReauthorizationRequiredError
    if (isRefused && (await grants.store.load(key))?.generation === generation) {
      await forgetGrant({ ...grants, key })
    }
    throw error
  } finally {
    await grant.close()
  }
}
