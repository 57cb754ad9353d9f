import type { Clock } from '../../async/clock.ts'
import type { CTraderError } from '../../errors.ts'
import {
  catalog,
  type RequestMessage,
  type RequestName,
  type ResponseMessage,
} from '../../protocol/index.ts'
import {
  AccountLostError,
  ConnectionLostError,
  RequestAbortedError,
  RequestError,
  type RequestIdentity,
  type RequestOutcome,
  RequestTimeoutError,
} from '../errors.ts'
import type { LiveSession } from '../live-session.ts'
import type { CallOptions, Exchange, WhenOffline } from '../requests/exchange.ts'
import type { Conditions } from './conditions.ts'
import { NotReadyError } from './reconnect-errors.ts'

export interface RequestsOptions {
  readonly clock: Clock
  readonly conditions: Conditions
  readonly requestTimeoutMs: number
  readonly whenOffline: WhenOffline
  readonly newId: () => string
}

/** What the sending of requests needs to know about links and accounts. */
export interface RequestsPort {
  /** The link, when a request for this account (or for none) can be sent on it now. */
  here(accountId: number | undefined): LiveSession | undefined
  /** What ended the session for good, once it takes no requests any longer. */
  over(): CTraderError | undefined
  /** What is in the way of the account, or of the link. */
  obstacle(accountId: number | undefined): Obstacle
}

export interface Obstacle {
  /** Completes "it was not sent: ...". */
  readonly what: string
  readonly cause: CTraderError | undefined
  /** Whether waiting cannot help. */
  readonly isFinal: boolean
}

interface Waiting {
  readonly identity: RequestIdentity
  readonly options: CallOptions
  readonly timeoutMs: number
  readonly leftMs: number
  /** Whether it left on an earlier link. */
  readonly sent: RequestOutcome
}

/** Sends requests on whatever link there is, and lets those wait that may. */
export class Requests {
  readonly #options: RequestsOptions
  readonly #port: RequestsPort

  constructor(options: RequestsOptions, port: RequestsPort) {
    this.#options = options
    this.#port = port
  }

  call<K extends RequestName>(
    request: K,
    payload: RequestMessage<K>,
    options: CallOptions,
  ): Promise<ResponseMessage<K>> {
    if (options.repeat !== true) {
      const live = this.#port.here(accountOf(request, payload))
      if (live !== undefined) return live.call[request](payload, options)
    }
    return this.#patiently(request, payload, options)
  }

  exchange<K extends RequestName>(
    request: K,
    payload: RequestMessage<K>,
    options: CallOptions,
  ): Exchange<K> {
    const accountId = accountOf(request, payload)
    const live = this.#port.here(accountId)
    if (live !== undefined) return live.exchange(request, payload, options)
    throw this.#notReady(this.#identity(request, accountId, options))
  }

  async #patiently<K extends RequestName>(
    request: K,
    payload: RequestMessage<K>,
    options: CallOptions,
  ): Promise<ResponseMessage<K>> {
    const { clock, requestTimeoutMs } = this.#options
    const accountId = accountOf(request, payload)
    const identity = this.#identity(request, accountId, options)
    const { clientMsgId } = identity
    const timeoutMs = options.timeoutMs ?? requestTimeoutMs
    const started = clock.monotonic()
    const left = (): number => timeoutMs - (clock.monotonic() - started)
    let sent: RequestOutcome = 'not-sent'
    for (;;) {
      const live = await this.#link({ identity, options, timeoutMs, leftMs: left(), sent })
      try {
        const rest = Math.max(1, left())
        return await live.call[request](payload, { ...options, clientMsgId, timeoutMs: rest })
      } catch (error) {
        const mayRepeat = options.repeat === true && catalog[request].repeatable
        if (!mayRepeat || !isLoss(error) || this.#port.over() !== undefined) {
          throw asWhole(error, identity, timeoutMs, sent)
        }
        // What becomes of it later does not undo that it left once.
        if (error.outcome === 'unknown') sent = 'unknown'
        if (left() <= 0) throw new RequestTimeoutError(identity, timeoutMs, sent, error)
      }
    }
  }

  /** The link to send on, as soon as there is one. */
  #link({ identity, options, timeoutMs, leftMs, sent }: Waiting): Promise<LiveSession> {
    const { clock, conditions } = this.#options
    const { accountId, request } = identity
    const mayWait = this.#mayWait(request, options)
    const test = (): LiveSession | undefined => {
      const over = this.#port.over()
      if (over !== undefined) throw new ConnectionLostError(identity, sent, over)
      const live = this.#port.here(accountId)
      if (live !== undefined) return live
      const { isFinal, cause } = this.#port.obstacle(accountId)
      if (mayWait && !isFinal) return undefined
      throw sent === 'unknown'
        ? new ConnectionLostError(identity, sent, cause)
        : this.#notReady(identity)
    }
    return conditions.until(test, {
      clock,
      timeoutMs: leftMs,
      signal: options.signal,
      onTimeout: () => {
        const { cause } = this.#port.obstacle(accountId)
        return new RequestTimeoutError(identity, timeoutMs, sent, cause)
      },
      onAbort: (reason) => new RequestAbortedError(identity, sent, reason),
    })
  }

  #mayWait(request: RequestName, options: CallOptions): boolean {
    const usual = catalog[request].scope === 'trade' ? 'fail' : this.#options.whenOffline
    return (options.whenOffline ?? usual) === 'wait'
  }

  #notReady(identity: RequestIdentity): Error {
    const over = this.#port.over()
    if (over !== undefined) return new ConnectionLostError(identity, 'not-sent', over)
    const { what, cause } = this.#port.obstacle(identity.accountId)
    return new NotReadyError(identity, what, cause)
  }

  #identity(
    request: RequestName,
    accountId: number | undefined,
    options: CallOptions,
  ): RequestIdentity {
    return { request, accountId, clientMsgId: options.clientMsgId ?? this.#options.newId() }
  }
}

/** What the failure of the last attempt means for the whole: it says how long that one had, and whether that one left. */
function asWhole(
  error: unknown,
  identity: RequestIdentity,
  timeoutMs: number,
  sent: RequestOutcome,
): unknown {
  if (!(error instanceof RequestError)) return error
  const outcome = sent === 'unknown' ? sent : error.outcome
  if (error instanceof RequestTimeoutError) {
    return new RequestTimeoutError(identity, timeoutMs, outcome, error.cause)
  }
  if (outcome === error.outcome || error.outcome === 'refused') return error
  return error instanceof RequestAbortedError
    ? new RequestAbortedError(identity, outcome, error.cause)
    : new ConnectionLostError(identity, outcome, error)
}

/** The account whose authorisation a request needs. */
function accountOf(request: RequestName, payload: object): number | undefined {
  const { scope } = catalog[request]
  if (scope !== 'account' && scope !== 'trade') return undefined
  const id: unknown = Reflect.get(Object(payload), 'ctidTraderAccountId')
  return typeof id === 'number' ? id : undefined
}

function isLoss(error: unknown): error is ConnectionLostError | AccountLostError {
  return error instanceof ConnectionLostError || error instanceof AccountLostError
}
