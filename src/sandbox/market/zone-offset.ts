/** The offsets of all time zones that somebody asked for; each is costly to make. */
export class ZoneOffsets {
  readonly #known = new Map<string, ZoneOffset>()

  /** @param timeZone IANA name. @throws RangeError for a name that nobody knows. */
  of(timeZone: string): ZoneOffset {
    const known = this.#known.get(timeZone)
    if (known !== undefined) return known
    const made = new ZoneOffset(timeZone)
    this.#known.set(timeZone, made)
    return made
  }
}

const quarterHour = 900_000

/**
 * How many seconds a time zone is ahead of UTC. Zones change their offset only at whole quarters of an hour, so one
 * answer is good for a quarter of an hour and is kept for as long.
 */
export class ZoneOffset {
  readonly #format: Intl.DateTimeFormat
  #quarter = Number.NaN
  #seconds = 0

  /** @param timeZone IANA name. @throws RangeError for a name that nobody knows. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** Seconds ahead of UTC at that moment (ms). */
  at(moment: number): number {
    const quarter = Math.floor(moment / quarterHour)
    if (quarter !== this.#quarter) {
      this.#quarter = quarter
      this.#seconds = this.#look(quarter * quarterHour)
    }
    return this.#seconds
  }

  #look(moment: number): number {
    const part = new Map(
      this.#format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]),
    )
    const read = (type: Intl.DateTimeFormatPartTypes): number => part.get(type) ?? 0
    const local = Date.UTC(
      read('year'),
      read('month') - 1,
      read('day'),
      read('hour'),
      read('minute'),
      read('second'),
    )
    return (local - moment) / 1000
  }
}
