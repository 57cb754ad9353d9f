import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  type Account,
  type Client,
  createClient,
  InvalidArgumentError,
  lots,
  type Order,
  OrderNotFilledError,
  OrderOutcomeUnknownError,
} from '../../src/index.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { createMeddler, type Envelope, type Meddler } from '../peer/meddler.ts'

// A server that says less, more or other than it should of an order that it executes. Whatever is said, what an order's
// caller is told must be true.

const event = 2126
const orderError = 2132
const openApiError = 2142
const types = { accepted: 2, filled: 3, cancelled: 5, swap: 9, partial: 11 }

let sandbox: Sandbox
let meddler: Meddler
let client: Client
let account: Account

beforeAll(async () => {
  sandbox = await createSandbox({ seed: 7 })
  meddler = await createMeddler(sandbox)
  client = await createClient(meddler.options())
  account = await client.account(sandbox.accounts[0]?.accountId ?? 0)
  await account.symbol('EURUSD')
})

afterEach(() => {
  meddler.fromServer = () => undefined
  meddler.fromClient = () => undefined
})

afterAll(async () => {
  await client.close()
  await meddler[Symbol.asyncDispose]()
  await sandbox.close()
})

function buy(options: object = {}): Promise<Order> {
  const order = { symbol: 'EURUSD', side: 'buy', type: 'market', volume: lots('0.10') } as const
  return account.placeOrder({ ...order, fillTimeoutMs: 20_000, ...options })
}

const isType = (message: Envelope, type: number): boolean =>
  message.payloadType === event && message.payload.executionType === type

/** Changes a message of one execution type, in place or by holding it. */
function onExecution(
  type: number,
  change: (
    message: Envelope,
    ...rest: [Parameters<Meddler['fromServer']>[1]]
  ) => 'held' | undefined,
): void {
  meddler.fromServer = (message, wire) =>
    isType(message, type) ? change(message, wire) : undefined
}

/** The whole fill in two deals, the second of which ends the order. */
function inParts(message: Envelope, prices?: readonly [number, number]): [Envelope, Envelope] {
  const part = (executionType: number, dealId: number, price?: number): Envelope => {
    const copy = structuredClone(message)
    const { deal, order } = copy.payload
    copy.payload.executionType = executionType
    deal.dealId = dealId
    deal.filledVolume = deal.volume / 2
    order.executedVolume = dealId === 1 ? deal.volume / 2 : deal.volume
    if (price !== undefined) {
      deal.executionPrice = price
      delete order.executionPrice
    }
    return copy
  }
  return [part(types.partial, 1, prices?.[0]), part(types.filled, 2, prices?.[1])]
}

describe('what was executed while it was not heard of', () => {
  test('a part that was missed: the server is asked for it, and the fill is whole', async () => {
    meddler.fromServer = (message) => {
      // The first of two deals is lost on the way; the server has both.
      if (isType(message, types.filled)) return void Object.assign(message, inParts(message)[1])
      if (message.payloadType === 2182) {
        const [deal] = message.payload.deal
        const half = deal.volume / 2
        message.payload.deal = [1, 2].map((dealId) => ({ ...deal, dealId, filledVolume: half }))
      }
      return undefined
    }
    const fill = await (await buy()).filled
    expect(String(fill.volume)).toBe('10000')
    expect(fill.deals.map(({ dealId }) => dealId).sort()).toEqual([1, 2])
  })

  test('a fill that comes without its deal', async () => {
    onExecution(types.filled, (message) => {
      delete message.payload.deal
      return undefined
    })
    const fill = await (await buy()).filled
    expect(String(fill.volume)).toBe('10000')
  })

  test('an end that says a part was executed is not an order of which nothing was traded', async () => {
    onExecution(types.filled, (message) => {
      const { order } = message.payload
      message.payload.executionType = types.cancelled
      order.orderStatus = 5
      order.executedVolume = 600_000
      delete message.payload.deal
      return undefined
    })
    const fill = await (await buy()).filled
    expect(String(fill.volume)).toBe('10000')
  })

  test('where the server itself cannot say it, the outcome is unknown', async () => {
    meddler.fromServer = (message) => {
      if (isType(message, types.filled)) {
        message.payload.executionType = types.cancelled
        delete message.payload.deal
      }
      if (message.payloadType === 2182) message.payload.deal = []
      return undefined
    }
    await expect((await buy()).filled).rejects.toMatchObject({
      code: 'ORDER_OUTCOME_UNKNOWN',
      cause: { message: expect.stringContaining('names deals of 0') },
    })
  })

  test('an end of which nothing was executed is told without asking', async () => {
    let asked = 0
    meddler.fromClient = (message) => {
      if (message.payloadType === 2181) asked++
      return undefined
    }
    onExecution(types.filled, (message) => {
      message.payload.executionType = types.cancelled
      message.payload.order.executedVolume = 0
      delete message.payload.deal
      return undefined
    })
    await expect((await buy()).filled).rejects.toThrow(OrderNotFilledError)
    expect(asked).toBe(0)
  })
})

