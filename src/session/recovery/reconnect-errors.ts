import { CTraderError } from '../../errors.ts'
import { RequestError, type RequestIdentity } from '../errors.ts'
import type { SessionStatus } from '../status/status.ts'

/** A session that heals itself has stopped trying. `cause` is what the last attempt failed with. */
export class ReconnectGivenUpError extends CTraderError {
  constructor(attempts: number, downMs: number, cause: CTraderError) {
    const seconds = Math.round(downMs / 1000)
    super(
      'RECONNECT_GIVEN_UP',
      `Connecting again was given up after ${attempts} attempts in ${seconds} s: ${cause.message}`,
      {
        facts: { attempts, downMs: Math.round(downMs), last: cause.code },
        remedy: 'Open a new session when the reason is gone, or raise the limits of `reconnect`.',
        cause,
      },
    )
  }
}

/** The connection takes no requests any longer, although data still arrives on it. */
export class MuteConnectionError extends CTraderError {
  constructor(waitedMs: number) {
    super('CONNECTION_MUTE', `The server has not answered a simple request for ${waitedMs} ms.`, {
      facts: { waitedMs },
      remedy: 'The connection has gone mute; connect again.',
    })
  }
}

/**
 * A request was made while its connection, or its account, is not there, and was not to wait for it. It was not sent.
 * `cause` says what is in the way, where that is known.
 */
export class NotReadyError extends RequestError {
  constructor(identity: RequestIdentity, what: string, cause: CTraderError | undefined) {
    super('NOT_READY', `${identity.request} was not sent: ${what}.`, identity, 'not-sent', {
      remedy: 'Wait until the session is ready, then decide whether it is still wanted.',
      cause,
    })
  }
}

/** The server refused an access token that nobody can replace: it was given as it is, without a source of new ones. */
export class AccessTokenRejectedError extends CTraderError {
  constructor() {
    super('ACCESS_TOKEN_REJECTED', 'The server no longer accepts the access token.', {
      remedy: 'Log in again, or give a source of tokens that can renew them.',
    })
  }
}

/** No access token was to be had. `cause` says why, where that is known. */
export class TokenUnavailableError extends CTraderError {
  constructor(accountId: number, detail: string, cause?: unknown) {
    super('TOKEN_UNAVAILABLE', `There is no access token for account ${accountId}: ${detail}.`, {
      facts: { accountId },
      remedy: 'Look at what keeps the tokens; it is asked again after a while.',
      cause,
    })
  }
}

/** An account keeps losing its authorisation soon after it got it. */
export class AccountUnstableError extends CTraderError {
  constructor(accountId: number, loss: string) {
    super('ACCOUNT_UNSTABLE', `Account ${accountId} lost its authorisation again (${loss}).`, {
      facts: { accountId, loss },
      remedy: 'It is authorised again after a pause.',
    })
  }
}

/** The session was not ready in time. `cause` is what stands in the way, where that is known. */
export class SessionNotReadyError extends CTraderError {
  constructor(status: SessionStatus, timeoutMs: number) {
    super('SESSION_NOT_READY', `The session is still ${status.phase} after ${timeoutMs} ms.`, {
      facts: { phase: status.phase, timeoutMs },
      remedy: 'It goes on trying; wait longer, or watch its status.',
      cause: status.phase === 'waiting' ? status.error : undefined,
    })
  }
}
