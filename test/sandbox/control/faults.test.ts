import { describe, expect, test } from 'vitest'
import { CTraderError } from '../../../src/errors.ts'
import type { FaultRule, Sandbox } from '../../../src/sandbox/index.ts'
import { logIn, openAccount, startSandbox } from '../fixture.ts'
import { type OfficialClient, requestFrame } from '../official-client.ts'

const owned = { time: 'owned' } as const
const version = 'ProtoOAVersionReq'
const order = { symbolId: 1, orderType: 'MARKET', tradeSide: 'BUY', volume: 100_000 }

/** Positions that the account holds, as the server sees it. */
async function positions(client: OfficialClient, ctidTraderAccountId: number): Promise<number> {
  const answer = await client.request('ProtoOAReconcileReq', { ctidTraderAccountId })
  return answer.payload['position']?.length ?? 0
}

async function trading(sandbox: Sandbox) {
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const buy = (): string => client.send('ProtoOANewOrderReq', { ctidTraderAccountId, ...order })
  return { client, ctidTraderAccountId, buy }
}

describe('faults of requests', () => {
  test('an ignored request never arrived, the others are served', async () => {
    const sandbox = await startSandbox(owned)
    const client = await logIn(sandbox)
    const rule = sandbox.control.faults.add({ fault: 'ignore', message: 'version', nth: 2 })
    const [first, lost, third] = [client.send(version), client.send(version), client.send(version)]
    const ids = [
      (await client.next('ProtoOAVersionRes')).id,
      (await client.next('ProtoOAVersionRes')).id,
    ]
    expect(ids).toEqual([first, third])
    expect(lost).not.toBe(third)
    expect(rule).toMatchObject({ matched: 2, acted: 1 })
    expect(sandbox.control.faults.list()).toEqual([])
  })

  test('an order whose answer is lost is carried out, and nothing with its id is told', async () => {
    const sandbox = await startSandbox(owned)
    const { client, ctidTraderAccountId, buy } = await trading(sandbox)
    const { client: witness } = await openAccount(sandbox)
    sandbox.control.faults.add({ fault: 'lose-answer', message: 'newOrder', times: 1 })
    const id = buy()
    await sandbox.time.advance(5_000)
    expect(client.waiting('ProtoOAExecutionEvent')).toEqual([])
    // Another session of the account hears of it, as it does from the original.
    expect(witness.waiting('ProtoOAExecutionEvent').map((event) => event.id)).toEqual([id, id])
    expect(await positions(client, ctidTraderAccountId)).toBe(1)
    buy()
    await sandbox.time.advance(5_000)
    expect(client.waiting('ProtoOAExecutionEvent')).toHaveLength(2)
  })

  test('a refused order is not carried out, by either error message', async () => {
    const sandbox = await startSandbox(owned)
    const { client, ctidTraderAccountId, buy } = await trading(sandbox)
    const refusal = { fault: 'refuse', message: 'newOrder', errorCode: 'MARKET_CLOSED' } as const
    sandbox.control.faults.add({ ...refusal, times: 1, description: 'Closed', retryAfter: 3 })
    const id = buy()
    const error = await client.next('ProtoOAErrorRes')
    expect(error).toMatchObject({
      id,
      payload: {
        errorCode: 'MARKET_CLOSED',
        description: 'Closed',
        retryAfter: 3,
        ctidTraderAccountId,
      },
    })
    sandbox.control.faults.add({ ...refusal, times: 1, as: 'order-error' })
    buy()
    const rejected = await client.next('ProtoOAOrderErrorEvent')
    expect(rejected.payload).toEqual({ errorCode: 'MARKET_CLOSED', ctidTraderAccountId })
    await sandbox.time.advance(5_000)
    expect(await positions(client, ctidTraderAccountId)).toBe(0)
  })

  test.each(['cut', 'reset', 'close'] as const)(
    'a connection that is %s before the commit leaves no order, one cut after it does',
    async (how) => {
      const sandbox = await startSandbox(owned)
      const before = await trading(sandbox)
      sandbox.control.faults.add({ fault: 'cut-before', message: 'newOrder', times: 1, how })
      before.buy()
      await before.client.closed
      const after = await trading(sandbox)
      sandbox.control.faults.add({ fault: 'cut-after', message: 'newOrder', times: 1, how })
      after.buy()
      await after.client.closed
      await sandbox.time.advance(5_000)
      expect(after.client.waiting('ProtoOAExecutionEvent')).toEqual([])
      const { client, ctidTraderAccountId } = await openAccount(sandbox)
      expect(await positions(client, ctidTraderAccountId)).toBe(1)
    },
  )

  test('a reset is seen as one', async () => {
    const sandbox = await startSandbox(owned)
    const client = await logIn(sandbox)
    const broken = new Promise<NodeJS.ErrnoException>((resolve) =>
      client.socket.once('error', resolve),
    )
    sandbox.control.connections.cut({}, 'reset')
    expect((await broken).code).toBe('ECONNRESET')
  })

  test('answers come twice, or later, as the rule says', async () => {
    const sandbox = await startSandbox(owned)
    const client = await logIn(sandbox)
    const { faults } = sandbox.control
    const twice = faults.add({ fault: 'repeat-answer', message: 'version' })
    const id = client.send(version)
    const answers = [await client.next('ProtoOAVersionRes'), await client.next('ProtoOAVersionRes')]
    expect(answers.map((answer) => answer.id)).toEqual([id, id])
    twice.remove()
    faults.add({ fault: 'delay-answer', message: 'version', ms: 400, times: 1 })
    const late = client.send(version)
    const prompt = client.send(version)
    expect((await client.next('ProtoOAVersionRes')).id).toBe(prompt)
    await sandbox.time.advance(399)
    expect(client.waiting('ProtoOAVersionRes')).toEqual([])
    await sandbox.time.advance(1)
    expect((await client.next('ProtoOAVersionRes')).id).toBe(late)
  })

  test('a delayed request is carried out when its time has come', async () => {
    const sandbox = await startSandbox(owned)
    const { client, ctidTraderAccountId, buy } = await trading(sandbox)
    sandbox.control.faults.add({ fault: 'delay', message: 'newOrder', ms: [1_000, 1_000] })
    buy()
    await sandbox.time.advance(999)
    expect(await positions(client, ctidTraderAccountId)).toBe(0)
    await sandbox.time.advance(1_000)
    expect(await positions(client, ctidTraderAccountId)).toBe(1)
  })

  test('requests without an id that wait behind a page of history each keep their own fate', async () => {
    // In real time a page that has to be made is made in many turns of the event loop; what comes behind it waits.
    const sandbox = await startSandbox({ marketHours: 'real' })
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const { faults } = sandbox.control
    faults.add({ fault: 'repeat-answer', message: 'version' })
    faults.add({ fault: 'lose-answer', message: 'trader' })
    const account = { ctidTraderAccountId }
    const page = { ...account, symbolId: 9, period: 12, count: 40, toTimestamp: Date.now() }
    client.write(
      Buffer.concat([
        requestFrame('ProtoOAGetTrendbarsReq', page),
        requestFrame('ProtoOAVersionReq', {}),
        requestFrame('ProtoOATraderReq', account),
        requestFrame('ProtoOAAssetListReq', account),
      ]),
    )
    await client.next('ProtoOAAssetListRes')
    const answers = client.received.slice(2).map(({ name }) => name)
    expect(answers).toEqual([
      ...['ProtoOAGetTrendbarsRes', 'ProtoOAVersionRes', 'ProtoOAVersionRes'],
      'ProtoOAAssetListRes',
    ])
  })

  test('a rule is about one account, one connection, one host', async () => {
    const sandbox = await startSandbox(owned)
    const [one, other] = [await openAccount(sandbox), await openAccount(sandbox, { id: 1003 })]
    const refusal = { fault: 'refuse', errorCode: 'TIMEOUT_ERROR' } as const
    sandbox.control.faults.add({ ...refusal, account: 1003 })
    const trader = (who: typeof one) =>
      who.client.request('ProtoOATraderReq', { ctidTraderAccountId: who.ctidTraderAccountId })
    expect((await trader(one)).name).toBe('ProtoOATraderRes')
    expect((await trader(other)).payload['errorCode']).toBe('TIMEOUT_ERROR')
    sandbox.control.faults.clear()
    const [first] = sandbox.control.connections.list({ account: one.ctidTraderAccountId })
    sandbox.control.faults.add({ ...refusal, connection: first?.connection ?? 0 })
    expect((await trader(one)).payload['errorCode']).toBe('TIMEOUT_ERROR')
    expect((await trader(other)).name).toBe('ProtoOATraderRes')
    sandbox.control.faults.clear()
    sandbox.control.faults.add({ ...refusal, host: 'live' })
    expect((await trader(one)).name).toBe('ProtoOATraderRes')
  })
})

