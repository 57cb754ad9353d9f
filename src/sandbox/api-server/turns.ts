/**
 * The order in which the messages of one connection are carried out: that in which they came. While one takes longer, those
 * behind it wait.
 */
export class Turns {
  readonly #waiting: (() => void)[] = []
  #held = false

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Whether something takes longer, so that what comes now has to wait. */
  get isHeld(): boolean {
    return this.#held
  }

  /** Calls at once, or when what came before is done. */
  take(call: () => void): void {
    if (this.#held) this.#waiting.push(call)
    else call()
  }

  /** What is being carried out takes longer. */
  hold(): void {
    this.#held = true
  }

  /** It is done with this call. Then those that wait get their turns, until one of them takes longer again. */
  release(call: () => void): void {
    this.#held = false
    call()
    while (!this.#held) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      next()
    }
  }

  /** Forgets those that wait. */
  close(): void {
    this.#waiting.length = 0
  }
}
