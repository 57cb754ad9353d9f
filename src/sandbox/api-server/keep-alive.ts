import type { Clock, Timer } from '../../async/clock.ts'

export interface KeepAlivePort {
  /** Whether the client has authenticated its application. */
  isAuthenticated(): boolean
  /** Nothing was sent for a while. */
  sendHeartbeat(): void
  /** The client has kept the server waiting for too long. */
  expire(reason: string): void
}

export interface KeepAliveOptions {
  readonly clock: Clock
  readonly unauthenticatedMs: number
  readonly silenceMs: number
  readonly heartbeatMs: number
}

/**
 * The idle rules of one connection: closed when the application has not authenticated in time, whatever else was sent;
 * closed when nothing arrives for a while; a heartbeat when the server has nothing to say.
 *
 * Bytes only leave a time stamp. The timers look at it when they fire and wait for the rest, so that a busy connection
 * does not make and cancel timers all day.
 */
export class KeepAlive {
  readonly #port: KeepAlivePort
  readonly #options: KeepAliveOptions
  readonly #timers = new Set<Timer>()
  #heardAt: number
  #sentAt: number
  #closed = false

  constructor(port: KeepAlivePort, options: KeepAliveOptions) {
    this.#port = port
    this.#options = options
    const now = options.clock.monotonic()
    this.#heardAt = now
    this.#sentAt = now
    this.#after(options.unauthenticatedMs, () => {
      if (!port.isAuthenticated()) port.expire('the application did not authenticate in time')
    })
    this.#watchSilence(options.silenceMs)
    this.#watchOwnSilence(options.heartbeatMs)
  }

  /** The client has sent something. */
  heard(): void {
    this.#heardAt = this.#options.clock.monotonic()
  }

  /** The server has sent something. */
  sent(): void {
    this.#sentAt = this.#options.clock.monotonic()
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  #watchSilence(ms: number): void {
    this.#after(ms, () => {
      const left = this.#heardAt + this.#options.silenceMs - this.#options.clock.monotonic()
      if (left > 0) return this.#watchSilence(left)
      this.#port.expire('nothing was received for too long')
    })
  }

  #watchOwnSilence(ms: number): void {
    this.#after(ms, () => {
      const left = this.#sentAt + this.#options.heartbeatMs - this.#options.clock.monotonic()
      if (left > 0) return this.#watchOwnSilence(left)
      this.#port.sendHeartbeat()
      this.#watchOwnSilence(this.#options.heartbeatMs)
    })
  }

  #after(ms: number, call: () => void): void {
    if (this.#closed) return
    const timer = this.#options.clock.after(
      ms,
      () => {
        this.#timers.delete(timer)
        call()
      },
      // The listening socket keeps the process alive, not its idle rules.
      { keepAlive: false },
    )
    this.#timers.add(timer)
  }
}
