import type { Clock, Timer } from '../async/clock.ts'

/** How a direction ends: with a goodbye behind everything sent before, or broken off. */
export type PipeEnd = 'goodbye' | 'reset'

export interface PipeOptions {
  readonly clock: Clock
  /** How long the next piece is under way, in milliseconds. */
  readonly delayMs: () => number
  /** Whether borders between messages are kept. */
  readonly framing: 'stream' | 'message'
  /** A piece arrives. The buffer is overwritten after the call. */
  deliver(chunk: Buffer): void
  /** Nothing else arrives. */
  ended(how: PipeEnd): void
  /** Bytes have left the pipe. */
  drained(): void
}

interface Piece {
  readonly due: number
  readonly bytes: Uint8Array | undefined
  readonly end: PipeEnd | undefined
}

/**
 * One direction of a link in memory: pieces arrive in order, each after its delay. What is written within one tick arrives
 * in one piece, unless borders are kept.
 */
export class Pipe {
  readonly #options: PipeOptions
  #tick: Uint8Array[] = []
  #pieces: Piece[] = []
  #waiting = 0
  #lastDue = 0
  #timer: Timer | undefined
  #paused = false
  #pumping = false
  #over = false

  constructor(options: PipeOptions) {
    this.#options = options
  }

  /** Bytes written that have not arrived. */
  get waiting(): number {
    return this.#waiting
  }

  write(bytes: Uint8Array): void {
    if (this.#over) return
    this.#waiting += bytes.length
    if (this.#tick.length === 0) queueMicrotask(() => this.flush())
    this.#tick.push(bytes)
  }

  /** Ends the direction. A reset loses what has not arrived. */
  end(how: PipeEnd): void {
    if (this.#over) return
    if (how === 'goodbye') this.flush()
    else this.#forget()
    this.#over = true
    this.#enqueue({ end: how, bytes: undefined })
  }

  /** Nothing arrives any more, not even an end. */
  cut(): void {
    this.#over = true
    this.#forget()
  }

  /** The receiver stops reading. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#schedule()
  }

  flush(): void {
    const written = this.#tick
    const [first] = written
    if (first === undefined) return
    this.#tick = []
    if (this.#options.framing === 'message') {
      for (const bytes of written) this.#enqueue({ bytes, end: undefined })
    } else {
      const bytes = written.length === 1 ? first : Buffer.concat(written)
      this.#enqueue({ bytes, end: undefined })
    }
  }

  #enqueue(content: Omit<Piece, 'due'>): void {
    const { clock, delayMs } = this.#options
    // A later piece never overtakes an earlier one.
    const due = Math.max(this.#lastDue, clock.monotonic() + Math.max(0, delayMs()))
    this.#lastDue = due
    this.#pieces.push({ due, ...content })
    this.#schedule()
  }

  #schedule(): void {
    const [next] = this.#pieces
    if (next === undefined || this.#paused || this.#pumping || this.#timer !== undefined) return
    const { clock } = this.#options
    const wait = next.due - clock.monotonic()
    if (wait <= 0) {
      this.#pumping = true
      queueMicrotask(() => this.#pump())
      return
    }
    this.#timer = clock.after(
      wait,
      () => {
        this.#timer = undefined
        this.#pump()
      },
      { keepAlive: false },
    )
  }

  #pump(): void {
    const { clock, deliver, drained, ended } = this.#options
    this.#pumping = true
    for (;;) {
      const [next] = this.#pieces
      if (next === undefined || this.#paused || next.due > clock.monotonic()) break
      this.#pieces.shift()
      if (next.end !== undefined) ended(next.end)
      if (next.bytes === undefined) continue
      this.#waiting -= next.bytes.length
      // A copy that is gone after the call, so that who keeps it is found out.
      const chunk = Buffer.from(next.bytes)
      deliver(chunk)
      chunk.fill(0)
      drained()
    }
    this.#pumping = false
    this.#schedule()
  }

  #forget(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#tick = []
    this.#pieces = []
    this.#waiting = 0
  }
}
