import type { RequestName } from '../../protocol/index.ts'

interface Pause {
  readonly untilMs: number
  /** How often in a row the server has refused. */
  readonly strikes: number
}

const usualMs = 1_000
const longestMs = 120_000

/**
 * Kinds of requests that the server does not want to hear for a while. It says for how long; when it refuses again after
 * that, the pause doubles each time, up to two minutes. Other kinds are not concerned.
 */
export class Pauses {
  readonly #pauses = new Map<RequestName, Pause>()

  /**
   * The server has refused a request of this kind that was sent at `sentMs`. Returns the end of the pause.
   *
   * @param retryAfterMs what the server asked for, if it did
   */
  refused(
    request: RequestName,
    retryAfterMs: number | undefined,
    sentMs: number,
    now: number,
  ): number {
    const before = this.#pauses.get(request)
    // What was on its way already when the pause began says nothing new but how long it should be.
    const isNews = before === undefined || sentMs >= before.untilMs
    const strikes = (before?.strikes ?? 0) + (isNews ? 1 : 0)
    const asked = Math.max(retryAfterMs ?? usualMs, 0) * 2 ** (strikes - 1)
    const untilMs = Math.max(before?.untilMs ?? 0, now + Math.min(asked, longest(retryAfterMs)))
    this.#pauses.set(request, { untilMs, strikes })
    return untilMs
  }

  /** The server has taken one that was sent at `sentMs`: after the pause, all is as before. */
  taken(request: RequestName, sentMs: number): void {
    const pause = this.#pauses.get(request)
    if (pause !== undefined && sentMs >= pause.untilMs) this.#pauses.delete(request)
  }

  /** How long from `now` the kind is still paused, in milliseconds; 0 when it is not. */
  waitMs(request: RequestName, now: number): number {
    const pause = this.#pauses.get(request)
    return pause === undefined ? 0 : Math.max(0, pause.untilMs - now)
  }
}

/** Growing ends at two minutes, unless the server itself asks for more. */
function longest(retryAfterMs: number | undefined): number {
  return Math.max(longestMs, retryAfterMs ?? 0)
}
