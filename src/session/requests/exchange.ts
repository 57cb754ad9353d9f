import type { Clock, Timer } from '../../async/clock.ts'
import { type Deferred, deferred } from '../../async/deferred.ts'
import { Mailbox } from '../../async/mailbox.ts'
import type { WaitOptions } from '../../async/wait-options.ts'
import type { RequestName, ResponseMessage } from '../../protocol/index.ts'
import {
  type AccountLoss,
  AccountLostError,
  ConnectionLostError,
  RequestAbortedError,
  type RequestOutcome,
  RequestTimeoutError,
} from '../errors.ts'
import type { Refused } from './refusal.ts'

/** What becomes of a request made while its connection or its account is not there. */
export type WhenOffline = 'wait' | 'fail'

/** How long to wait for an answer, and under which id to ask. */
export interface CallOptions extends WaitOptions {
  /**
   * The id the request travels under; the server repeats it in everything the request causes. Must not be in use on
   * this session. @default a short id that no other client makes
   */
  readonly clientMsgId?: string | undefined
  /**
   * On a session that heals itself: whether a request whose connection or account is not there waits for it, within its
   * deadline. @default the session's `whenOffline`; `'fail'` for trading requests
   */
  readonly whenOffline?: WhenOffline | undefined
  /**
   * On a session that heals itself: whether a request that was under way when its connection or its account was lost is
   * sent again once it is back, within its deadline. Only for requests that the catalogue calls repeatable.
   * @default false
   */
  readonly repeat?: boolean | undefined
}

/** A request under way, and everything the server says to it. Trading requests are answered several times. */
export interface Exchange<K extends RequestName> extends AsyncIterable<ResponseMessage<K>> {
  readonly request: K
  readonly clientMsgId: string
  /** Whether the request has been handed to the connection. What fails while this is false never left. */
  readonly sent: boolean
  /**
   * The first answer. Rejects when the server refuses, when none comes in time (later ones are still heard), when the
   * signal aborts, or when the connection or the account's authorisation is lost.
   */
  readonly first: Promise<ResponseMessage<K>>
  /**
   * Calls back for every answer, synchronously; those that came before are handed over at once. `onFailure` is called
   * once if the exchange fails, be it before or after the first answer. Returns a function that stops it.
   */
  onEvent(
    listener: (answer: ResponseMessage<K>) => void,
    onFailure?: (error: Error) => void,
  ): () => void
  /** Ends it: nothing is waited for or heard any longer. Has no effect on the request itself. */
  release(): void
}

/** The largest number of answers one exchange keeps for readers that come or read late. */
const eventLimit = 10_000

export interface ExchangeSetup<K extends RequestName> extends Refused {
  readonly request: K
  /** Whether answers after the first are wanted. */
  readonly keep: boolean
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  /** Called once, with its first answer or its failure. */
  readonly onSettled: (error: Error | undefined) => void
  /** Called once, when nothing more is expected. */
  readonly onOver: (clientMsgId: string) => void
  /** Called when it was sent and no answer came in time. */
  readonly onUnanswered: () => void
  /** Called when a follower throws. */
  readonly onThrow: (error: unknown, clientMsgId: string) => void
}

interface Follower<K extends RequestName> {
  event(answer: ResponseMessage<K>): void
  over(error: Error | undefined): void
}

/** The inner side of an {@link Exchange}: what the table of open requests does with it. */
export class OpenExchange<K extends RequestName> implements Exchange<K>, Refused {
  readonly request: K
  readonly clientMsgId: string
  readonly accountId: number | undefined
  readonly secrets: readonly string[]
  sent = false
  readonly #setup: ExchangeSetup<K>
  readonly #first: Deferred<ResponseMessage<K>> = deferred()
  readonly #events: ResponseMessage<K>[] = []
  #followers: readonly Follower<K>[] = []
  #state: 'waiting' | 'answered' | 'over' = 'waiting'
  #error: Error | undefined
  #timer: Timer | undefined
  #deadlineMs = Number.POSITIVE_INFINITY
  #onAbort: (() => void) | undefined

  constructor(setup: ExchangeSetup<K>) {
    this.#setup = setup
    this.request = setup.request
    this.clientMsgId = setup.clientMsgId
    this.accountId = setup.accountId
    this.secrets = setup.secrets
    // Who follows the events need not look at the first one as well.
    if (setup.keep) this.first.catch(() => {})
  }

