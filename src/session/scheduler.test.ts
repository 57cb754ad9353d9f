import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../async/manual-clock.ts'
import { catalog, type RequestName } from '../protocol/index.ts'
import { Scheduler, type Ticket } from './scheduler.ts'

interface Sent {
  readonly name: string
  readonly request: RequestName
  readonly at: number
}

function start(limits = { generalPerSecond: 50, historicalPerSecond: 5 }) {
  const clock = new ManualClock()
  const sent: Sent[] = []
  const waits: number[] = []
  const scheduler = new Scheduler({
    clock,
    limits,
    onSent: (_request, waitedMs) => void waits.push(waitedMs),
  })
  let count = 0
  const ticket = (request: RequestName, name = `${request}${count++}`): Ticket => ({
    request,
    sinceMs: clock.monotonic(),
    send: () => void sent.push({ name, request, at: clock.monotonic() }),
  })
  const submit = (request: RequestName, name?: string): Ticket => {
    const made = ticket(request, name)
    scheduler.submit(made)
    return made
  }
  const fill = (number: number, request: RequestName = 'trader'): void => {
    for (let i = 0; i < number; i++) submit(request)
  }
  return { clock, scheduler, sent, waits, submit, fill, names: () => sent.map(({ name }) => name) }
}

/**
 * Counts what arrives as a strict server does, in a way of its own: no stretch of a second may hold more than the limit.
 */
function mostInASecond(times: readonly number[]): number {
  let most = 0
  for (const [index, end] of times.entries()) {
    let inside = 0
    for (let i = index; i >= 0 && end - (times[i] as number) < 1000; i--) inside++
    most = Math.max(most, inside)
  }
  return most
}

describe('below the limits', () => {
  test('a request is sent before submit returns, and the budgets do not touch each other', () => {
    const { sent, fill, waits, scheduler } = start()
    fill(49)
    fill(5, 'trendbars')
    expect(sent).toHaveLength(54)
    expect(new Set(waits)).toEqual(new Set([0]))
    fill(1, 'trendbars')
    expect(sent).toHaveLength(54)
    expect(scheduler.status).toEqual({
      general: { waiting: 0, longestWaitMs: 0 },
      historical: { waiting: 1, longestWaitMs: 0 },
    })
  })
})

describe('at the limits', () => {
  test('what has no room waits until there is some, and not longer', () => {
    const { clock, fill, scheduler, sent } = start()
    fill(60)
    expect(sent).toHaveLength(49)
    clock.advance(500)
    expect(scheduler.status.general).toEqual({ waiting: 11, longestWaitMs: 500 })
    clock.advance(519)
    expect(sent).toHaveLength(49)
    clock.advance(1)
    expect(sent).toHaveLength(60)
    expect(clock.pending).toBe(0)
  })

  test('a closing order takes the place that is kept for it', () => {
    const { fill, sent, submit, names } = start()
    fill(80)
    submit('closePosition', 'close')
    expect(sent).toHaveLength(50)
    expect(names().at(-1)).toBe('close')
    submit('cancelOrder', 'cancel')
    expect(sent).toHaveLength(50)
  })

  test('the most urgent goes first: close and cancel, amend, open, account, market', () => {
    const { clock, fill, names, submit } = start()
    fill(49)
    submit('closePosition', 'kept')
    submit('symbolsList', 'market')
    submit('trader', 'account')
    submit('newOrder', 'open')
    submit('amendOrder', 'amend')
    submit('cancelOrder', 'cancel')
    submit('closePosition', 'close')
    submit('subscribeSpots', 'market 2')
    clock.advance(1_020)
    expect(names().slice(50)).toEqual([
      ...['cancel', 'close', 'amend', 'open', 'account', 'market', 'market 2'],
    ])
  })

  test('nothing starves: what has waited long goes before what is more urgent and young', () => {
    const { clock, fill, names, submit } = start()
    fill(49)
    submit('symbolsList', 'patient')
    let closings = 0
    while (!names().includes('patient')) {
      // Twice as many as there is room for, all the time.
      for (let i = 0; i < 10; i++) submit('closePosition', `close${closings++}`)
      clock.advance(100)
    }
    expect(clock.monotonic()).toBeLessThanOrEqual(10_000)
  })

  test('a request that is withdrawn is never sent, and the last one leaves no timer', () => {
    const { clock, fill, scheduler, sent, submit } = start()
    fill(49)
    const [first, second] = [submit('trader', 'a'), submit('trader', 'b')]
    scheduler.withdraw(first)
    scheduler.withdraw(first)
    expect(scheduler.status.general.waiting).toBe(1)
    scheduler.withdraw(second)
    expect(clock.pending).toBe(0)
    clock.advance(5_000)
    expect(sent).toHaveLength(49)
  })

  test('stopping forgets everything', () => {
    const { clock, fill, scheduler, sent, submit } = start()
    fill(100)
    fill(10, 'trendbars')
    scheduler.stop()
    expect(clock.pending).toBe(0)
    submit('closePosition')
    clock.advance(10_000)
    expect(sent).toHaveLength(54)
  })

  test('a request made while another is being sent waits its turn like all', () => {
    const { clock, sent, scheduler, fill } = start()
    fill(48)
    const nested: Ticket = { request: 'trader', sinceMs: 0, send: () => void sent.push() }
    const outer: Ticket = { request: 'trader', sinceMs: 0, send: () => scheduler.submit(nested) }
    scheduler.submit(outer)
    expect(scheduler.status.general.waiting).toBe(1)
    clock.advance(1_020)
    expect(scheduler.status.general.waiting).toBe(0)
  })
})

