import { CTraderError, type CTraderErrorOptions } from '../errors.ts'
import { catalog, type RequestName } from '../protocol/index.ts'

/**
 * What became of a request that failed.
 *
 * - `not-sent`: it never left; sending it again is safe
 * - `refused`: the server answered no
 * - `unknown`: it left (or may have) and no answer was understood; the server may have acted on it
 */
export type RequestOutcome = 'not-sent' | 'refused' | 'unknown'

/** Which request an error is about. */
export interface RequestIdentity {
  readonly request: RequestName
  /** The id it travelled under: the server repeats it in everything this request causes. */
  readonly clientMsgId: string
  /** The account it was for, if it was for one. */
  readonly accountId: number | undefined
}

/** A request that did not end well. Its {@link RequestError.outcome} says whether the server may have acted on it. */
export abstract class RequestError extends CTraderError {
  readonly request: RequestName
  readonly clientMsgId: string
  readonly accountId: number | undefined
  readonly outcome: RequestOutcome

  constructor(
    code: string,
    summary: string,
    identity: RequestIdentity,
    outcome: RequestOutcome,
    options: CTraderErrorOptions = {},
  ) {
    const { request, clientMsgId, accountId } = identity
    super(code, summary, {
      ...options,
      facts: { request, clientMsgId, accountId, outcome, ...options.facts },
    })
    this.request = request
    this.clientMsgId = clientMsgId
    this.accountId = accountId
    this.outcome = outcome
  }
}

/** What to do about a request nobody knows the outcome of. */
function adviceAfter(request: RequestName, outcome: RequestOutcome): string {
  if (outcome === 'not-sent') return 'It can be sent again.'
  if (catalog[request].scope === 'trade') {
    return 'Look at the orders and positions of the account before sending it again.'
  }
  if (request === 'refreshToken') {
    return 'The old refresh token may be used up; if it is, the user has to consent again.'
  }
  return catalog[request].repeatable
    ? 'It changes nothing on the server and can be sent again.'
    : 'Look at what it was to change before sending it again.'
}

const outcomeText = (outcome: RequestOutcome): string =>
  outcome === 'not-sent' ? 'it was not sent' : 'whether the server acted on it is unknown'

/** No answer came in time. `cause` is what kept it from being sent, where that is known. */
export class RequestTimeoutError extends RequestError {
  constructor(
    identity: RequestIdentity,
    timeoutMs: number,
    outcome: RequestOutcome,
    cause?: unknown,
  ) {
    const { request } = identity
    super(
      'REQUEST_TIMEOUT',
      `No answer to ${request} within ${timeoutMs} ms; ${outcomeText(outcome)}.`,
      identity,
      outcome,
      {
        facts: { timeoutMs },
        cause,
        remedy:
          request === 'accountListByAccessToken' && outcome === 'unknown'
            ? 'The server may stay silent when the access token has died; refresh the token.'
            : adviceAfter(request, outcome),
      },
    )
  }
}

/** The caller gave up waiting. `cause` is the reason of its signal, if it used one. */
export class RequestAbortedError extends RequestError {
  constructor(identity: RequestIdentity, outcome: RequestOutcome, cause?: unknown) {
    super(
      'REQUEST_ABORTED',
      `Waiting for ${identity.request} was given up; ${outcomeText(outcome)}.`,
      identity,
      outcome,
      { cause, ...(outcome === 'unknown' && { remedy: adviceAfter(identity.request, outcome) }) },
    )
  }
}

/** The connection ended before the answer came. `cause` says how it ended. */
export class ConnectionLostError extends RequestError {
  constructor(identity: RequestIdentity, outcome: RequestOutcome, cause?: unknown) {
    super(
      'CONNECTION_LOST',
      `The connection ended before ${identity.request} was answered; ${outcomeText(outcome)}.`,
      identity,
      outcome,
      { cause, remedy: adviceAfter(identity.request, outcome) },
    )
  }
}

/** Why an account is no longer authorised on a connection. */
export type AccountLoss = 'token-invalidated' | 'disconnected'

/** The account of the request lost its authorisation before the answer came; the connection itself goes on. */
export class AccountLostError extends RequestError {
  readonly loss: AccountLoss

  constructor(identity: RequestIdentity, outcome: RequestOutcome, loss: AccountLoss) {
    const why = loss === 'disconnected' ? 'was disconnected by the server' : 'lost its access token'
    super(
      'ACCOUNT_LOST',
      `Account ${identity.accountId} ${why} before ${identity.request} was answered; ${outcomeText(outcome)}.`,
      identity,
      outcome,
      {
        facts: { loss },
        remedy: `Authorise the account again. ${adviceAfter(identity.request, outcome)}`,
      },
    )
    this.loss = loss
  }
}

/** The server answered, but the answer could not be read. `cause` names message and field. */
export class UnreadableAnswerError extends RequestError {
  constructor(identity: RequestIdentity, cause: CTraderError) {
    super(
      'UNREADABLE_ANSWER',
      `The answer to ${identity.request} could not be read: ${cause.message}`,
      identity,
      'unknown',
      { cause, remedy: adviceAfter(identity.request, 'unknown') },
    )
  }
}

/** The server took the application's connection away (`ProtoOAClientDisconnectEvent`). */
export class ClientDisconnectedError extends CTraderError {
  /** The server's own words, if it said any. */
  readonly reason: string | undefined

  constructor(reason: string | undefined) {
    super(
      'CLIENT_DISCONNECTED',
      `The server ended the application's connection${reason ? `: ${reason}` : ''}.`,
      {
        facts: { reason },
        remedy: 'Wait before connecting again; frequent attempts are throttled.',
      },
    )
    this.reason = reason
  }
}

/** Nothing was heard from the server for so long that it must be gone. */
export class SilentServerError extends CTraderError {
  constructor(silentMs: number) {
    super('SERVER_SILENT', `Nothing was heard from the server for ${Math.round(silentMs)} ms.`, {
      facts: { silentMs },
      remedy: 'The connection is dead; connect again.',
    })
  }
}

/** The session has been closed by its owner. */
export class SessionClosedError extends CTraderError {
  constructor() {
    super('SESSION_CLOSED', 'The session has been closed.', { remedy: 'Open a new one.' })
  }
}