describe('faults of what is sent', () => {
  test('an event is lost, sent twice, or overtaken by the next', async () => {
    const sandbox = await startSandbox(owned)
    const { client, buy } = await trading(sandbox)
    const { faults } = sandbox.control
    const told = async (rule: FaultRule) => {
      const { remove } = faults.add(rule)
      buy()
      await sandbox.time.advance(5_000)
      remove()
      const events = client.waiting('ProtoOAExecutionEvent')
      for (const _ of events) await client.next('ProtoOAExecutionEvent')
      return events.map((event) => event.payload['executionType'])
    }
    const message = 'ProtoOAExecutionEvent'
    expect(await told({ fault: 'lose', message, nth: 2 })).toEqual(['ORDER_ACCEPTED'])
    expect(await told({ fault: 'repeat', message, nth: 1 })).toEqual([
      ...['ORDER_ACCEPTED', 'ORDER_ACCEPTED', 'ORDER_FILLED'],
    ])
    expect(await told({ fault: 'reorder', message, nth: 1 })).toEqual([
      ...['ORDER_FILLED', 'ORDER_ACCEPTED'],
    ])
    // Nothing comes to overtake it: it is sent in the end.
    expect(await told({ fault: 'reorder', message, nth: 2 })).toEqual([
      ...['ORDER_ACCEPTED', 'ORDER_FILLED'],
    ])
  })

  test('the connection ends in place of a message', async () => {
    const sandbox = await startSandbox(owned)
    const { client, buy } = await trading(sandbox)
    sandbox.control.faults.add({ fault: 'cut', message: 'ProtoOAExecutionEvent', nth: 2 })
    buy()
    await sandbox.time.advance(5_000)
    await client.closed
    expect(client.waiting('ProtoOAExecutionEvent')).toHaveLength(1)
  })
})