describe('a server that refuses because of its limits', () => {
  test('pauses that kind for as long as the server says, and no other', () => {
    const { clock, names, scheduler, submit } = start()
    const refused = submit('trendbars', 'refused')
    expect(scheduler.refused(refused, 3_000)).toBe(3_000)
    scheduler.again(refused)
    submit('trendbars', 'behind')
    submit('tickData', 'other kind')
    expect(names()).toEqual(['refused', 'other kind'])
    clock.advance(2_999)
    expect(names()).toHaveLength(2)
    clock.advance(1)
    expect(names().slice(2)).toEqual(['refused', 'behind'])
  })

  test('pauses longer each time it refuses again, up to two minutes, and forgets when it takes one', () => {
    const { clock, scheduler, submit } = start()
    const pause = (retryAfterMs?: number): number => {
      const waitMs = scheduler.refused(submit('trendbars'), retryAfterMs)
      clock.advance(waitMs)
      return waitMs
    }
    const pauses = Array.from({ length: 9 }, () => pause())
    expect(pauses).toEqual([
      ...[1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 120_000, 120_000],
    ])
    expect(pause(300_000)).toBe(300_000)
    scheduler.taken(submit('trendbars'))
    expect(pause()).toBe(1_000)
  })

  test('counts a burst of refusals once', () => {
    const { scheduler, submit } = start()
    const burst = Array.from({ length: 5 }, () => submit('trendbars'))
    expect(burst.map((ticket) => scheduler.refused(ticket, 1_000))).toEqual([
      ...[1_000, 1_000, 1_000, 1_000, 1_000],
    ])
  })

  test('an answer to what was sent before the pause does not end it', () => {
    const { clock, scheduler, sent, submit } = start()
    const early = submit('trendbars')
    scheduler.refused(submit('trendbars'), 1_000)
    scheduler.taken(early)
    submit('trendbars')
    expect(sent).toHaveLength(2)
    clock.advance(1_000)
    expect(sent).toHaveLength(3)
  })
})

describe('against a strict counter', () => {
  const requests = Object.keys(catalog) as RequestName[]
  const steps = fc.array(
    fc.record({
      pause: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(1_500)),
      burst: fc.oneof(fc.constant(1), fc.nat(120)),
      request: fc.constantFrom(...requests),
    }),
    { maxLength: 40 },
  )
  const delays = fc.infiniteStream(fc.double({ min: 0, max: 20, noNaN: true }))

  test('nothing arrives too soon, whatever is asked for, held up by up to 20 ms on the way', () => {
    const property = fc.property(steps, delays, (plan, delay) => {
      const { clock, scheduler, sent, submit } = start()
      let submitted = 0
      for (const { pause, burst, request } of plan) {
        clock.advance(pause)
        for (let i = 0; i < burst; i++) submit(request)
        submitted += burst
      }
      while (clock.step());
      // Everything was sent, once.
      expect(sent).toHaveLength(submitted)
      expect(new Set(sent.map(({ name }) => name)).size).toBe(submitted)
      expect(scheduler.status.general.waiting + scheduler.status.historical.waiting).toBe(0)
      for (const [budget, limit] of [
        ['general', 50],
        ['historical', 5],
      ] as const) {
        let last = 0
        const arrivals = sent
          .filter(({ request }) => catalog[request].budget === budget)
          .map(({ at }) => {
            last = Math.max(last, at + (delay.next().value as number))
            return last
          })
        expect(mostInASecond(arrivals)).toBeLessThanOrEqual(limit)
      }
    })
    fc.assert(property, { numRuns: 200 })
  })

  test('a saturated budget carries at least 47 general and 4.7 historical requests a second', () => {
    const { clock, fill, sent } = start()
    fill(4_000)
    fill(400, 'tickData')
    clock.advance(60_000)
    const historical = sent.filter(({ request }) => request === 'tickData')
    expect((sent.length - historical.length) / 60).toBeGreaterThanOrEqual(47)
    expect(historical.length / 60).toBeGreaterThanOrEqual(4.7)
    const times = historical.map(({ at }) => at)
    expect(mostInASecond(times)).toBe(5)
  })

  test('requests of one kind keep their order', () => {
    const property = fc.property(fc.array(fc.nat(300), { maxLength: 150 }), (pauses) => {
      const { clock, names, submit } = start({ generalPerSecond: 3, historicalPerSecond: 1 })
      for (const [index, pause] of pauses.entries()) {
        submit('trader', `${index}`)
        clock.advance(pause)
      }
      while (clock.step());
      expect(names()).toEqual(pauses.map((_, index) => `${index}`))
    })
    fc.assert(property, { numRuns: 100 })
  })
})
