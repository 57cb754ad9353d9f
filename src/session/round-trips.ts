import type { RequestName } from '../protocol/index.ts'

/** The quickest answer to each kind of request: what longer ones took beyond that, they may have spent on their way. */
export class RoundTrips {
  readonly #quickest = new Map<RequestName, number>()
  #quickestOfAll: number | undefined

  /** An answer came after so many milliseconds. Returns how much later that was than it could have been. */
  add(request: RequestName, ms: number): number {
    const before = this.#quickest.get(request)
    // The first of its kind may have been late itself.
    const excess = ms - (before ?? this.#quickestOfAll ?? ms)
    this.#quickest.set(request, Math.min(before ?? ms, ms))
    this.#quickestOfAll = Math.min(this.#quickestOfAll ?? ms, ms)
    return Math.max(0, excess)
  }
}
