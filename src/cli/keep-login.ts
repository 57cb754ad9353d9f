import { type GrantIdentity, identifyGrant, systemClock } from '../index.ts'
import {
  type GrantKey,
  IdentityChangedError,
  saveLogin,
  type TokenRecord,
  type TokenSet,
} from '../oauth/index.ts'
import type { CommandContext } from './context.ts'
import type { GrantStore } from './grant-store.ts'
import { readLoginNotes, writeLoginNotes } from './login-notes.ts'
import type { Credentials, Target } from './target.ts'

/** Where the tokens of a login go, and what is there already. */
export interface LoginPlace {
  readonly target: Target
  readonly credentials: Credentials
  readonly grants: GrantStore
  readonly key: GrantKey
  readonly before: TokenRecord | undefined
  /** Whether the login of another person may be replaced. */
  readonly force: boolean
}

/**
 * Stores the tokens of a login once it is known that they do not take the place of another person's. Says whose they are,
 * if the server could be asked.
 *
 * @throws IdentityChangedError
 */
export async function keepLogin(
  context: Pick<CommandContext, 'env' | 'output' | 'signal'>,
  { target, credentials, grants, key, before, force }: LoginPlace,
  tokens: TokenSet,
): Promise<GrantIdentity | undefined> {
  const { env, output, signal } = context
  const expected = before?.userId ?? readLoginNotes(env, key).userId
  let identity: GrantIdentity | undefined
  try {
    const { accessToken } = tokens
    const { environment, carrier } = target
    const application = credentials
    identity = await identifyGrant({ environment, carrier, application, accessToken, signal })
  } catch (error) {
    const mustCheck = before !== undefined && expected !== undefined && !force
    if (mustCheck || signal.aborted) throw error
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    output.note(`The server could not be asked whose login this is${code}; it is stored anyway.`)
  }
  try {
    await saveLogin({
      ...grants,
      key,
      tokens,
      userId: identity?.userId ?? (force ? undefined : expected),
      replaceOther: force,
      signal,
    })
  } catch (error) {
    if (!(error instanceof IdentityChangedError)) throw error
    throw new IdentityChangedError(error.expectedUserId, error.foundUserId, {
      remedy:
        'Nothing was replaced. Sign out of cTrader in the browser and try again, or use --profile NAME for the other person, or --force to replace the login.',
    })
  }
  if (identity !== undefined) {
    writeLoginNotes(env, key, { ...identity, seenAt: systemClock.now() })
  }
  return identity
}
