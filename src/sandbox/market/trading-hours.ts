import type { TradingWeek } from '../world/index.ts'
import type { ZoneOffset } from './zone-offset.ts'

const week = 604_800
// The first day of Unix time was a Thursday; weeks here begin on Sunday.
const thursday = 4 * 86_400

/** Answers when an instrument trades, from its week and time zone. */
export class TradingHours {
  readonly #offset: ZoneOffset
  readonly #week: TradingWeek

  /** @param offset that of the week's time zone */
  constructor(trading: TradingWeek, offset: ZoneOffset) {
    this.#week = trading
    this.#offset = offset
  }

  /** Whether it trades at that moment (ms). Starts are inclusive, ends exclusive. */
  isOpen(moment: number): boolean {
    const second = this.#secondOfWeek(moment)
    return this.#week.sessions.some(({ start, end }) => start <= second && second < end)
  }

  /**
   * Milliseconds from that moment to the next start of a session; 0 while it trades, undefined when it never does.
   * When clocks are changed on the way the answer is off by that change: ask again on arrival.
   */
  untilOpen(moment: number): number | undefined {
    if (this.isOpen(moment)) return 0
    const second = this.#secondOfWeek(moment)
    let best: number | undefined
    for (const { start } of this.#week.sessions) {
      const wait = start > second ? start - second : start - second + week
      if (best === undefined || wait < best) best = wait
    }
    return best === undefined ? undefined : best * 1000 - positive(moment, 1000)
  }

  #secondOfWeek(moment: number): number {
    return positive(Math.floor(moment / 1000) + this.#offset.at(moment) + thursday, week)
  }
}

function positive(value: number, modulus: number): number {
  const rest = value % modulus
  return rest < 0 ? rest + modulus : rest
}
