import { beforeAll, expect, test } from 'vitest'
import { ControlArgumentError, createSandbox, type Sandbox } from '../../../src/sandbox/index.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await createSandbox({ time: 'owned' })
  return () => sandbox.close()
})

// As somebody who writes JavaScript may call it.
type Loose = Record<string, Record<string, (...given: unknown[]) => unknown>>

test.each([
  ['market', 'gap', ['EURUSD', { pip: 5 }], 'market.gap has no option "pip". Did you mean pips'],
  ['market', 'gap', ['EURUSD'], 'market.gap takes an object of options, not undefined'],
  ['market', 'gap', ['EURUSD', { by: 1n }], 'EURUSD cannot be moved by by 1n'],
  ['market', 'spike', ['EURUSD', { pips: 5, lasts: 5 }], 'Did you mean lastsMs'],
  ['market', 'setPrice', ['EURUSD'], 'market.setPrice takes an object of options'],
  ['market', 'setPrice', ['EURUSD', { bid: 1n }], 'The bid of EURUSD cannot be 1n'],
  ['accounts', 'create', [{ currency: 'EUR' }], 'accounts.create has no option "currency"'],
  ['accounts', 'change', [1001, { levarage: 5 }], 'Did you mean leverage'],
  ['accounts', 'change', [1001], 'accounts.change takes an object of options, not undefined'],
  ['maintenance', 'begin', [{ forMS: 5 }], 'Did you mean forMs'],
  ['tokens', 'invalidate', [{ acount: 1001 }], 'tokens.invalidate has no option "acount"'],
  ['tokens', 'expire', [null], 'tokens.expire takes an object of options, not null'],
  ['connections', 'cut', [{ hosts: 'demo' }], 'Did you mean host'],
  ['connections', 'disconnectAccount', [1001, { muted: true }], 'Did you mean mute'],
  ['journal', 'expectOne', [], 'A journal query takes an object of options, not undefined'],
  ['journal', 'expectNone', [{ mesage: 'newOrder' }], 'Did you mean message'],
])('%s.%s refuses %s', (part, verb, given, message) => {
  const parts = sandbox.control as unknown as Loose
  const call = () => parts[part]?.[verb]?.(...given)
  expect(call).toThrow(ControlArgumentError)
  expect(call).toThrow(message)
})

test('an account that is not there is no account without sessions or tokens', () => {
  const { connections, tokens } = sandbox.control
  const missing = 'The sandbox has no account 77. There is: 1001'
  expect(() => connections.disconnectAccount(77)).toThrow(missing)
  expect(() => connections.cut({ account: 77 })).toThrow(missing)
  expect(() => tokens.invalidate({ account: 77 })).toThrow(missing)
  expect(() => tokens.expire({ account: 77 })).toThrow(missing)
})

test('a terminal and a wait for events refuse them as well', async () => {
  const order = { symbol: 'EURUSD', side: 'buy', lots: '0.1', stoploss: 5 }
  expect(() => sandbox.control.terminal(1001).open(order as never)).toThrow('stopLossPoints')
  expect(() => sandbox.control.terminal(1001).open(undefined as never)).toThrow('not undefined')
  await expect(sandbox.time.runUntil({ mesage: 'x' } as never)).rejects.toThrow('message')
})

test('a misspelt choice of grants is not all of them', () => {
  const { grants } = sandbox.auth
  const choice = { account: 1001 } as never
  for (const verb of ['list', 'revoke', 'expire'] as const) {
    expect(() => grants[verb](choice)).toThrow(`grants.${verb} has no option "account"`)
  }
  expect(grants.list()).toHaveLength(1)
})
