import { describe, expect, it } from 'vitest'
import { createWorld } from '../../world/index.ts'
import { SymbolHours } from './symbol-hours.ts'
import { ZoneOffsets } from './zone-offset.ts'
import { zoneRules } from './zone-rules.ts'

const iso = (moment: number | undefined): string | undefined =>
  moment === undefined ? undefined : new Date(moment).toISOString()

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
    const read = (text: string): string | undefined =>
      iso(newYork.momentOf(Date.parse(`${text}Z`) / 1000))
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

describe('trading hours', () => {
  const hours = new SymbolHours(createWorld({ seed: 1, marketHours: 'real' }))
  const at = (symbolId: number, text: string) => {
    const { open, nextOpen, nextClose } = hours.at(symbolId, Date.parse(text))
    return [open, iso(nextOpen), iso(nextClose)]
  }

  it('name the next changes, over the daily pause and the weekend', () => {
    expect(at(1, '2026-01-07T12:00:00Z')).toEqual([
      true,
      '2026-01-07T22:05:00.000Z',
      '2026-01-07T21:55:00.000Z',
    ])
    expect(at(1, '2026-01-07T22:00:00Z')).toEqual([
      false,
      '2026-01-07T22:05:00.000Z',
      '2026-01-08T21:55:00.000Z',
    ])
    expect(at(1, '2026-01-10T12:00:00Z')).toEqual([
      false,
      '2026-01-11T22:05:00.000Z',
      '2026-01-12T21:55:00.000Z',
    ])
  })

  it('count a start as open and an end as closed, and name only what lies after', () => {
    expect(at(1, '2026-01-07T22:05:00Z').slice(0, 2)).toEqual([true, '2026-01-08T22:05:00.000Z'])
    expect(at(1, '2026-01-07T21:55:00Z').slice(0, 1)).toEqual([false])
  })

  it('move in UTC when New York changes its clocks', () => {
    expect(at(1, '2026-03-07T12:00:00Z')[1]).toBe('2026-03-08T21:05:00.000Z')
    expect(at(1, '2026-02-28T12:00:00Z')[1]).toBe('2026-03-01T22:05:00.000Z')
  })

  it('leave out holidays, whole days and parts of days', () => {
    expect(at(1, '2025-12-24T20:00:00Z')).toEqual([
      true,
      '2025-12-25T22:05:00.000Z',
      '2025-12-24T21:55:00.000Z',
    ])
    // Good Friday and Easter Monday of 2026, in Berlin's summer.
    expect(at(10_021, '2026-04-02T21:00:00Z')[1]).toBe('2026-04-06T23:15:00.000Z')
    expect(at(1, '2026-04-03T12:00:00Z')[0]).toBe(true)
  })

  it('have no next change for what never closes, and none at all for an unknown symbol', () => {
    const always = new SymbolHours(createWorld({ seed: 1, marketHours: 'always' }))
    const moment = Date.parse('2026-01-11T04:59:59Z')
    expect(always.at(1, moment)).toEqual({ open: true, nextOpen: undefined, nextClose: undefined })
    expect(always.at(4711, moment).open).toBe(false)
  })

  it('are cut to a stretch of time', () => {
    const [from, to] = [Date.parse('2026-01-07T21:00:00Z'), Date.parse('2026-01-07T23:00:00Z')]
    const stretches = hours.of(1)?.between(from, to) ?? []
    expect(stretches.map((one) => [iso(one.from), iso(one.to)])).toEqual([
      ['2026-01-07T21:00:00.000Z', '2026-01-07T21:55:00.000Z'],
      ['2026-01-07T22:05:00.000Z', '2026-01-07T23:00:00.000Z'],
    ])
  })
})
