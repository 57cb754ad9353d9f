import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Account,
  type Client,
  createClient,
  InvalidArgumentError,
  lots,
  pips,
  units,
} from '../../src/index.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'

// What people write before the compiler or the manual corrects them. Types are put aside as in plain JavaScript.

let sandbox: Sandbox
let client: Client
let account: Account
let trade: (options: object) => Promise<unknown>
let close: (options: unknown) => Promise<unknown>

beforeAll(async () => {
  sandbox = await createSandbox({ seed: 7 })
  client = await createClient(sandbox.clientOptions())
  account = await client.account(sandbox.accounts[0]?.accountId ?? 0)
  const base = { symbol: 'EURUSD', side: 'buy', type: 'market', volume: lots('0.1') }
  trade = (options) => account.placeOrder({ ...base, ...options } as never)
  close = (options) => account.closePosition(options as never)
})

afterAll(async () => {
  await client.close()
  await sandbox.close()
})

async function refusal(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(InvalidArgumentError)
  return (error as Error).message
}

describe('a misspelt option is no option left out', () => {
  test.each([
    ['stoploss', { stoploss: pips(20) }, 'Did you mean stopLoss'],
    ['takeprofit', { takeprofit: pips(20) }, 'Did you mean takeProfit'],
    ['lable', { lable: 'mine' }, 'Did you mean label'],
    ['limitPrice', { limitPrice: '1.1' }, 'Its options are symbol, side, type, volume'],
  ])('placeOrder with %s', async (name, options, help) => {
    const message = await refusal(trade(options))
    expect(message).toContain(`placeOrder has no option "${name}".`)
    expect(message).toContain(help)
    expect(await account.positions()).toEqual([])
  })

  test('closePosition would close all in place of a part', async () => {
    const order = await account.placeOrder({
      ...{ symbol: 'EURUSD', side: 'buy', type: 'market', volume: lots('0.1') },
    })
    const { positionId } = await order.filled
    const misspelt = { positionId, volum: lots('0.05') }
    expect(await refusal(close(misspelt))).toContain('Did you mean volume')
    expect((await account.positions())[0]?.volume.toString()).toBe('10000')
    await (await account.closePosition({ positionId })).filled
  })

  test('createClient, createSandbox and watchQuotes', async () => {
    const { grants, ...others } = sandbox.clientOptions()
    expect(await refusal(createClient({ ...others, grant: grants } as never))).toContain(
      'createClient has no option "grant". Did you mean grants',
    )
    const rateLimits = { general: 20 }
    expect(await refusal(createClient({ ...others, grants, rateLimits } as never))).toContain(
      'rateLimits has no option "general". Did you mean generalPerSecond',
    )
    expect(
      await refusal(Promise.resolve().then(() => createSandbox({ sed: 7 } as never))),
    ).toContain('Did you mean seed')
    expect(() => account.watchQuotes(['EURUSD'], { limt: 3 } as never)).toThrow(
      'Did you mean limit',
    )
  })
})

describe('a value of the wrong kind', () => {
  test.each([
    ['0.1', { volume: 0.1 }, "A volume cannot be 0.1. Say in what it is counted: lots('0.10')"],
    ['a text', { volume: '0.1' }, 'A volume cannot be "0.1".'],
    ['no volume', { volume: undefined }, 'A volume cannot be undefined.'],
    ['a look-alike', { volume: { kind: 'lots', value: 1 } }, 'A volume cannot be an object.'],
    ['a bare price', { stopLoss: 1.2 }, 'The stop loss is a distance from the price, not 1.2.'],
    ['bare pips', { takeProfit: '20' }, 'The take profit is a distance from the price, not "20".'],
  ])('%s as volume or distance', async (_name, options, message) => {
    expect(await refusal(trade(options))).toContain(message)
    expect(await account.positions()).toEqual([])
  })

  test('an id in place of options, or no id', async () => {
    expect(await refusal(close(42))).toContain('closePosition takes an object of options, not 42.')
    expect(await refusal(close({ positionId: '42' }))).toContain(
      'position\'s id is a whole number, not "42".',
    )
    expect(await refusal(close({}))).toContain('not undefined.')
  })

  test('one symbol in place of a list', () => {
    expect(() => account.watchQuotes('EURUSD' as never)).toThrow(
      'watchQuotes takes a list of symbols, not "EURUSD". Name at least one, such as',
    )
    expect(() => account.watchQuotes([])).toThrow('No symbol to watch was given.')
  })
})

test('what is allowed is said in the words of whoever asked', async () => {
  const tooMuch = (volume: ReturnType<typeof lots>): Promise<unknown> =>
    trade({ volume }).catch((error: unknown) => (error as Error).message)
  expect(await tooMuch(lots('10000'))).toMatch(/Order at most \d+ lots \(\d+ EUR\)\./)
  expect(await tooMuch(units(10_000_000_000))).toMatch(/Order at most \d+ EUR\./)
  expect(await tooMuch(lots('0.001'))).toContain('Order at least 0.01 lots (1000 EUR).')
})
