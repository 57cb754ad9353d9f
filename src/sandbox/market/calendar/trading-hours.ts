import type { Holiday, TradingWeek } from '../../world/index.ts'
import type { ZoneOffset } from '../../zones/zone-offset.ts'
import type { MarketHours } from '../market.ts'

/** A stretch of time, ms; the end is exclusive. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

const day = 86_400
const week = 7 * day
// The first day of Unix time was a Thursday; weeks here begin on Sunday.
const thursday = 4 * day
/** Weeks kept at hand. */
const kept = 64
/** How far ahead a change is looked for. */
const weeksAhead = 60

/** Answers when an instrument trades, from its week, time zone and holidays. */
export class TradingHours {
  readonly #offset: ZoneOffset
  readonly #week: TradingWeek
  readonly #holidays: readonly Holiday[]
  readonly #known = new Map<number, readonly Stretch[]>()

  /** @param offset that of the week's time zone, in which holidays are read too */
  constructor(trading: TradingWeek, offset: ZoneOffset, holidays: readonly Holiday[] = []) {
    this.#week = trading
    this.#offset = offset
    this.#holidays = holidays
  }

  /** Whether it trades at that moment (ms). Starts are inclusive, ends exclusive. */
  isOpen(moment: number): boolean {
    for (const { from, to } of this.#of(this.#weekOf(moment))) {
      if (from <= moment && moment < to) return true
    }
    return false
  }

  /** Whether it trades at that moment, and the next changes; each lies after the moment. */
  at(moment: number): MarketHours {
    const open = this.isOpen(moment)
    let nextOpen: number | undefined
    let nextClose: number | undefined
    let end: number | undefined
    const first = this.#weekOf(moment)
    for (let number = first; number < first + weeksAhead; number++) {
      for (const { from, to } of this.#of(number)) {
        if (to <= moment) continue
        // A week's last session may go on in the next one's first.
        if (end !== undefined && from > end) nextClose ??= end
        if (from > moment && from !== end) nextOpen ??= from
        end = to
        if (nextOpen !== undefined && nextClose !== undefined) return { open, nextOpen, nextClose }
      }
    }
    return { open, nextOpen, nextClose }
  }

  /** When it trades between two moments (ms), oldest first. */
  between(from: number, to: number): readonly Stretch[] {
    const found: Stretch[] = []
    for (let number = this.#weekOf(from); number <= this.#weekOf(to - 1); number++) {
      for (const stretch of this.#of(number)) {
        if (stretch.to <= from || stretch.from >= to) continue
        found.push({ from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) })
      }
    }
    return found
  }

  #weekOf(moment: number): number {
    return Math.floor((Math.floor(moment / 1000) + this.#offset.at(moment) + thursday) / week)
  }

  #of(number: number): readonly Stretch[] {
    const known = this.#known.get(number)
    if (known !== undefined) return known
    const made = this.#make(number)
    if (this.#known.size >= kept) this.#known.clear()
    this.#known.set(number, made)
    return made
  }

  #make(number: number): readonly Stretch[] {
    const sunday = number * week - thursday
    const moment = (wall: number): number => this.#offset.momentOf(wall)
    let sessions: readonly Stretch[] = this.#week.sessions.map(({ start, end }) => ({
      from: moment(sunday + start),
      to: moment(sunday + end),
    }))
    for (let at = sunday; at < sunday + week; at += day) {
      for (const holiday of this.#holidays) {
        if (!fallsOn(holiday, at / day)) continue
        const { startSecond = 0, endSecond = day } = holiday
        sessions = without(sessions, { from: moment(at + startSecond), to: moment(at + endSecond) })
      }
    }
    return sessions
  }
}

/** Whether a holiday falls on a day, in days since 1970. */
function fallsOn({ date, isRecurring }: Holiday, day1970: number): boolean {
  if (date === day1970) return true
  if (!isRecurring) return false
  const holiday = new Date(date * day * 1000)
  const today = new Date(day1970 * day * 1000)
  return (
    holiday.getUTCMonth() === today.getUTCMonth() && holiday.getUTCDate() === today.getUTCDate()
  )
}

function without(sessions: readonly Stretch[], pause: Stretch): readonly Stretch[] {
  return sessions.flatMap(({ from, to }) => {
    if (pause.to <= from || pause.from >= to) return [{ from, to }]
    const rest: Stretch[] = []
    if (from < pause.from) rest.push({ from, to: pause.from })
    if (pause.to < to) rest.push({ from: pause.to, to })
    return rest
  })
}
