import type { Clock } from './clock.ts'

/** How to wait for a turn. */
export interface TurnOptions {
  readonly clock: Clock
  /** In milliseconds. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

interface Waiting {
  take(): void
}

/** Lets one at a time through for each key, in the order of asking. */
export class KeyedQueue {
  readonly #queues = new Map<string, Waiting[]>()

  /**
   * Waits for the turn and resolves with how to end it; undefined when the time is up. An aborted signal throws its
   * reason.
   */
  async enter(key: string, options: TurnOptions): Promise<(() => void) | undefined> {
    options.signal?.throwIfAborted()
    const queue = this.#queues.get(key)
    if (queue === undefined) {
      this.#queues.set(key, [])
      return this.#leaveOnce(key)
    }
    const { clock, timeoutMs, signal } = options
    return new Promise((resolve, reject) => {
      const end = (): void => {
        timer.cancel()
        signal?.removeEventListener('abort', abort)
        const at = queue.indexOf(waiting)
        if (at !== -1) queue.splice(at, 1)
      }
      const abort = (): void => {
        end()
        reject(signal?.reason)
      }
      const waiting: Waiting = {
        take: () => {
          end()
          resolve(this.#leaveOnce(key))
        },
      }
      const timer = clock.after(timeoutMs, () => {
        end()
        resolve(undefined)
      })
      signal?.addEventListener('abort', abort, { once: true })
      queue.push(waiting)
    })
  }

  #leaveOnce(key: string): () => void {
    let left = false
    return () => {
      if (left) return
      left = true
      const next = this.#queues.get(key)?.shift()
      if (next === undefined) this.#queues.delete(key)
      else next.take()
    }
  }
}
