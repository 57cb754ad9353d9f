import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import type { Logger } from '../../log.ts'
import { type EnvelopeName, type Messages, payloadTypes } from '../../protocol/index.ts'
import { RequestAbortedError } from '../errors.ts'
import { Exchanges } from './exchanges.ts'
import { messageIds } from './message-ids.ts'
import { OrderRejectedError, RequestRefusedError } from './refusal.ts'

const account = { ctidTraderAccountId: 7 }
const accepted = { ...account, executionType: 2 }
const filled = { ...account, executionType: 3 }

function setUp() {
  const clock = new ManualClock()
  const errors: unknown[] = []
  const logger: Logger = {
    debug() {},
    info() {},
    warn() {},
    error: (facts) => errors.push(facts),
  }
  const exchanges = new Exchanges({
    clock,
    logger,
    newId: messageIds(() => 0.5),
    timeoutMs: 15_000,
  })
  const answer = <K extends EnvelopeName>(name: K, message: Messages[K], id: string): boolean =>
    exchanges.accept(payloadTypes[name], message, id)
  return { clock, exchanges, answer, errors }
}

/** What a promise was rejected with. */
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => {
      throw new Error(`it resolved with ${JSON.stringify(value)}`)
    },
    (error: unknown) => error,
  )

describe('exchange, several answers', () => {
  test('every answer of the id is heard, by those who came late as well', async () => {
    const { exchanges, answer } = setUp()
    const exchange = exchanges.open('newOrder', account, {}, true)
    const early: unknown[] = []
    exchange.onEvent((event) => early.push(event))
    answer('ProtoOAExecutionEvent', accepted, exchange.clientMsgId)
    answer('ProtoOAExecutionEvent', filled, exchange.clientMsgId)
    const late: unknown[] = []
    const stop = exchange.onEvent((event) => late.push(event))
    const server = { ...accepted, isServerEvent: true }
    stop()
    answer('ProtoOAExecutionEvent', server, exchange.clientMsgId)
    expect(await exchange.first).toBe(accepted)
    expect(early).toEqual([accepted, filled, server])
    expect(late).toEqual([accepted, filled])
    expect(exchanges.size).toBe(1)
    exchange.release()
    expect(exchanges.size).toBe(0)
  })

  test('it can be read as a stream, which ends when it is released', async () => {
    const { exchanges, answer } = setUp()
    const exchange = exchanges.open('newOrder', account, {}, true)
    answer('ProtoOAExecutionEvent', accepted, exchange.clientMsgId)
    const read: unknown[] = []
    for await (const event of exchange) {
      read.push(event)
      if (read.length === 1) answer('ProtoOAExecutionEvent', filled, exchange.clientMsgId)
      if (read.length === 2) exchange.release()
    }
    expect(read).toEqual([accepted, filled])
    const again: unknown[] = []
    for await (const event of exchange) again.push(event)
    expect(again).toEqual([accepted, filled])
  })

  test('leaving the stream ends the reading, not the exchange', async () => {
    const { exchanges, answer } = setUp()
    const exchange = exchanges.open('newOrder', account, {}, true)
    answer('ProtoOAExecutionEvent', accepted, exchange.clientMsgId)
    for await (const _ of exchange) break
    expect(exchange.over).toBe(false)
    exchange.release()
  })

  test('a rejection after the first answer fails the stream and the followers', async () => {
    const { exchanges, answer } = setUp()
    const exchange = exchanges.open('newOrder', account, {}, true)
    const failures: Error[] = []
    exchange.onEvent(
      () => {},
      (error) => failures.push(error),
    )
    const reading = (async () => {
      for await (const _ of exchange);
    })()
    answer('ProtoOAExecutionEvent', accepted, exchange.clientMsgId)
    answer(
      'ProtoOAOrderErrorEvent',
      { ...account, errorCode: 'NOT_ENOUGH_MONEY' },
      exchange.clientMsgId,
    )
    expect(await exchange.first).toBe(accepted)
    const error = await failure(reading)
    expect(error).toBeInstanceOf(OrderRejectedError)
    expect(failures).toEqual([error])
    const late: Error[] = []
    exchange.onEvent(
      () => {},
      (reason) => late.push(reason),
    )
    expect(late).toEqual([error])
  })

  test('after its deadline a sent order is unknown, but late answers are still heard', async () => {
    const { clock, exchanges, answer } = setUp()
    const exchange = exchanges.open('newOrder', account, {}, true)
    exchange.markSent()
    const heard: unknown[] = []
    exchange.onEvent((event) => heard.push(event))
    clock.advance(15_000)
    expect(await failure(exchange.first)).toMatchObject({ outcome: 'unknown' })
    answer('ProtoOAExecutionEvent', filled, exchange.clientMsgId)
    expect(heard).toEqual([filled])
    exchange.release()
    expect(clock.pending).toBe(0)
  })

  test('after its deadline an order that never left is over', async () => {
    const { clock, exchanges } = setUp()
    const exchange = exchanges.open('newOrder', account, {}, true)
    clock.advance(15_000)
    expect(await failure(exchange.first)).toMatchObject({ outcome: 'not-sent' })
    expect(exchange.over).toBe(true)
  })

  test('one that was released while waiting says so, and nobody has to look', async () => {
    const { exchanges } = setUp()
    const exchange = exchanges.open('newOrder', account, {}, true)
    exchange.release()
    exchange.release()
    expect(await failure(exchange.first)).toBeInstanceOf(RequestAbortedError)
  })

  test('a follower that throws is logged and disturbs nobody', () => {
    const { exchanges, answer, errors } = setUp()
    const exchange = exchanges.open('newOrder', account, {}, true)
    const heard: unknown[] = []
    exchange.onEvent(() => {
      throw new Error('mine')
    })
    exchange.onEvent((event) => heard.push(event))
    answer('ProtoOAExecutionEvent', accepted, exchange.clientMsgId)
    expect(heard).toEqual([accepted])
    expect(errors).toHaveLength(1)
  })
})

