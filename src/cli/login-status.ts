import { createHash } from 'node:crypto'
import { type AccountSummary, Secret, systemClock } from '../index.ts'
import type { TokenRecord } from '../oauth/index.ts'
import type { CommandContext } from './context.ts'
import { findStore, openGrantStore, type StoreKind } from './grant-store.ts'
import { readLoginNotes } from './login-notes.ts'
import { grantKey, readProfile } from './profile.ts'
import { readClientId, type Target } from './target.ts'
import { findVariable } from './variables.ts'

/** What is known of a login without asking the server. `null` stands for what is not known. */
export interface LoginStatus {
  readonly profile: string
  readonly environment: string
  /** Whether a token is there that has not expired as far as this machine knows. */
  readonly loggedIn: boolean
  readonly state: 'valid' | 'expired' | 'ended' | 'none'
  /** What gives the token that other commands use. */
  readonly source: string | null
  readonly clientId: string
  readonly userId: number | null
  readonly scope: string | null
  readonly expiresAt: string | null
  /** Whether there is a refresh token. */
  readonly renewable: boolean
  readonly generation: number | null
  /** First 8 hexadecimal digits of the access token's SHA-256: two tokens can be compared by it, nothing else. */
  readonly tokenFingerprint: string | null
  readonly store: { readonly kind: StoreKind; readonly location: string }
  /** The accounts as the server last named them. */
  readonly accounts: readonly AccountSummary[] | null
  readonly accountsSeenAt: string | null
}

/** A status, and the token it is about. */
export interface FoundLogin {
  readonly status: LoginStatus
  readonly accessToken: Secret | undefined
}

/** Looks at variables, store and notes, in the order in which other commands take a token from them. */
export async function findLogin(context: CommandContext, target: Target): Promise<FoundLogin> {
  const { env } = context
  const clientId = readClientId(context, target)
  const profile = readProfile(context, target)
  const key = grantKey(target, clientId, profile)
  const variable = findVariable(env, 'CTRADER_ACCESS_TOKEN')
  const { kind, directory } = findStore(env)
  // A passphrase is not asked for where the store does not count.
  const record =
    variable === undefined ? await (await openGrantStore(context)).store.load(key) : undefined
  const ready = record === undefined ? target.sandbox?.accessToken : undefined
  const given = variable?.value ?? ready
  const accessToken = given === undefined ? record?.tokens.accessToken : new Secret(given)
  const stored = given === undefined ? record : undefined
  const notes = stored === undefined ? {} : readLoginNotes(env, key)
  const state = given === undefined ? stateOf(record) : 'valid'
  return {
    accessToken,
    status: {
      profile,
      environment: target.name,
      loggedIn: state === 'valid',
      state,
      source:
        variable?.source ?? (stored && 'stored login') ?? (ready && "the sandbox's line") ?? null,
      clientId,
      userId: stored?.userId ?? notes.userId ?? null,
      scope: notes.scope ?? stored?.tokens.scope ?? null,
      expiresAt: isoOrNull(stored?.tokens.expiresAt),
      renewable: stored?.status === 'live' && stored.tokens.refreshToken !== undefined,
      generation: stored?.generation ?? null,
      tokenFingerprint: accessToken === undefined ? null : fingerprintOf(accessToken),
      store: { kind, location: directory },
      accounts: notes.accounts ?? null,
      accountsSeenAt: isoOrNull(notes.seenAt),
    },
  }
}

function stateOf(record: TokenRecord | undefined): LoginStatus['state'] {
  if (record === undefined) return 'none'
  const { expiresAt = Number.POSITIVE_INFINITY } = record.tokens
  // A grant that cannot be renewed any more still has its access token, until that ends too.
  if (expiresAt > systemClock.now()) return 'valid'
  return record.status === 'dead' ? 'ended' : 'expired'
}

function isoOrNull(timestamp: number | undefined): string | null {
  return timestamp === undefined ? null : new Date(timestamp).toISOString()
}

function fingerprintOf(token: Secret): string {
  return createHash('sha256').update(token.reveal()).digest('hex').slice(0, 8)
}
