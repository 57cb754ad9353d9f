import { describe, expectTypeOf, test } from 'vitest'
import {
  type Account,
  type Carrier,
  type ClientOptions,
  CTraderError,
  createClient,
  type Distance,
  lots,
  Money,
  type PlaceOrderOptions,
  pips,
  type Quote,
  Secret,
  type Volume,
} from '../../src/index.ts'
import {
  encodeMessage,
  type Messages,
  type RequestMessage,
  type RequestName,
  type ResponseMessage,
} from '../../src/protocol/index.ts'
import type { Sandbox, SandboxCarrier, SandboxClientOptions } from '../../src/sandbox/index.ts'

declare const sandbox: Sandbox
declare const account: Account

describe('sandbox and client', () => {
  // They share no code but the schema; this is where their shapes meet.
  test("the sandbox's client options are the client's options", () => {
    expectTypeOf<SandboxClientOptions>().toExtend<ClientOptions>()
    expectTypeOf(createClient).toBeCallableWith(sandbox.clientOptions())
    expectTypeOf(createClient).toBeCallableWith(sandbox.clientOptions({ scope: 'accounts' }))
    expectTypeOf(createClient).toBeCallableWith(sandbox.clientOptions({ carrier: 'json-tcp' }))
    expectTypeOf<SandboxCarrier>().toEqualTypeOf<Carrier>()
  })

  test('a scope is one of two words', () => {
    // @ts-expect-error the word of the API's documentation, not of this package
    sandbox.clientOptions({ scope: 'trade' })
  })
})

describe('the client', () => {
  const application = { clientId: 'id', clientSecret: 'secret' }

  test('needs an environment, an application and grants', () => {
    expectTypeOf(createClient).toBeCallableWith({
      environment: 'demo',
      application,
      grants: [{ accessToken: new Secret('token') }],
    })
    // @ts-expect-error no grants
    createClient({ environment: 'demo', application })
    // @ts-expect-error an environment nobody named
    createClient({ environment: 'paper', application, grants: [] })
  })

  test('both sides of a quote are always there', () => {
    expectTypeOf<Quote['bid']>().not.toExtend<undefined>()
    expectTypeOf<Quote['ask']>().toEqualTypeOf<Quote['bid']>()
  })

  test('quotes come as an async iterable', () => {
    expectTypeOf(account.watchQuotes(['EURUSD'])).toExtend<AsyncIterable<Quote>>()
  })
})

describe('orders', () => {
  const order = { symbol: 'EURUSD', side: 'buy', type: 'market', volume: lots('0.10') } as const

  test('take volumes and distances, not bare numbers', () => {
    expectTypeOf(account.placeOrder).toBeCallableWith({ ...order, stopLoss: pips(20) })
    // @ts-expect-error 0.1 of what: lots, units, hundredths of a unit?
    account.placeOrder({ ...order, volume: 0.1 })
    // @ts-expect-error 20 of what: pips, points?
    account.placeOrder({ ...order, stopLoss: 20 })
    expectTypeOf<Volume>().not.toExtend<Distance>()
    expectTypeOf<Distance>().not.toExtend<Volume>()
  })

  test('name a known side and type, and no field that does not exist', () => {
    // @ts-expect-error sides are lower case
    account.placeOrder({ ...order, side: 'BUY' })
    // @ts-expect-error the option is called stopLoss
    account.placeOrder({ ...order, stoploss: pips(20) })
    expectTypeOf<PlaceOrderOptions['stopLoss']>().toEqualTypeOf<Distance | undefined>()
  })
})

describe('requests derived from the catalogue', () => {
  test('the name of a request gives its message and its answer', () => {
    expectTypeOf<RequestMessage<'trader'>>().toEqualTypeOf<Messages['ProtoOATraderReq']>()
    expectTypeOf<ResponseMessage<'trader'>>().toEqualTypeOf<Messages['ProtoOATraderRes']>()
    expectTypeOf<ResponseMessage<'newOrder'>>().toEqualTypeOf<Messages['ProtoOAExecutionEvent']>()
    expectTypeOf<'traders'>().not.toExtend<RequestName>()
  })

  test('a call of the session is checked field by field', () => {
    const { call } = account.session
    expectTypeOf<keyof typeof call>().toEqualTypeOf<RequestName>()
    expectTypeOf(call.trader).toBeCallableWith({ ctidTraderAccountId: 1 })
    // @ts-expect-error a field of the public API, not of the wire
    call.trader({ accountId: 1 })
    // @ts-expect-error the account is missing
    call.trader({})
    // @ts-expect-error the account is a number
    call.trader({ ctidTraderAccountId: '1' })
    // @ts-expect-error no such request
    call.traders({ ctidTraderAccountId: 1 })
  })

  test('a message is encoded only with its own fields', () => {
    expectTypeOf(encodeMessage<'ProtoOATraderReq'>).toBeCallableWith('ProtoOATraderReq', {
      ctidTraderAccountId: 1,
    })
    // @ts-expect-error a field of another message
    encodeMessage('ProtoOATraderReq', { ctidTraderAccountId: 1, symbolId: [1] })
    // @ts-expect-error no such message
    encodeMessage('ProtoOATradersReq', { ctidTraderAccountId: 1 })
  })

  test('money on the wire is a bigint, identifiers are numbers', () => {
    expectTypeOf<Messages['ProtoOATrader']['balance']>().toEqualTypeOf<bigint>()
    expectTypeOf<Messages['ProtoOATrader']['ctidTraderAccountId']>().toEqualTypeOf<number>()
  })
})

describe('secrets and money', () => {
  test('a secret is no text', () => {
    expectTypeOf<Secret>().not.toExtend<string>()
    // @ts-expect-error it has to be revealed by name
    encodeURIComponent(new Secret('token'))
    expectTypeOf(new Secret('token').reveal()).toBeString()
  })

  test('money is no number', () => {
    expectTypeOf<Money>().not.toExtend<number>()
    expectTypeOf<Money>().not.toExtend<bigint>()
    expectTypeOf(Money).not.toExtend<typeof Number>()
  })

  test('an error carries a code', () => {
    expectTypeOf<CTraderError['code']>().toBeString()
    expectTypeOf(CTraderError).toBeConstructibleWith('CODE', 'summary', { remedy: 'Do this.' })
  })
})
