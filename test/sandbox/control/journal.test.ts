import { expect, test } from 'vitest'
import { JournalMismatchError } from '../../../src/sandbox/index.ts'
import { logIn, openAccount, startSandbox } from '../fixture.ts'

test('what went over a connection is in the journal, in order, without secrets', async () => {
  const sandbox = await startSandbox({ time: 'owned' })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  client.send('ProtoHeartbeatEvent')
  await client.request('ProtoOATraderReq', { ctidTraderAccountId })
  const { journal } = sandbox.control
  expect(journal.entries().map(({ direction, message }) => `${direction} ${message}`)).toEqual([
    'received ProtoOAApplicationAuthReq',
    'sent ProtoOAApplicationAuthRes',
    'received ProtoOAAccountAuthReq',
    'sent ProtoOAAccountAuthRes',
    'received ProtoHeartbeatEvent',
    'received ProtoOATraderReq',
    'sent ProtoOATraderRes',
  ])
  expect(journal.expectOne({ message: 'trader' })).toMatchObject({
    ...{ seq: 6, request: 'trader', payloadType: 2121, host: 'demo', connection: 1 },
    ...{ account: ctidTraderAccountId, at: sandbox.time.now(), payload: { ctidTraderAccountId } },
  })
  const text = JSON.stringify(journal.entries(), (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  expect(text).toContain('[hidden]')
  for (const secret of [sandbox.clientSecret, sandbox.accessToken, sandbox.refreshToken]) {
    expect(text).not.toContain(secret)
  }
})

test('exactly one order, none, or the difference is shown', async () => {
  const sandbox = await startSandbox({ time: 'owned' })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const { journal } = sandbox.control
  journal.expectNone({ message: 'newOrder' })
  const order = { symbolId: 1, orderType: 'MARKET', tradeSide: 'BUY', volume: 100_000 }
  const id = client.send('ProtoOANewOrderReq', { ctidTraderAccountId, ...order })
  const seen = await journal.waitFor({ message: 'newOrder' })
  expect(journal.expectOne({ message: 'ProtoOANewOrderReq', account: ctidTraderAccountId })).toBe(
    seen,
  )
  expect(seen).toMatchObject({ clientMsgId: id, payload: { volume: 100_000 } })
  expect(() => journal.expectNone({ message: 2106 })).toThrow(
    /2106 was expected 0 times and is in the journal once. Found: #\d+ received newOrder \(m\d+\) on demo connection 1/,
  )
  expect(() => journal.expect({ message: 'closePosition' }, 2)).toThrow(JournalMismatchError)
  const since = journal.mark()
  expect(journal.count({ message: 'newOrder', since })).toBe(0)
  expect(journal.count({ where: ({ payload }) => payload['symbolId'] === 1 })).toBe(1)
})

test('an unreadable and an unknown message are in it, too', async () => {
  const sandbox = await startSandbox({ time: 'owned' })
  const client = await logIn(sandbox)
  client.write(Buffer.from([0, 0, 0, 7, 0x08, 0xba, 0x10, 0x12, 0x02, 0x08, 0x80]))
  await client.next('ProtoOAErrorRes')
  client.write(Buffer.from([0, 0, 0, 3, 0x08, 0x8f, 0x4e]))
  await client.next('ProtoOAErrorRes')
  const [malformed, unknown] = sandbox.control.journal
    .entries({ direction: 'received' })
    .filter(({ message }) => message === undefined)
  expect(malformed).toMatchObject({ payloadType: 2106, problem: expect.stringContaining('') })
  expect(malformed?.problem).not.toBe('')
  expect(unknown).toMatchObject({ payloadType: 9999, problem: undefined })
})

test('it forgets the oldest, and keeps quotes only when asked', async () => {
  const sandbox = await startSandbox({ time: 'owned', journal: { limit: 5 } })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  await client.request('ProtoOASubscribeSpotsReq', { ctidTraderAccountId, symbolId: [1] })
  await sandbox.time.advance(20_000)
  expect(client.waiting('ProtoOASpotEvent').length).toBeGreaterThan(5)
  const { journal } = sandbox.control
  expect(journal.entries().map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6])
  journal.clear()
  expect(journal.entries()).toEqual([])
  await client.request('ProtoOAVersionReq')
  expect(journal.entries().map(({ seq }) => seq)).toEqual([7, 8])

  const keeping = await startSandbox({ time: 'owned', journal: { quotes: true } })
  const second = await openAccount(keeping)
  const request = { ctidTraderAccountId: second.ctidTraderAccountId, symbolId: [1] }
  await second.client.request('ProtoOASubscribeSpotsReq', request)
  expect(keeping.control.journal.count({ message: 'ProtoOASpotEvent' })).toBe(1)
})

test('waiting in vain ends with what there was, and with the signal', async () => {
  const sandbox = await startSandbox({ time: 'owned' })
  await logIn(sandbox)
  const { journal } = sandbox.control
  await expect(journal.waitFor({ message: 'newOrder' }, { timeoutMs: 20 })).rejects.toThrow(
    /did not come within 20 ms. The last entries: #1 received applicationAuth/,
  )
  const stop = new AbortController()
  const waiting = journal.waitFor({ message: 'newOrder' }, { signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  expect(() => journal.count({ mesage: 'x' } as object)).toThrow(
    'A journal query has no option "mesage". Did you mean message',
  )
  expect(() => journal.count({ message: 'nonsense' })).toThrow('There is no message "nonsense"')
})

test.each([
  { account: '1001' },
  ...[{ connection: '1' }, { since: Number.NaN }, { clientMsgId: 7 }, { where: true }],
  { direction: 5n },
])('a query that fits nothing whatever happens is refused: %o', async (query) => {
  const { journal } = (await startSandbox({ time: 'owned' })).control
  expect(() => journal.expectNone(query as object)).toThrow(/of a journal query cannot be/)
  for (const times of [-1, 1.5, '0']) {
    expect(() => journal.expect({}, times as number)).toThrow('times of a journal query cannot be')
  }
})