describe('what comes under the request’s id and is about something else', () => {
  test('the end of a protection order before the order is accepted', async () => {
    onExecution(types.accepted, (message, wire) => {
      const other = structuredClone(message)
      other.payload.executionType = types.cancelled
      Object.assign(other.payload.order, { orderId: 42, orderType: 4, orderStatus: 5 })
      wire.toClient(other)
      return undefined
    })
    const order = await buy()
    expect(order.orderId).not.toBe(42)
    expect((await order.filled).orderId).toBe(order.orderId)
  })

  test('an order with another id of its own', async () => {
    onExecution(types.accepted, (message, wire) => {
      const other = structuredClone(message)
      Object.assign(other.payload.order, { orderId: 43, clientOrderId: 'other' })
      wire.toClient(other)
      return undefined
    })
    const order = await buy({ clientOrderId: 'mine' })
    expect(order.orderId).not.toBe(43)
    await order.filled
  })

  test('an event that names no order', async () => {
    onExecution(types.accepted, (message, wire) => {
      const { ctidTraderAccountId } = message.payload
      wire.toClient({ ...message, payload: { ctidTraderAccountId, executionType: types.swap } })
      return undefined
    })
    const order = await buy()
    expect((await order.filled).orderId).toBe(order.orderId)
  })

  test('nothing but that: the outcome is unknown, by the deadline and by a signal', async () => {
    meddler.fromServer = (message, wire) => {
      if (!isType(message, types.accepted))
        return isType(message, types.filled) ? 'held' : undefined
      const { ctidTraderAccountId } = message.payload
      wire.toClient({ ...message, payload: { ctidTraderAccountId, executionType: types.swap } })
      return 'held'
    }
    await expect(buy({ fillTimeoutMs: 200 })).rejects.toThrow(OrderOutcomeUnknownError)
    const signal = AbortSignal.timeout(200)
    const error = await buy({ signal }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OrderOutcomeUnknownError)
    expect(error).toMatchObject({ cause: { name: 'TimeoutError' } })
  })
})

describe('an error beside an outcome', () => {
  test('a fill with an error code as the first answer is a fill', async () => {
    meddler.fromServer = (message) => {
      if (isType(message, types.accepted)) return 'held'
      if (isType(message, types.filled)) message.payload.errorCode = 'SOMETHING'
      return undefined
    }
    const fill = await (await buy()).filled
    expect(String(fill.volume)).toBe('10000')
  })

  test.each([
    ['an order error', orderError],
    ['an error', openApiError],
  ])('%s after the acceptance has the server asked, whose word counts', async (_name, type) => {
    onExecution(types.filled, (message, wire) => {
      const { ctidTraderAccountId, order } = message.payload
      const { orderId } = order
      const payload = { ctidTraderAccountId, orderId, errorCode: 'NOT_ENOUGH_MONEY' }
      wire.toClient({ ...message, payloadType: type, payload })
      return 'held'
    })
    const order = await buy()
    expect((await order.filled).orderId).toBe(order.orderId)
  })

  test('an error that the server does not explain is named when the wait is over', async () => {
    meddler.fromServer = (message, wire) => {
      if (isType(message, types.filled)) {
        const { ctidTraderAccountId, order } = message.payload
        const payload = { ctidTraderAccountId, orderId: order.orderId, errorCode: 'ODD_CODE' }
        wire.toClient({ ...message, payloadType: orderError, payload })
        return 'held'
      }
      if (message.payloadType === 2182) message.payload.order.orderStatus = 1
      return undefined
    }
    await expect((await buy({ fillTimeoutMs: 2_000 })).filled).rejects.toMatchObject({
      cause: { message: expect.stringContaining('ODD_CODE') },
    })
  })
})

test('two deals without a price of the whole: the server is asked, and else their average counts', async () => {
  meddler.fromServer = (message, wire) => {
    if (isType(message, types.filled)) {
      for (const part of inParts(message, [1.1, 1.3])) wire.toClient(part)
      return 'held'
    }
    if (message.payloadType === 2182) {
      delete message.payload.order.executionPrice
      message.payload.deal = []
    }
    return undefined
  }
  const fill = await (await buy()).filled
  expect(String(fill.price)).toBe('1.20000')
  expect(String(fill.volume)).toBe('10000')
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5'])(
  'a fillTimeoutMs of %s is refused before anything is sent',
  async (fillTimeoutMs) => {
    let sent = 0
    meddler.fromClient = (message) => {
      if (message.payloadType === 2106) sent++
      return undefined
    }
    await expect(buy({ fillTimeoutMs })).rejects.toThrow(InvalidArgumentError)
    expect(sent).toBe(0)
  },
)
