import { describe, expect, it } from 'vitest'
import { ZoneOffsets } from './zone-offset.ts'
import { zoneRules } from './zone-rules.ts'

const iso = (moment: number): string => new Date(moment).toISOString()

/** The machine's own opinion. */
function machineOffset(timeZone: string): (moment: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  return (moment) => {
    const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(name ?? '') ?? []
    const seconds = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60
    return sign === '-' ? -seconds : seconds
  }
}

describe('the table of zone changes', () => {
  it.each(Object.keys(zoneRules))('agrees with the machine about %s, 1996 to 2040', (zone) => {
    const table = new ZoneOffsets().of(zone)
    const machine = machineOffset(zone)
    const step = 86_400_000 * 5
    for (let at = Date.UTC(1996, 0, 1); at < Date.UTC(2040, 0, 1); at += step) {
      let [from, to] = [at, at + step]
      expect(table.at(from)).toBe(machine(from))
      if (machine(from) === machine(to)) continue
      // The very second of the change.
      while (to - from > 1000) {
        const middle = from + Math.floor((to - from) / 2000) * 1000
        if (machine(middle) === machine(from)) from = middle
        else to = middle
      }
      expect([table.at(to - 1), table.at(to)]).toEqual([machine(from), machine(to)])
    }
  })

  it('reads wall clocks, also in the hour that is skipped and the one that comes twice', () => {
    const newYork = new ZoneOffsets().of('America/New_York')
    const read = (text: string): string => iso(newYork.momentOf(Date.parse(`${text}Z`) / 1000))
    expect(read('2026-01-07T17:00:00')).toBe('2026-01-07T22:00:00.000Z')
    expect(read('2026-07-07T17:00:00')).toBe('2026-07-07T21:00:00.000Z')
    expect(read('2026-03-08T02:30:00')).toBe('2026-03-08T07:00:00.000Z')
    expect(read('2026-03-08T03:00:00')).toBe('2026-03-08T07:00:00.000Z')
    expect(read('2026-11-01T01:30:00')).toBe('2026-11-01T06:30:00.000Z')
    expect(read('2026-11-01T00:59:59')).toBe('2026-11-01T04:59:59.000Z')
  })

  it('says which zones it has when it is asked for another', () => {
    expect(() => new ZoneOffsets().of('Mars/Olympus')).toThrow('Use one of UTC, America/New_York')
  })
})