describe('exchange, rejected orders', () => {
  test('an order error rejects, and 0 names nothing', async () => {
    const { exchanges, answer } = setUp()
    const exchange = exchanges.open('closePosition', account, {}, false)
    const message = { ...account, errorCode: 'POSITION_NOT_FOUND', orderId: 0, positionId: 0 }
    answer('ProtoOAOrderErrorEvent', message, exchange.clientMsgId)
    const error = await failure(exchange.first)
    expect(error).toBeInstanceOf(OrderRejectedError)
    expect(error).toBeInstanceOf(RequestRefusedError)
    expect(error).toMatchObject({
      code: 'ORDER_REJECTED',
      outcome: 'refused',
      serverCode: 'POSITION_NOT_FOUND',
      orderId: undefined,
      positionId: undefined,
    })
  })

  test.each([
    [
      'ORDER_REJECTED',
      { ...account, executionType: 7, errorCode: 'MARKET_CLOSED' },
      'MARKET_CLOSED',
    ],
    ['ORDER_REJECTED without a code', { ...account, executionType: 7 }, 'ORDER_REJECTED'],
    ['ORDER_CANCEL_REJECTED', { ...account, executionType: 8, errorCode: 'X' }, 'X'],
    [
      'an event with an error code',
      { ...accepted, errorCode: 'NOT_ENOUGH_MONEY' },
      'NOT_ENOUGH_MONEY',
    ],
  ])('%s rejects', async (_name, event, serverCode) => {
    const { exchanges, answer } = setUp()
    const exchange = exchanges.open('newOrder', account, {}, false)
    answer('ProtoOAExecutionEvent', event, exchange.clientMsgId)
    const error = await failure(exchange.first)
    expect(error).toBeInstanceOf(OrderRejectedError)
    expect(error).toMatchObject({ serverCode, outcome: 'refused' })
  })

  test('a rejected execution names its order and position', async () => {
    const { exchanges, answer } = setUp()
    const exchange = exchanges.open('newOrder', account, {}, false)
    const order = { orderId: 11, positionId: 12 } as Messages['ProtoOAOrder']
    answer('ProtoOAExecutionEvent', { ...account, executionType: 7, order }, exchange.clientMsgId)
    expect(await failure(exchange.first)).toMatchObject({ orderId: 11, positionId: 12 })
  })
})
