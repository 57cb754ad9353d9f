import { describe, expect, test, vi } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import { InvalidArgumentError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import {
  DecodeError,
  type EnvelopeName,
  type Messages,
  payloadTypes,
} from '../../protocol/index.ts'
import {
  AccountLostError,
  ConnectionLostError,
  RequestAbortedError,
  RequestTimeoutError,
  UnreadableAnswerError,
} from '../errors.ts'
import { Exchanges } from './exchanges.ts'
import { messageIds } from './message-ids.ts'
import { RequestRefusedError } from './refusal.ts'

const account = { ctidTraderAccountId: 7 }
const accepted = { ...account, executionType: 2 }
const filled = { ...account, executionType: 3 }

function setUp() {
  const clock = new ManualClock()
  const warnings: unknown[] = []
  const logger: Logger = {
    debug() {},
    info() {},
    warn: (facts) => warnings.push(facts),
    error() {},
  }
  const exchanges = new Exchanges({
    clock,
    logger,
    newId: messageIds(() => 0.5),
    timeoutMs: 15_000,
  })
  const answer = <K extends EnvelopeName>(name: K, message: Messages[K], id: string): boolean =>
    exchanges.accept(payloadTypes[name], message, id)
  return { clock, exchanges, answer, warnings }
}

/** What a promise was rejected with. */
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => {
      throw new Error(`it resolved with ${JSON.stringify(value)}`)
    },
    (error: unknown) => error,
  )

describe('exchanges, one answer', () => {
  test('the answer of the right id and type settles the request, and leaves nothing behind', async () => {
    const { clock, exchanges, answer } = setUp()
    const exchange = exchanges.open('trader', account, {}, false)
    exchange.markSent()
    const message = { ...account, trader: {} } as Messages['ProtoOATraderRes']
    expect(answer('ProtoOATraderRes', message, exchange.clientMsgId)).toBe(true)
    expect(await exchange.first).toBe(message)
    expect(exchanges.size).toBe(0)
    expect(clock.pending).toBe(0)
    expect(answer('ProtoOATraderRes', message, exchange.clientMsgId)).toBe(false)
  })

  test('answers find their requests in any order', async () => {
    const { exchanges, answer } = setUp()
    const [a, b] = [1, 2].map((id) =>
      exchanges.open('accountAuth', { ctidTraderAccountId: id, accessToken: 'x' }, {}, false),
    )
    if (a === undefined || b === undefined) throw new Error('two were opened')
    answer('ProtoOAAccountAuthRes', { ctidTraderAccountId: 2 }, b.clientMsgId)
    answer('ProtoOAAccountAuthRes', { ctidTraderAccountId: 1 }, a.clientMsgId)
    expect(await a.first).toEqual({ ctidTraderAccountId: 1 })
    expect(await b.first).toEqual({ ctidTraderAccountId: 2 })
  })

  test('another type under the same id, and an id nobody waits for, answer nothing', () => {
    const { exchanges, answer } = setUp()
    const { clientMsgId } = exchanges.open('trader', account, {}, false)
    expect(answer('ProtoOASymbolChangedEvent', { ...account, symbolId: [] }, clientMsgId)).toBe(
      false,
    )
    expect(answer('ProtoOAExecutionEvent', accepted, clientMsgId)).toBe(false)
    expect(answer('ProtoOAExecutionEvent', accepted, 'terminal')).toBe(false)
    expect(exchanges.size).toBe(1)
  })

  test('an answer about another account is not taken', () => {
    const { exchanges, answer, warnings } = setUp()
    const { clientMsgId } = exchanges.open('newOrder', account, {}, false)
    expect(
      answer('ProtoOAExecutionEvent', { ...filled, ctidTraderAccountId: 8 }, clientMsgId),
    ).toBe(false)
    expect(exchanges.size).toBe(1)
    expect(warnings).toEqual([{ request: 'newOrder', clientMsgId, accountId: 7, answered: 8 }])
  })

  test.each(['ProtoOAErrorRes', 'ProtoErrorRes'] as const)('%s refuses it', async (name) => {
    const { exchanges, answer, clock } = setUp()
    const exchange = exchanges.open('trader', account, {}, false)
    exchange.markSent()
    answer(name, { errorCode: 'INVALID_REQUEST', description: 'No.' }, exchange.clientMsgId)
    const error = await failure(exchange.first)
    expect(error).toBeInstanceOf(RequestRefusedError)
    expect(error).toMatchObject({
      code: 'REQUEST_REFUSED',
      outcome: 'refused',
      request: 'trader',
      clientMsgId: exchange.clientMsgId,
      accountId: 7,
      serverCode: 'INVALID_REQUEST',
      description: 'No.',
    })
    expect(clock.pending).toBe(0)
  })

  test('an answer that cannot be read fails its request only, as unknown', async () => {
    const { exchanges } = setUp()
    const exchange = exchanges.open('newOrder', account, {}, false)
    exchanges.open('trader', account, {}, false)
    const damage = new DecodeError('ProtoOAExecutionEvent', 'deal.dealId', 'it is missing')
    expect(exchanges.unreadable(damage, exchange.clientMsgId)).toBe(true)
    expect(exchanges.unreadable(damage, 'nobody')).toBe(false)
    const error = await failure(exchange.first)
    expect(error).toBeInstanceOf(UnreadableAnswerError)
    expect(error).toMatchObject({ outcome: 'unknown', cause: damage })
    expect(exchanges.size).toBe(1)
  })

  test('an error without an id can answer the only request, not one of several', async () => {
    const { exchanges } = setUp()
    expect(exchanges.refuseOnly({ errorCode: 'X' })).toBe(false)
    const one = exchanges.open('applicationAuth', {}, {}, false)
    expect(exchanges.refuseOnly({ errorCode: 'X' })).toBe(true)
    expect(await failure(one.first)).toMatchObject({ serverCode: 'X' })
    exchanges.open('version', {}, {}, false)
    exchanges.open('version', {}, {}, false)
    expect(exchanges.refuseOnly({ errorCode: 'X' })).toBe(false)
    expect(exchanges.size).toBe(2)
  })
})

