import { Mailbox } from '../../async/mailbox.ts'
import type { Logger } from '../../log.ts'
import type { Metrics } from '../metrics.ts'
import { Listeners } from './listeners.ts'
import { moveStatus, type SessionStatus } from './status.ts'

// A reader who is this far behind wants to know how it stands, not how it came to it.
const historyLimit = 256

/** Where the session stands, for everybody who wants to know. */
export class StatusBoard {
  readonly #listeners: Listeners<SessionStatus>
  readonly #metrics: Metrics | undefined
  #current: SessionStatus

  constructor(first: SessionStatus, logger: Logger, metrics: Metrics | undefined) {
    this.#current = first
    this.#metrics = metrics
    this.#listeners = new Listeners(logger, 'the status')
  }

  get current(): SessionStatus {
    return this.#current
  }

  set(next: SessionStatus): void {
    this.#current = moveStatus(this.#current, next)
    this.#listeners.tell(next)
  }

  /** Calls back with every status from now on. Returns a function that stops it. */
  listen(call: (status: SessionStatus) => void): () => void {
    return this.#listeners.add(call)
  }

  /** The current status and then every next one, until the session is closed. */
  watch(): AsyncIterableIterator<SessionStatus> {
    let stop = (): void => {}
    const statuses = new Mailbox<SessionStatus>({
      limit: historyLimit,
      overflow: 'drop-oldest',
      onDrop: () => this.#metrics?.count('drops', { stream: 'session-status' }),
      onClose: () => stop(),
    })
    const take = (status: SessionStatus): void => {
      statuses.push(status)
      if (status.phase === 'closed') statuses.end()
    }
    stop = this.listen(take)
    take(this.#current)
    return statuses
  }
}
