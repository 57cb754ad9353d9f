import { expect, test } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import { KeepAlive } from './keep-alive.ts'

function setUp() {
  const clock = new ManualClock(0)
  const log: string[] = []
  const client = { authenticated: false }
  const note = (what: string): void => void log.push(`${clock.monotonic()} ${what}`)
  const keepAlive: KeepAlive = new KeepAlive(
    {
      isAuthenticated: () => client.authenticated,
      sendHeartbeat: () => {
        note('heartbeat')
        keepAlive.sent()
      },
      expire: (reason) => {
        note(reason)
        keepAlive.close()
      },
    },
    { clock, unauthenticatedMs: 30_000, silenceMs: 30_000, heartbeatMs: 25_000 },
  )
  return { clock, log, client, keepAlive }
}

test('a client that does not authenticate is closed after 30 s, heartbeats or not', () => {
  const { clock, log, keepAlive } = setUp()
  for (let second = 5; second < 30; second += 5) {
    clock.advanceTo(second * 1000)
    keepAlive.heard()
    keepAlive.sent()
  }
  expect(log).toEqual([])
  clock.advance(60_000)
  expect(log).toEqual(['30000 the application did not authenticate in time'])
  expect(clock.pending).toBe(0)
})

test('an authenticated client is closed 30 s after its last word, to the millisecond', () => {
  const { clock, log, client, keepAlive } = setUp()
  client.authenticated = true
  clock.advanceTo(29_999)
  keepAlive.heard()
  keepAlive.sent()
  clock.advanceTo(45_123)
  keepAlive.heard()
  keepAlive.sent()
  clock.advance(100_000)
  expect(log).toEqual([
    '25000 heartbeat',
    '70123 heartbeat',
    '75123 nothing was received for too long',
  ])
  expect(clock.pending).toBe(0)
})

test('a heartbeat follows 25 s of own silence, again and again', () => {
  const { clock, log, client, keepAlive } = setUp()
  client.authenticated = true
  for (let second = 10; second <= 90; second += 10) {
    clock.advanceTo(second * 1000)
    keepAlive.heard()
    if (second === 30) keepAlive.sent()
  }
  expect(log).toEqual(['25000 heartbeat', '55000 heartbeat', '80000 heartbeat'])
  keepAlive.close()
  expect(clock.pending).toBe(0)
})
