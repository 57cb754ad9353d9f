import type { Clock, Timer } from '../../async/clock.ts'

export interface HeartbeatPort {
  /** Nothing was sent for the whole interval: send a heartbeat. */
  beat(): void
  /** Nothing was heard for a while: ask whether the server is still there. */
  probe(): void
  /** Nothing was heard for the whole time allowed. */
  silent(forMs: number): void
}

export interface HeartbeatOptions {
  readonly clock: Clock
  /** Longest pause between two messages out. */
  readonly heartbeatMs: number
  /** Longest pause between two pieces of anything in. */
  readonly silenceMs: number
  /** After how long a silence to probe; undefined for never. */
  readonly probeAfterMs: number | undefined
}

// A check that comes this much too late says that this process stood still, and perhaps not the server.
const lateMs = 1_000

/**
 * Keeps a connection alive: sends a beat when nothing else was sent for an interval, and tells when nothing was heard
 * for too long. Sending and hearing only note the time; the timers look at it when they come.
 */
export class Heartbeat {
  readonly #port: HeartbeatPort
  readonly #options: HeartbeatOptions
  #lastSent = 0
  #lastHeard = 0
  #out: Timer | undefined
  #in: Timer | undefined
  #probe: Timer | undefined

  constructor(port: HeartbeatPort, options: HeartbeatOptions) {
    this.#port = port
    this.#options = options
  }

  start(): void {
    const { clock, heartbeatMs, silenceMs, probeAfterMs } = this.#options
    this.#lastSent = clock.monotonic()
    this.#lastHeard = this.#lastSent
    this.#watchOut(heartbeatMs)
    this.#watchIn(silenceMs)
    if (probeAfterMs !== undefined) this.#watchProbe(probeAfterMs, probeAfterMs)
  }

  /** Something was sent. */
  sent(): void {
    this.#lastSent = this.#options.clock.monotonic()
  }

  /** Something was heard. */
  heard(): void {
    this.#lastHeard = this.#options.clock.monotonic()
  }

  stop(): void {
    this.#out?.cancel()
    this.#in?.cancel()
    this.#probe?.cancel()
  }

  #watchOut(waitMs: number): void {
    const { clock, heartbeatMs } = this.#options
    // Never the reason why a process stays alive: the socket is.
    this.#out = clock.after(
      waitMs,
      () => {
        const left = heartbeatMs - (clock.monotonic() - this.#lastSent)
        this.#watchOut(left > 0 ? left : heartbeatMs)
        if (left <= 0) this.#port.beat()
      },
      { keepAlive: false },
    )
  }

  #watchIn(waitMs: number, patient = true): void {
    const { clock, silenceMs } = this.#options
    const due = clock.monotonic() + waitMs
    this.#in = clock.after(
      waitMs,
      () => {
        const now = clock.monotonic()
        const left = silenceMs - (now - this.#lastHeard)
        if (left > 0) this.#watchIn(left)
        else if (patient && now - due > lateMs) this.#watchIn(lateMs, false)
        else this.#port.silent(now - this.#lastHeard)
      },
      { keepAlive: false },
    )
  }

  #watchProbe(waitMs: number, probeAfterMs: number): void {
    const { clock } = this.#options
    this.#probe = clock.after(
      waitMs,
      () => {
        const left = probeAfterMs - (clock.monotonic() - this.#lastHeard)
        // Once asked, the answer or its deadline comes first: both are heard of before this is due again.
        this.#watchProbe(left > 0 ? left : probeAfterMs, probeAfterMs)
        if (left <= 0) this.#port.probe()
      },
      { keepAlive: false },
    )
  }
}
