import { InvalidArgumentError } from '../../errors.ts'
import { summerTimeOf, type ZoneRules, zoneRules } from './zone-rules.ts'

/** The offsets of all time zones that somebody asked for. */
export class ZoneOffsets {
  readonly #known = new Map<string, ZoneOffset>()

  /** @param timeZone IANA name. @throws InvalidArgumentError for a zone that is not in the table. */
  of(timeZone: string): ZoneOffset {
    const known = this.#known.get(timeZone)
    if (known !== undefined) return known
    const rules = zoneRules[timeZone]
    if (rules === undefined) {
      throw new InvalidArgumentError(`The sandbox does not know the time zone "${timeZone}".`, {
        facts: { timeZone },
        remedy: `Use one of ${Object.keys(zoneRules).join(', ')}.`,
      })
    }
    const made = new ZoneOffset(rules)
    this.#known.set(timeZone, made)
    return made
  }
}

/** How many seconds a time zone is ahead of UTC. */
export class ZoneOffset {
  readonly #rules: ZoneRules
  /** The stretch of time, in seconds since 1970, for which the last answer holds. */
  #from = 0
  #to = 0
  #seconds = 0

  constructor(rules: ZoneRules) {
    this.#rules = rules
  }

  /** Seconds ahead of UTC at that moment (ms). */
  at(moment: number): number {
    const second = moment / 1000
    if (!(this.#from <= second && second < this.#to)) this.#look(second)
    return this.#seconds
  }

  /** The moment (ms) at which the zone's wall clock shows that many seconds since 1970. In the hour that summer time
   * skips, the moment of the change; in the hour that comes twice, the second time. */
  momentOf(wall: number): number {
    const standard = (wall - this.#rules.standard) * 1000
    const offset = this.at(standard)
    if (offset === this.#rules.standard) return standard
    const summer = (wall - offset) * 1000
    if (this.at(summer) === offset) return summer
    // The hour that is skipped: both readings lie on the wrong side of the change, with which this stretch begins.
    this.at(standard)
    return this.#from * 1000
  }

  #look(second: number): void {
    const { standard } = this.#rules
    const year = new Date(second * 1000).getUTCFullYear()
    const yearFrom = Date.UTC(year, 0) / 1000
    const yearTo = Date.UTC(year + 1, 0) / 1000
    const summer = summerTimeOf(this.#rules, year)
    this.#seconds = standard
    this.#from = yearFrom
    this.#to = yearTo
    if (summer === undefined) return
    const [begins, ends] = summer
    if (second < begins) this.#to = begins
    else if (second >= ends) this.#from = ends
    else {
      this.#from = begins
      this.#to = ends
      this.#seconds = standard + 3600
    }
  }
}
