import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import { catalog, type RequestName } from '../../protocol/index.ts'
import { Scheduler, type Ticket } from './scheduler.ts'

interface Sent {
  readonly name: string
  readonly request: RequestName
  readonly at: number
}

/** How long a request is on its way, and its answer. */
interface Travel {
  out(): number
  back(): number
}

function start(limits = { generalPerSecond: 50, historicalPerSecond: 5 }, travel?: Travel) {
  const clock = new ManualClock()
  const sent: Sent[] = []
  const arrivals: { readonly request: RequestName; readonly at: number }[] = []
  let lastArrival = 0
  let lastAnswer = 0
  /** Nothing overtakes: neither on the way to the server nor on the way back. */
  const carry = (ticket: Ticket): void => {
    if (travel === undefined) return scheduler.answered(ticket)
    const now = clock.monotonic()
    lastArrival = Math.max(lastArrival, now + travel.out())
    arrivals.push({ request: ticket.request, at: lastArrival })
    lastAnswer = Math.max(lastAnswer, lastArrival + travel.back())
    clock.after(lastAnswer - now, () => scheduler.answered(ticket))
  }
  const waits: number[] = []
  const scheduler = new Scheduler({
    clock,
    limits,
    onSent: (_request, waitedMs) => void waits.push(waitedMs),
  })
  let count = 0
  const submit = (request: RequestName, name = `${request}${count++}`): Ticket => {
    const ticket: Ticket = {
      request,
      sinceMs: clock.monotonic(),
      send() {
        sent.push({ name, request, at: clock.monotonic() })
        carry(ticket)
      },
    }
    scheduler.submit(ticket)
    return ticket
  }
  const fill = (number: number, request: RequestName = 'trader'): void => {
    for (let i = 0; i < number; i++) submit(request)
  }
  const names = (): string[] => sent.map(({ name }) => name)
  return { clock, scheduler, sent, arrivals, waits, submit, fill, names }
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
    clock.advance(509)
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
    clock.advance(1_010)
    expect(names().slice(50)).toEqual([
      ...['cancel', 'close', 'amend', 'open', 'account', 'market', 'market 2'],
    ])
  })

  test('a closing order does not wait behind a minute of questions', () => {
    const { clock, fill, names, submit } = start()
    fill(3_000)
    clock.advance(30_000)
    for (let i = 0; i < 20; i++) submit('closePosition', 'close')
    clock.advance(1_010)
    expect(names().filter((name) => name === 'close')).toHaveLength(20)
  })

  test('nothing starves: now and then what has waited longest goes before what is more urgent', () => {
    const { clock, fill, names, submit } = start()
    fill(49)
    submit('symbolsList', 'patient')
    let closings = 0
    while (!names().includes('patient')) {
      // Twice as many as there is room for, all the time.
      for (let i = 0; i < 10; i++) submit('closePosition', `close${closings++}`)
      clock.advance(100)
    }
    expect(clock.monotonic()).toBeLessThanOrEqual(2_200)
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
    clock.advance(1_010)
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
  // Mostly quick, sometimes held up for long, in either direction.
  const delays = fc.infiniteStream(
    fc.oneof(
      { weight: 8, arbitrary: fc.double({ min: 0, max: 5, noNaN: true }) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 250, noNaN: true }) },
    ),
  )

  test('nothing arrives too soon, whatever is asked for and however long it is held up', () => {
    const property = fc.property(steps, fc.nat(100), delays, (plan, way, delay) => {
      let isFirst = true
      const next = (): number => way + (isFirst ? 0 : (delay.next().value as number))
      const limits = { generalPerSecond: 50, historicalPerSecond: 5 }
      const { arrivals, clock, scheduler, sent, submit } = start(limits, { out: next, back: next })
      // What the quickest way looks like is known before it matters.
      submit('version')
      clock.advance(3_000)
      isFirst = false
      let submitted = 1
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
        const times = arrivals
          .filter(({ request }) => catalog[request].budget === budget)
          .map(({ at }) => at)
        expect(mostInASecond(times)).toBeLessThanOrEqual(limit)
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

  test('an answer that never comes holds up the next for a quarter of a second, not for ever', () => {
    const limits = { generalPerSecond: 50, historicalPerSecond: 5 }
    const { clock, fill, sent } = start(limits, { out: () => 0, back: () => 1e9 })
    fill(50)
    clock.advance(1_259)
    expect(sent).toHaveLength(49)
    clock.advance(1)
    expect(sent).toHaveLength(50)
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