describe('faults of the line', () => {
  test('bytes come in small pieces, and the messages are whole', async () => {
    const sandbox = await startSandbox(owned)
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    sandbox.control.faults.add({ fault: 'slice', bytes: 5 })
    const pieces = client.bytes.length
    const answer = await client.request('ProtoOATraderReq', { ctidTraderAccountId })
    expect(answer.payload['trader'].ctidTraderAccountId).toBe(ctidTraderAccountId)
    expect(Math.max(...client.bytes.slice(pieces).map((piece) => piece.length))).toBe(5)
  })

  test('a throttled line takes the time that its bytes take', async () => {
    const sandbox = await startSandbox(owned)
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    sandbox.control.faults.add({ fault: 'throttle', bytesPerSecond: 500 })
    const total = (): number => client.bytes.reduce((sum, piece) => sum + piece.length, 0)
    const before = total()
    client.send('ProtoOASymbolsListReq', { ctidTraderAccountId })
    await sandbox.time.settle()
    await sandbox.time.advance(1_000)
    expect(total() - before).toBeGreaterThan(480)
    expect(total() - before).toBeLessThanOrEqual(520)
    sandbox.control.faults.clear()
    await sandbox.time.advance(100)
    await client.next('ProtoOASymbolsListRes')
  })

  test('a line that is too slow for what is sent ends the connection at the limit', async () => {
    const sandbox = await startSandbox({ ...owned, limits: { queuedBytes: 20_000 } })
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    sandbox.control.faults.add({ fault: 'throttle', bytesPerSecond: 1 })
    for (let count = 0; count < 40; count++) {
      client.send('ProtoOASymbolsListReq', { ctidTraderAccountId })
    }
    await client.closed
    expect(sandbox.control.connections.list()).toEqual([])
  })
})

