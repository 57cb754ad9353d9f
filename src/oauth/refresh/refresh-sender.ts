import { Secret } from '../../secret.ts'
import type { GrantDoor, SocketTokens } from '../grant/grant-door.ts'
import type { RefreshDoor } from '../grant/grant-events.ts'
import type { CheckedGrantOptions } from '../grant/grant-options.ts'
import { TokenEndpointUnreachableError } from '../tokens/token-errors.ts'
import { sendTokenRequest, type TokenAnswer } from '../tokens/token-request.ts'

/** Told just before a request leaves. */
export type SendNotice = (door: RefreshDoor) => void

/**
 * Sends a refresh token through one door, or through the other when the first provably sent nothing. Both give an answer
 * of the same form, so that it is kept and read in one way.
 *
 * @throws TokenEndpointUnreachableError, whose `outcome` says whether the token may be spent.
 */
export async function sendRefresh(
  refreshToken: Secret,
  options: CheckedGrantOptions,
  door: GrantDoor | undefined,
  notice: SendNotice,
): Promise<TokenAnswer> {
  const https = (): Promise<TokenAnswer> => {
    notice('https')
    const grant = { grantType: 'refresh_token', refreshToken } as const
    return sendTokenRequest(options.application, grant, options)
  }
  if (door === undefined) return https()
  const socket = (): Promise<TokenAnswer> => {
    notice('socket')
    return sendOverSocket(refreshToken, options, door)
  }
  const [first, second] = options.door === 'socket' ? [socket, https] : [https, socket]
  try {
    return await first()
  } catch (error) {
    if (!(error instanceof TokenEndpointUnreachableError && error.outcome === 'not-sent')) {
      throw error
    }
    options.logger.warn(
      { grant: options.grant, code: error.code },
      'The refresh could not be sent; it is sent the other way.',
    )
    return second()
  }
}

async function sendOverSocket(
  refreshToken: Secret,
  options: CheckedGrantOptions,
  door: GrantDoor,
): Promise<TokenAnswer> {
  const { clock, timeoutMs } = options
  const sentAt = clock.now()
  const work = door.refreshOverSocket(refreshToken)
  // The deadline of the session may be longer; what comes after ours is too late in any case.
  work.catch(() => {})
  let timer: ReturnType<typeof clock.after> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = clock.after(timeoutMs, () => reject(unreachable('unknown', 'timeout')))
  })
  try {
    const {
      accessToken,
      refreshToken: next,
      tokenType,
      expiresIn,
    } = await Promise.race([work, late])
    return answerOf({ accessToken, refreshToken: next, tokenType, expiresIn }, sentAt)
  } catch (error) {
    if (error instanceof TokenEndpointUnreachableError) throw error
    const { outcome, serverCode, description } = failureOf(error)
    if (outcome === 'refused' && typeof serverCode === 'string') {
      return answerOf({ errorCode: serverCode, description }, sentAt)
    }
    const sent = outcome === 'not-sent' ? 'not-sent' : 'unknown'
    throw unreachable(sent, sent === 'not-sent' ? 'no-session' : 'connection-lost')
  } finally {
    timer?.cancel()
  }
}

interface SocketFailure {
  readonly outcome?: unknown
  readonly serverCode?: unknown
  readonly description?: unknown
}

function failureOf(error: unknown): SocketFailure {
  return typeof error === 'object' && error !== null ? error : {}
}

function answerOf(
  members: SocketTokens | { readonly errorCode: string; readonly description: unknown },
  sentAt: number,
): TokenAnswer {
  const text = JSON.stringify(members)
  return {
    status: 200,
    contentType: 'application/json',
    redirectHost: undefined,
    retryAfter: undefined,
    sentAt,
    bytes: text.length,
    tooBig: false,
    body: new Secret(text),
  }
}

function unreachable(
  outcome: 'not-sent' | 'unknown',
  reason: string,
): TokenEndpointUnreachableError {
  const summary =
    outcome === 'not-sent'
      ? 'The refresh could not be sent over the connection.'
      : 'The connection gave no answer to the refresh.'
  const remedy =
    outcome === 'not-sent'
      ? 'Nothing was sent. Try again when the session is back.'
      : 'The refresh token may be spent.'
  return new TokenEndpointUnreachableError(
    summary,
    { outcome, reason },
    { phase: 'refresh', remedy, facts: { door: 'socket' } },
  )
}