describe('exchanges, deadlines and giving up', () => {
  test.each([
    [false, 'not-sent'],
    [true, 'unknown'],
  ] as const)('no answer in time: sent %s means %s', async (sent, outcome) => {
    const { clock, exchanges } = setUp()
    const exchange = exchanges.open('trader', account, {}, false)
    if (sent) exchange.markSent()
    clock.advance(14_999)
    expect(exchanges.size).toBe(1)
    clock.advance(1)
    const error = await failure(exchange.first)
    expect(error).toBeInstanceOf(RequestTimeoutError)
    expect(error).toMatchObject({ outcome, facts: { timeoutMs: 15_000 } })
    expect(exchanges.size).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test('a request can have a deadline of its own', async () => {
    const { clock, exchanges } = setUp()
    const exchange = exchanges.open('trader', account, { timeoutMs: 10 }, false)
    clock.advance(10)
    expect(await failure(exchange.first)).toBeInstanceOf(RequestTimeoutError)
  })

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('%s is no deadline', (timeoutMs) => {
    const { exchanges } = setUp()
    expect(() => exchanges.open('trader', account, { timeoutMs }, false)).toThrow(
      InvalidArgumentError,
    )
    expect(exchanges.size).toBe(0)
  })

  test('a silent account list points at the token', async () => {
    const { clock, exchanges } = setUp()
    const exchange = exchanges.open('accountListByAccessToken', { accessToken: 't' }, {}, false)
    exchange.markSent()
    clock.advance(15_000)
    expect(String(await failure(exchange.first))).toMatch(/refresh the token/)
  })

  test('aborting before and after sending tells the two apart, with the reason', async () => {
    const { exchanges, clock } = setUp()
    const abort = new AbortController()
    const { signal } = abort
    const before = exchanges.open('trader', account, { signal }, false)
    const after = exchanges.open('trader', account, { signal }, false)
    after.markSent()
    const reason = new Error('enough')
    abort.abort(reason)
    for (const [exchange, outcome] of [
      [before, 'not-sent'],
      [after, 'unknown'],
    ] as const) {
      const error = await failure(exchange.first)
      expect(error).toBeInstanceOf(RequestAbortedError)
      expect(error).toMatchObject({ outcome, cause: reason })
    }
    expect(clock.pending).toBe(0)
  })

  test('a signal aborted beforehand makes an exchange that is over at once', async () => {
    const { exchanges, clock } = setUp()
    const exchange = exchanges.open('trader', account, { signal: AbortSignal.abort() }, false)
    expect(exchange.over).toBe(true)
    expect(await failure(exchange.first)).toMatchObject({ outcome: 'not-sent' })
    expect(exchanges.size).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test('a settled request lets go of its signal', async () => {
    const { exchanges, answer } = setUp()
    const { signal } = new AbortController()
    const remove = vi.spyOn(signal, 'removeEventListener')
    const { clientMsgId } = exchanges.open('version', {}, { signal }, false)
    answer('ProtoOAVersionRes', { version: '91' }, clientMsgId)
    expect(remove).toHaveBeenCalledTimes(1)
  })

  test('an id of the caller is used as it is, and refused while it is in use', () => {
    const { exchanges, answer } = setUp()
    const { clientMsgId } = exchanges.open('version', {}, { clientMsgId: 'mine' }, false)
    expect(clientMsgId).toBe('mine')
    const again = (): unknown => exchanges.open('version', {}, { clientMsgId: 'mine' }, false)
    expect(again).toThrow(InvalidArgumentError)
    answer('ProtoOAVersionRes', { version: '91' }, 'mine')
    expect(again).not.toThrow()
    expect(() => exchanges.open('version', {}, { clientMsgId: '' }, false)).toThrow(
      InvalidArgumentError,
    )
  })
})

describe('exchanges, losses', () => {
  test('the end of the connection fails everything at once and says what was sent', async () => {
    const { clock, exchanges } = setUp()
    const sent = exchanges.open('trader', account, {}, false)
    sent.markSent()
    const waiting = exchanges.open('newOrder', account, {}, true)
    const cause = new Error('gone')
    exchanges.loseConnection(cause)
    const error = await failure(sent.first)
    expect(error).toBeInstanceOf(ConnectionLostError)
    expect(error).toMatchObject({ outcome: 'unknown', cause, request: 'trader' })
    expect(await failure(waiting.first)).toMatchObject({ outcome: 'not-sent' })
    expect(exchanges.size).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test('the loss of an account fails what needs it, and nothing else', async () => {
    const { exchanges } = setUp()
    const lost = exchanges.open('newOrder', account, {}, true)
    lost.markSent()
    exchanges.open('trader', { ctidTraderAccountId: 8 }, {}, false)
    // Authorising again is how to get out of this.
    exchanges.open('accountAuth', { ...account, accessToken: 't' }, {}, false)
    exchanges.loseAccount(7, 'token-invalidated')
    const error = await failure(lost.first)
    expect(error).toBeInstanceOf(AccountLostError)
    expect(error).toMatchObject({ outcome: 'unknown', loss: 'token-invalidated', accountId: 7 })
    expect(exchanges.size).toBe(2)
  })
})
