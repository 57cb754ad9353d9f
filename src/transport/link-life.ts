import type { Clock } from '../async/clock.ts'
import { deferred } from '../async/deferred.ts'
import { CTraderError } from '../errors.ts'
import { DrainWaiters } from './drain-waiters.ts'
import { LinkClosedError } from './errors.ts'
import type { Endpoint, LinkEnd, LinkHandlers } from './transport.ts'

export interface LinkLifeOptions {
  readonly endpoint: Endpoint
  readonly handlers: LinkHandlers
  readonly clock: Clock
  /** How long the other side may take to answer a goodbye, in milliseconds. */
  readonly closeTimeoutMs: number
}

/** Where a link stands between its opening and its end, whatever carries its bytes. */
export class LinkLife {
  state: 'open' | 'closing' | 'over' = 'open'
  /** Who waits until bytes can be sent. */
  readonly waiting = new DrainWaiters()
  readonly #options: LinkLifeOptions
  // What the carrier reported, and why this side cut the link.
  #reported: CTraderError | undefined
  #cause: CTraderError | undefined
  #end: LinkEnd | undefined
  readonly #ended = deferred<void>()
  #closed: Promise<void> | undefined

  constructor(options: LinkLifeOptions) {
    this.#options = options
  }

  /** The carrier has reported an error. The first one counts. */
  report(error: CTraderError): void {
    this.#reported ??= error
  }

  /** Hands bytes to the owner of the link. What goes wrong there is no reason to read on. */
  receive(bytes: Buffer, destroy: (cause: Error) => void): void {
    if (this.state !== 'open') return
    try {
      this.#options.handlers.data(bytes)
    } catch (error) {
      destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** This side cuts the link. Returns whether there was one to cut. */
  cut(cause: Error | undefined): boolean {
    if (this.state === 'over') return false
    if (cause !== undefined) {
      const { endpoint } = this.#options
      this.#cause ??=
        cause instanceof CTraderError ? cause : new LinkClosedError(endpoint, 'was cut here', cause)
    }
    this.state = 'closing'
    return true
  }

  /**
   * Closes once: says goodbye, and waits until the end has come.
   *
   * @param flush sends what waits
   * @param goodbye tells the other side
   * @param force ends a link whose goodbye is not answered
   */
  close(flush: () => void, goodbye: () => void, force: () => void): Promise<void> {
    this.#closed ??= this.#closeGracefully(flush, goodbye, force)
    return this.#closed
  }

  async #closeGracefully(flush: () => void, goodbye: () => void, force: () => void): Promise<void> {
    if (this.state === 'open') {
      flush()
      this.state = 'closing'
      this.waiting.settle(this.closedError())
      goodbye()
    }
    // Whatever was called may have ended it.
    if ((this.state as string) === 'over') return
    const { clock, closeTimeoutMs } = this.#options
    const timer = clock.after(closeTimeoutMs, force)
    await this.#ended.promise
    timer.cancel()
  }

  /**
   * The carrier has ended.
   *
   * @param describe how, when neither this side wanted it nor an error was reported
   * @param isTold whether the owner of the link hears of it: not before the link was theirs
   */
  finish(describe: () => LinkEnd, isTold = true): void {
    if (this.state === 'over') return
    const isOurs = this.state === 'closing'
    this.state = 'over'
    // A reset that answers our goodbye is no news.
    if (isOurs) this.#end = { kind: 'local', error: this.#cause }
    else if (this.#reported === undefined) this.#end = describe()
    else this.#end = { kind: 'failure', error: this.#reported }
    this.waiting.settle(this.closedError())
    this.#ended.resolve()
    if (isTold) this.#options.handlers.end(this.#end)
  }

  /** Why nothing can be sent any more. */
  closedError(): CTraderError {
    return (
      this.#end?.error ??
      this.#cause ??
      this.#reported ??
      new LinkClosedError(this.#options.endpoint, 'is closed')
    )
  }
}
