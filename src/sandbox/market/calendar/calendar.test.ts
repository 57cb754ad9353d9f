import { describe, expect, it } from 'vitest'
import { createWorld } from '../../world/index.ts'
import { SymbolHours } from './symbol-hours.ts'

const iso = (moment: number | undefined): string | undefined =>
  moment === undefined ? undefined : new Date(moment).toISOString()

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