  /** Starts the wait for the first answer. */
  start(clock: Clock): void {
    const { timeoutMs, signal } = this.#setup
    if (signal !== undefined) {
      const onAbort = (): void =>
        this.fail(new RequestAbortedError(this, this.#outcome, signal.reason))
      if (signal.aborted) return onAbort()
      this.#onAbort = onAbort
      signal.addEventListener('abort', onAbort, { once: true })
    }
    this.#deadlineMs = clock.monotonic() + timeoutMs
    this.#timer = clock.after(timeoutMs, () => this.#expire())
  }

  /** When the wait for the first answer ends, on the monotonic clock. */
  get deadlineMs(): number {
    return this.#deadlineMs
  }

  get first(): Promise<ResponseMessage<K>> {
    return this.#first.promise
  }

  /** It has been handed to the connection. */
  markSent(): void {
    this.sent = true
  }

  /** The server refused to look at it, and it waits to be sent again. */
  markUnsent(): void {
    this.sent = false
  }

  /** Whether nothing more is expected. */
  get over(): boolean {
    return this.#state === 'over'
  }

  get #outcome(): RequestOutcome {
    return this.sent ? 'unknown' : 'not-sent'
  }

  /** An answer came. */
  answer(message: ResponseMessage<K>): void {
    if (this.#state === 'over') return
    if (this.#state === 'waiting') {
      this.#timer?.cancel()
      this.#state = 'answered'
      this.#first.resolve(message)
      this.#setup.onSettled(undefined)
    }
    if (!this.#setup.keep) return this.#end()
    if (this.#events.length < eventLimit) this.#events.push(message)
    for (const follower of this.#followers) this.#guard(() => follower.event(message))
  }

  /** It failed, before or after its first answer; nothing more is expected. */
  fail(error: Error): void {
    if (this.#state === 'over') return
    if (this.#state === 'waiting') this.#reject(error)
    this.#end(error)
  }

  loseConnection(cause: Error | undefined): void {
    if (!this.over) this.fail(new ConnectionLostError(this, this.#outcome, cause))
  }

  loseAccount(loss: AccountLoss): void {
    if (!this.over) this.fail(new AccountLostError(this, this.#outcome, loss))
  }

  release(): void {
    if (this.#state === 'over') return
    if (this.#state === 'waiting') this.#reject(new RequestAbortedError(this, this.#outcome))
    this.#end()
  }

  onEvent(
    event: (answer: ResponseMessage<K>) => void,
    onFailure?: (error: Error) => void,
  ): () => void {
    return this.#follow({
      event,
      over(error) {
        if (error !== undefined) onFailure?.(error)
      },
    })
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<ResponseMessage<K>> {
    let stop = (): void => {}
    const mailbox = new Mailbox<ResponseMessage<K>>({ limit: eventLimit, onClose: () => stop() })
    stop = this.#follow({
      event: (message) => void mailbox.push(message),
      over: (error) => (error === undefined ? mailbox.end() : mailbox.fail(error)),
    })
    return mailbox
  }

  #follow(follower: Follower<K>): () => void {
    for (const message of this.#events) this.#guard(() => follower.event(message))
    if (this.#state === 'over') {
      this.#guard(() => follower.over(this.#error))
      return () => {}
    }
    this.#followers = [...this.#followers, follower]
    return () => {
      this.#followers = this.#followers.filter((other) => other !== follower)
    }
  }

  /** The deadline has come. Who wants later answers still gets them: a late order may yet be filled. */
  #expire(): void {
    if (this.#state !== 'waiting') return
    const error = new RequestTimeoutError(this, this.#setup.timeoutMs, this.#outcome)
    if (this.#setup.keep && this.sent) {
      this.#state = 'answered'
      this.#reject(error)
    } else this.fail(error)
    if (this.sent) this.#setup.onUnanswered()
  }

  #reject(error: Error): void {
    this.#first.reject(error)
    this.#setup.onSettled(error)
  }

  #end(error?: Error): void {
    this.#state = 'over'
    this.#error = error
    this.#timer?.cancel()
    if (this.#onAbort !== undefined) {
      this.#setup.signal?.removeEventListener('abort', this.#onAbort)
    }
    this.#setup.onOver(this.clientMsgId)
    const followers = this.#followers
    this.#followers = []
    for (const follower of followers) this.#guard(() => follower.over(error))
  }

  /** A follower that throws must not disturb the others, nor the reading of the stream. */
  #guard(call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#setup.onThrow(error, this.clientMsgId)
    }
  }
}