describe('chance', () => {
  const outcomes = async (seed: number, ruleSeed?: number): Promise<string> => {
    const sandbox = await startSandbox({ ...owned, seed })
    const client = await logIn(sandbox)
    sandbox.control.faults.add({
      ...{ fault: 'refuse', message: 'version', errorCode: 'X', probability: 0.5 },
      ...(ruleSeed === undefined ? {} : { seed: ruleSeed }),
    })
    let text = ''
    for (let count = 0; count < 40; count++) {
      text += (await client.request(version)).name === 'ProtoOAErrorRes' ? 'x' : '-'
    }
    return text
  }

  test('comes from the seed', async () => {
    const [one, again, other] = [await outcomes(1), await outcomes(1), await outcomes(2)]
    expect(again).toBe(one)
    expect(other).not.toBe(one)
    expect(one).toMatch(/x/)
    expect(one).toMatch(/-/)
    expect(await outcomes(3, 9)).toBe(await outcomes(4, 9))
  })
})

test.each<[unknown, RegExp]>([
  [undefined, /is an object/],
  [{}, /no fault without a name.*Choose one of ignore, delay/],
  [{ fault: 'dely', ms: 1 }, /no fault "dely"/],
  [{ fault: 'constructor' }, /no fault "constructor"/],
  [{ fault: 'delay' }, /needs ms/],
  [{ fault: 'delay', ms: -1 }, /ms of the fault delay cannot be -1/],
  [{ fault: 'delay', ms: [30, 10] }, /cannot be \[30,10\]/],
  [{ fault: 'refuse', message: 'newOrder' }, /needs errorCode/],
  [{ fault: 'ignore', mesage: 'newOrder' }, /no field "mesage"/],
  [{ fault: 'ignore', message: 'newOrdr' }, /no message "newOrdr"/],
  [{ fault: 'ignore', message: 'spot' }, /do you mean .*[sS]pot/],
  [{ fault: 'ignore', message: 'newOrdr' }, /do you mean newOrder\b/],
  [{ fault: 'ignore', message: 'ProtoOASpotEvent' }, /is about requests.*Use lose/],
  [{ fault: 'lose', message: 2106 }, /is about what the sandbox sends/],
  [{ fault: 'slice', bytes: 1, message: 'newOrder' }, /about the bytes/],
  [{ fault: 'slice', bytes: 0 }, /whole number from 1/],
  [{ fault: 'ignore', probability: 2 }, /from 0 to 1/],
  [{ fault: 'ignore', nth: 0 }, /whole number from 1/],
  [{ fault: 'cut', how: 'gently' }, /one of close, cut, reset/],
])('nonsense explains itself: %j', async (rule, message) => {
  const sandbox = await startSandbox(owned)
  let thrown: unknown
  try {
    sandbox.control.faults.add(rule as FaultRule)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(CTraderError)
  expect(thrown).toMatchObject({
    code: 'CONTROL_ARGUMENT',
    message: expect.stringMatching(message),
  })
  expect(sandbox.control.faults.list()).toEqual([])
})
