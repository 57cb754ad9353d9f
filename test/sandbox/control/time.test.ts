import { describe, expect, test, vi } from 'vitest'
import { createClient } from '../../../src/index.ts'
import { createSandbox, ManualClock, type TimeChoice } from '../../../src/sandbox/index.ts'
import { connectTo, logIn, openAccount, startSandbox } from '../fixture.ts'

const hour = 3_600_000

describe('owned time', () => {
  test('stands still, and moves as it is told', async () => {
    const start = '2026-03-02T09:00:00Z'
    const sandbox = await startSandbox({ time: { mode: 'owned', start } })
    const { time, clock } = sandbox
    expect([time.mode, time.now(), clock.now()]).toEqual([
      ...['owned', Date.parse(start), Date.parse(start)],
    ])
    await Promise.all([time.advance(1_000), time.advance(2_000)])
    expect(time.now()).toBe(Date.parse(start) + 3_000)
    await time.advanceTo('2026-03-02T10:00:00Z')
    expect(clock.now()).toBe(Date.parse(start) + hour)
    expect(() => time.advance(-1)).toThrow('only moves forward')
    expect(() => time.advance(Number.POSITIVE_INFINITY)).toThrow('finite')
    expect(() => time.advanceTo(start)).toThrow('give a moment after 2026-03-02T10:00:00.000Z')
    expect(() => time.advanceTo('soon')).toThrow('cannot be moved to "soon"')
  })

  test('a jump closes nobody who had no chance to say anything', async () => {
    const sandbox = await startSandbox({ time: 'owned' })
    const stranger = await connectTo(sandbox)
    const client = await logIn(sandbox)
    await sandbox.time.advance(2 * hour)
    expect((await client.request('ProtoOAVersionReq')).name).toBe('ProtoOAVersionRes')
    expect(stranger.socket.destroyed).toBe(false)
  })

  test('a jump that counts as silence closes the silent and keeps those who answer in time', async () => {
    const sandbox = await startSandbox({ time: 'owned' })
    const silent = await logIn(sandbox)
    await using client = await createClient({ ...sandbox.clientOptions(), clock: sandbox.clock })
    const account = await client.account(sandbox.accounts[0]?.accountId ?? 0)
    await sandbox.time.advance(hour, { countsAsSilence: true })
    await silent.closed
    // The client goes by the same clock, and has said its heartbeats on the way.
    expect((await account.session.call.version({})).version).not.toBe('')
    expect(
      sandbox.control.journal.count({ message: 'ProtoHeartbeatEvent', direction: 'received' }),
    ).toBeGreaterThan(350)
  })

  test('runs until something happens, and stops there', async () => {
    const sandbox = await startSandbox({ time: 'owned' })
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const order = { symbolId: 1, orderType: 'MARKET', tradeSide: 'BUY', volume: 100_000 }
    client.send('ProtoOANewOrderReq', { ctidTraderAccountId, ...order })
    await sandbox.control.journal.waitFor({ message: 'newOrder' })
    const before = sandbox.time.now()
    await sandbox.time.runUntil({
      message: 'ProtoOAExecutionEvent',
      where: ({ payload }) => payload['deal'] !== undefined,
    })
    const took = sandbox.time.now() - before
    expect(took).toBeGreaterThanOrEqual(30)
    expect(took).toBeLessThanOrEqual(70)
    await sandbox.time.runUntil(() => sandbox.time.now() >= before + 5_000)
    await expect(
      sandbox.time.runUntil({ message: 'closePosition' }, { atMostMs: 1_000 }),
    ).rejects.toMatchObject({ code: 'NOTHING_HAPPENED' })
  })

  test('tokens expire by it', async () => {
    const sandbox = await startSandbox({ time: 'owned', tokenLifetimeSeconds: 60 })
    const client = await logIn(sandbox)
    await sandbox.time.advance(60_000)
    const { accessToken } = sandbox
    const answer = await client.request('ProtoOAGetAccountListByAccessTokenReq', { accessToken })
    expect(answer.payload['description']).toBe('Access token expired')
  })
})

test('accelerated time runs the market, and clients live in real time', async () => {
  const sandbox = await startSandbox({ time: { mode: 'accelerated', factor: 5_000 } })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const began = sandbox.time.now()
  const request = { ctidTraderAccountId, symbolId: [1], subscribeToSpotTimestamp: true }
  await client.request('ProtoOASubscribeSpotsReq', request)
  let last = 0
  do last = (await client.next('ProtoOASpotEvent')).payload['timestamp']
  while (last < began + 10 * 60_000)
  // More than ten minutes have passed for the market; nobody was closed for being silent.
  expect((await client.request('ProtoOAVersionReq')).name).toBe('ProtoOAVersionRes')
})

test('time that moves by itself cannot be moved', async () => {
  const sandbox = await startSandbox()
  await expect(async () => sandbox.time.advance(1)).rejects.toMatchObject({
    code: 'TIME_NOT_OWNED',
    message: expect.stringContaining("time: 'owned'"),
  })
})

test.each<[object, RegExp]>([
  [{ time: 'owned', clock: new ManualClock() }, /Both a clock and a kind of time/],
  [{ time: 'fast' as TimeChoice }, /cannot be "fast"/],
  [{ time: { mode: 'accelerated', factor: 0 } }, /0 times as fast/],
  [{ time: { mode: 'accelerated' } }, /NaN times as fast/],
  [{ time: { mode: 'owned', start: 'noon' } }, /cannot start at "noon"/],
])('%o is refused', async (options, message) => {
  await expect(createSandbox(options)).rejects.toThrow(message)
})

test('no timer of the sandbox runs beside its clock', async () => {
  const strangers: string[] = []
  for (const name of ['setTimeout', 'setInterval', 'setImmediate'] as const) {
    const real = globalThis[name] as (...given: unknown[]) => unknown
    vi.spyOn(globalThis, name).mockImplementation(((...given: unknown[]) => {
      const stack = new Error(name).stack ?? ''
      // Turns of the event loop are what moving time is made of; they take no time.
      if (stack.includes('/src/sandbox/') && !stack.includes('ioTurn')) strangers.push(stack)
      return real(...given)
    }) as never)
  }
  const sandbox = await startSandbox({ time: 'owned' })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  await client.request('ProtoOASubscribeSpotsReq', { ctidTraderAccountId, symbolId: [1, 2, 3] })
  const order = { symbolId: 1, orderType: 'MARKET', tradeSide: 'BUY', volume: 100_000 }
  client.send('ProtoOANewOrderReq', { ctidTraderAccountId, ...order })
  sandbox.control.faults.add({ fault: 'delay', message: 'version', ms: 60_000 })
  sandbox.control.faults.add({ fault: 'throttle', bytesPerSecond: 10_000 })
  client.send('ProtoOAVersionReq')
  await fetch(sandbox.authorizeUrl)
  await sandbox.time.settle()
  await sandbox.time.advance(10_000)
  expect(strangers).toEqual([])
})
