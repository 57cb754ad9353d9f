import type { Clock } from '../../async/clock.ts'
import type { WaitOptions } from '../../async/wait-options.ts'
import { CTraderError } from '../../errors.ts'
import type { IssuedToken } from '../../oauth/index.ts'
import { RequestError } from '../errors.ts'
import type { Connection } from '../recovery/connection.ts'
import { AccessTokenRejectedError, TokenUnavailableError } from '../recovery/reconnect-errors.ts'
import { RequestRefusedError } from '../requests/refusal.ts'
import type { WantedAccount } from './wanted-account.ts'

/** Whether the server says that an access token is dead. */
export function isTokenRefusal(error: unknown): boolean {
  return (
    error instanceof RequestRefusedError &&
    (error.serverCode === 'CH_ACCESS_TOKEN_INVALID' || error.serverCode === 'OA_AUTH_TOKEN_EXPIRED')
  )
}

export interface AuthorizeOptions {
  readonly clock: Clock
  /** For getting the token and authorising together. */
  readonly timeoutMs: number
  /** Makes the ids of requests. */
  readonly newId: () => string
}

/**
 * Authorises an account on a connection with the current token of its source. A token that the server refuses is
 * replaced once; when the new one is refused as well, the token is not what is wrong.
 */
export async function authorizeAccount(
  account: WantedAccount,
  { live, onOver }: Connection,
  { clock, timeoutMs, newId }: AuthorizeOptions,
): Promise<void> {
  const { accountId, tokens } = account
  const started = clock.monotonic()
  const wait = () => ({
    timeoutMs: Math.max(1, timeoutMs - (clock.monotonic() - started)),
  })
  const get = (ask: (options: WaitOptions) => Promise<IssuedToken>) => {
    // A signal of its own: the source listens to it, and a link has many accounts.
    const over = new AbortController()
    const options = { ...wait(), signal: over.signal }
    const stop = onOver(() => over.abort())
    return within(ask(options), { accountId, clock, ...options }).finally(stop)
  }
  const authorize = async (token: IssuedToken): Promise<void> => {
    const clientMsgId = account.givenId ?? newId()
    account.givenId = undefined
    account.requestId = clientMsgId
    const options = { timeoutMs: wait().timeoutMs, clientMsgId }
    try {
      await live.authorizeAccount(accountId, token.accessToken, options)
    } catch (error) {
      if (error instanceof RequestError && error.outcome !== 'not-sent') {
        account.isOutcomeUnknown = error.outcome === 'unknown'
      }
      throw error
    }
    account.isOutcomeUnknown = false
    account.token = token
    account.isTokenInDoubt = false
    account.isTokenUseless = false
  }
  const suspect = account.isTokenInDoubt ? account.token : undefined
  const token = await get((options) =>
    suspect === undefined || tokens.invalidated === undefined
      ? tokens.current(options)
      : tokens.invalidated(suspect, options),
  )
  const refusal = await refusedBy(authorize(token))
  if (refusal === undefined) return
  if (account.isTokenUseless) throw refusal
  let next: IssuedToken
  try {
    next = await get((options) => tokens.replace(token, options))
  } catch (error) {
    if (!(error instanceof AccessTokenRejectedError)) throw error
    // There is nobody to renew it: what the server said is the news.
    account.isTokenUseless = true
    throw refusal
  }
  const again = await refusedBy(authorize(next))
  if (again === undefined) return
  account.isTokenUseless = true
  throw again
}

/** Resolves with the refusal of a token, if that is what came of it. */
async function refusedBy(attempt: Promise<void>): Promise<unknown> {
  try {
    await attempt
    return undefined
  } catch (error) {
    if (isTokenRefusal(error)) return error
    throw error
  }
}

interface Deadline {
  readonly accountId: number
  readonly clock: Clock
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Waits for a token, but not longer than allowed, whatever its source thinks of deadlines. */
function within(
  token: Promise<IssuedToken>,
  { accountId, clock, timeoutMs, signal }: Deadline,
): Promise<IssuedToken> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', onAbort)
    }
    const onAbort = (): void => {
      settle()
      reject(new TokenUnavailableError(accountId, 'the connection was lost meanwhile'))
    }
    const timer = clock.after(timeoutMs, () => {
      settle()
      reject(new TokenUnavailableError(accountId, `none came within ${Math.round(timeoutMs)} ms`))
    })
    signal.addEventListener('abort', onAbort, { once: true })
    token.then(
      (issued) => {
        settle()
        resolve(issued)
      },
      (error: unknown) => {
        settle()
        const known = error instanceof CTraderError
        reject(known ? error : new TokenUnavailableError(accountId, 'its source failed', error))
      },
    )
  })
}
