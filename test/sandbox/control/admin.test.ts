import { request as httpRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/index.ts'
import { logIn, openAccount, startSandbox } from '../fixture.ts'

type Headers = Readonly<Record<string, string>>

/** Asks as a program does; `token` and headers may be wrong on purpose. */
async function ask(
  sandbox: Sandbox,
  method: string,
  path: string,
  body?: unknown,
  { token = sandbox.adminToken, ...headers }: Headers = {},
) {
  const response = await fetch(`${sandbox.adminUrl}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  return { status: response.status, body: (await response.json()) as any }
}

describe('the admin API', () => {
  test('does what control does', async () => {
    const sandbox = await startSandbox({ time: 'owned' })
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    expect((await ask(sandbox, 'GET', '')).body.routes).toContain('POST /admin/market/:symbol/gap')

    const price = await ask(sandbox, 'POST', '/market/EURUSD/price', { bid: '1.2', ask: 1.2001 })
    expect(price.body).toMatchObject({
      symbol: 'EURUSD',
      bid: '1.20000',
      ask: '1.20010',
      held: true,
    })
    expect((await ask(sandbox, 'GET', '/market/EURUSD')).body).toEqual(price.body)
    await ask(sandbox, 'POST', '/market/close')
    const { symbols } = (await ask(sandbox, 'GET', '/market')).body
    expect(symbols.every((symbol: { open: boolean }) => !symbol.open)).toBe(true)
    await ask(sandbox, 'POST', '/market/release')

    const fault = { fault: 'refuse', message: 'version', errorCode: 'X', times: 1 }
    expect(await ask(sandbox, 'POST', '/faults', fault)).toMatchObject({
      ...{ status: 201, body: { id: 1, rule: fault, acted: 0 } },
    })
    expect((await client.request('ProtoOAVersionReq')).payload['errorCode']).toBe('X')
    expect((await ask(sandbox, 'GET', '/faults')).body).toEqual({ faults: [] })

    const journal = await ask(sandbox, 'GET', '/journal?message=version&limit=1')
    expect(journal.body).toMatchObject({ count: 1, entries: [{ request: 'version', fault: 1 }] })
    const expected = { message: 'version', times: 1 }
    expect((await ask(sandbox, 'POST', '/journal/expect', expected)).body.count).toBe(1)
    expect(await ask(sandbox, 'POST', '/journal/expect', { ...expected, times: 2 })).toMatchObject({
      ...{ status: 400, body: { error: { code: 'JOURNAL_MISMATCH', facts: { found: 1 } } } },
    })

    const now = sandbox.time.now()
    expect((await ask(sandbox, 'POST', '/time/advance', { ms: 1_500 })).body.now).toBe(now + 1_500)
    const before = (await ask(sandbox, 'GET', '/connections')).body.connections
    expect(before).toMatchObject([{ connection: 1, accounts: [ctidTraderAccountId] }])
    await ask(sandbox, 'POST', `/accounts/${ctidTraderAccountId}/disconnect`, { mute: true })
    await client.next('ProtoOAAccountDisconnectEvent')
    expect((await ask(sandbox, 'POST', '/connections/cut', { how: 'reset' })).body).toEqual({
      ended: 1,
    })
    await client.closed
    expect((await ask(sandbox, 'POST', '/tokens/invalidate', {})).body).toEqual({ ended: 1 })
    await ask(sandbox, 'POST', '/maintenance', { forMs: 1_000 })
    const second = await logInRefused(sandbox)
    expect(second).toContain('SERVER_IS_UNDER_MAINTENANCE')
    expect((await ask(sandbox, 'DELETE', '/maintenance')).body).toEqual({ maintenance: null })
  })

  test('changes what orders a symbol and an account take', async () => {
    const sandbox = await startSandbox({ time: 'owned' })
    const change = { shortSelling: false, minLots: '0.10', maxExposureLots: null }
    const changed = await ask(sandbox, 'POST', '/rules/EURUSD', change)
    expect(changed).toMatchObject({
      ...{ status: 200, body: { ...change, minLots: '0.1', symbol: 'EURUSD' } },
    })
    expect((await ask(sandbox, 'GET', '/rules/EURUSD')).body).toEqual(changed.body)
    expect((await ask(sandbox, 'GET', '/rules')).body.rules).toContainEqual(changed.body)
    const wrong = await ask(sandbox, 'POST', '/rules/EURUSD', { minLot: 1 })
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'CONTROL_ARGUMENT' } } })
    expect((await ask(sandbox, 'POST', '/rules/EURUSDX', change)).status).toBe(404)
    const back = { shortSelling: true, minLots: '0.01' }
    expect((await ask(sandbox, 'DELETE', '/rules/EURUSD')).body).toMatchObject(back)
    await ask(sandbox, 'POST', '/rules/GBPUSD', change)
    const { rules } = (await ask(sandbox, 'DELETE', '/rules')).body
    expect(rules.find(({ symbol }: { symbol: string }) => symbol === 'GBPUSD')).toMatchObject(back)

    const silent = await ask(sandbox, 'POST', '/market/EURUSD/silence')
    expect(silent.body).toMatchObject({ symbol: 'EURUSD', silent: true, open: true })
    expect(silent.body).not.toHaveProperty('bid')

    const terms = { maxPositions: 2, limitedRisk: true, limitedRiskMargin: 'larger' }
    expect((await ask(sandbox, 'POST', '/accounts/1001/terms', terms)).body).toMatchObject(terms)
    expect((await ask(sandbox, 'GET', '/accounts')).body.accounts[0]).toMatchObject(terms)
    const opened = await ask(sandbox, 'POST', '/accounts', terms)
    expect(opened).toMatchObject({ status: 201, body: terms })
    const none = await ask(sandbox, 'POST', '/accounts/1001/terms', { maxPosition: 2 })
    expect(none.body.error.message).toContain('no field "maxPosition"')
  })

  test('explains nonsense, and nothing is changed', async () => {
    const sandbox = await startSandbox()
    const refused = async (method: string, path: string, body?: unknown) => {
      const answer = await ask(sandbox, method, path, body)
      return [answer.status, answer.body.error.code, answer.body.error.message]
    }
    expect(await refused('GET', '/nothing')).toEqual([
      404,
      'NOT_FOUND',
      expect.stringContaining('lists what there is'),
    ])
    expect(await refused('GET', '/market/EURUSDX')).toEqual([
      404,
      'CONTROL_NOT_FOUND',
      expect.stringContaining('There is: EURUSD'),
    ])
    expect(await refused('POST', '/market/EURUSD/price', { bit: 1 })).toEqual([
      400,
      'CONTROL_ARGUMENT',
      expect.stringContaining('no field "bit"'),
    ])
    expect(await refused('POST', '/market/EURUSD/price', { bid: true })).toEqual([
      400,
      'CONTROL_ARGUMENT',
      expect.stringContaining('a price, as text or number'),
    ])
    expect(await refused('POST', '/market/EURUSD/gap', {})).toEqual([
      400,
      'CONTROL_ARGUMENT',
      expect.stringContaining('Give one of'),
    ])
    expect(await refused('POST', '/faults', { fault: 'x' })).toEqual([
      400,
      'CONTROL_ARGUMENT',
      expect.stringContaining('Choose one of'),
    ])
    expect(await refused('POST', '/faults', [])).toEqual([
      400,
      'BAD_REQUEST',
      expect.stringContaining('object'),
    ])
    expect(await refused('POST', '/faults', '{')).toEqual([
      400,
      'BAD_REQUEST',
      expect.stringContaining('not JSON'),
    ])
    expect(await refused('DELETE', '/faults/1')).toEqual([
      404,
      'CONTROL_NOT_FOUND',
      expect.stringContaining('no fault rule 1'),
    ])
    expect(await refused('DELETE', '/faults/one')).toEqual([
      400,
      'CONTROL_ARGUMENT',
      expect.stringContaining('whole number'),
    ])
    expect(await refused('GET', '/journal?mesage=x')).toEqual([
      400,
      'CONTROL_ARGUMENT',
      expect.stringContaining('no field "mesage"'),
    ])
    expect(await refused('GET', '/journal?message=nope')).toEqual([
      400,
      'CONTROL_ARGUMENT',
      expect.stringContaining('no message "nope"'),
    ])
    expect(await refused('POST', '/time/advance', { ms: 1 })).toEqual([
      409,
      'TIME_NOT_OWNED',
      expect.stringContaining('cannot be moved'),
    ])
    expect(await refused('POST', '/connections/cut', { connection: 7 })).toEqual([
      404,
      'CONTROL_NOT_FOUND',
      expect.stringContaining('no open connection 7'),
    ])
    expect(sandbox.control.faults.list()).toEqual([])
    expect(await refused('POST', '/time/run-until', { message: 'version' })).toEqual([
      409,
      'TIME_NOT_OWNED',
      expect.stringContaining('cannot be moved'),
    ])
    expect(await refused('POST', '/forks', { snapshot: 7 })).toEqual([
      404,
      'CONTROL_NOT_FOUND',
      expect.stringContaining('no snapshot 7'),
    ])
    expect(await refused('DELETE', '/forks/1')).toEqual([
      404,
      'CONTROL_NOT_FOUND',
      expect.stringContaining('no fork 1'),
    ])
    expect((await ask(sandbox, 'GET', '/forks')).body).toEqual({ forks: [] })
  })

  test('runs time until something went over a connection, and not beyond what is allowed', async () => {
    const sandbox = await startSandbox({ time: 'owned' })
    const { client } = await openAccount(sandbox)
    const started = sandbox.time.now()
    const sent = { message: 'ProtoHeartbeatEvent', direction: 'sent' }
    const heartbeat = { ...sent, countsAsSilence: true }
    const found = await ask(sandbox, 'POST', '/time/run-until', heartbeat)
    expect(found).toMatchObject({ status: 200, body: { entry: { direction: 'sent' } } })
    expect(found.body.now - started).toBe(25_000)
    await client.next('ProtoHeartbeatEvent')
    const bounded = { message: 'newOrder', atMostMs: 1_500 }
    expect(await ask(sandbox, 'POST', '/time/run-until', bounded)).toMatchObject({
      ...{ status: 409, body: { error: { code: 'NOTHING_HAPPENED' } } },
    })
    expect(sandbox.time.now() - started).toBe(26_500)
    const wrong = await ask(sandbox, 'POST', '/time/run-until', { atMostMs: -1 })
    expect([wrong.status, wrong.body.error.code]).toEqual([400, 'CONTROL_ARGUMENT'])
  })

  test('keeps the forks that it made: listed, closed by number, gone with the sandbox', async () => {
    const sandbox = await startSandbox({ time: 'owned' })
    const snapshot = sandbox.control.snapshots.take()
    sandbox.control.accounts.deposit(1001, '1.00')
    const older = await ask(sandbox, 'POST', `/snapshots/${snapshot}/fork`)
    const newer = await ask(sandbox, 'POST', '/forks', {})
    expect([older.status, newer.status]).toEqual([201, 201])
    const forks = (await ask(sandbox, 'GET', '/forks')).body.forks
    expect(forks).toMatchObject([
      { fork: 1, snapshot, adminUrl: older.body.adminUrl },
      { fork: 2, adminUrl: newer.body.adminUrl },
    ])
    const balanceIn = async ({ body }: typeof older): Promise<string> => {
      const response = await fetch(`${body.adminUrl}/accounts`, {
        headers: { authorization: `Bearer ${body.adminToken}` },
      })
      const { accounts } = (await response.json()) as { accounts: { balance: string }[] }
      return accounts[0]?.balance ?? ''
    }
    expect(await balanceIn(older)).toBe('10000.00')
    expect(await balanceIn(newer)).toBe('10001.00')
    expect((await ask(sandbox, 'DELETE', '/forks/1')).body.forks).toHaveLength(1)
    await expect(balanceIn(older)).rejects.toThrow('fetch failed')
    expect(await balanceIn(newer)).toBe('10001.00')
    await sandbox.close()
    await expect(balanceIn(newer)).rejects.toThrow('fetch failed')
  })
})

test('accounts are told with what is open and what waits on them, which the other terminal cancels', async () => {
  const sandbox = await startSandbox({ time: 'owned' })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const order = { ctidTraderAccountId, symbolId: 1, tradeSide: 1, volume: 1_000_000 }
  client.send('ProtoOANewOrderReq', { ...order, orderType: 2, limitPrice: 0.9, label: 'waits' })
  client.send('ProtoOANewOrderReq', { ...order, orderType: 1, comment: 'open' })
  await client.request('ProtoOAVersionReq')
  await sandbox.time.advance(2_000)
  sandbox.control.accounts.setAccess(ctidTraderAccountId, 'close-only')
  const { accounts } = (await ask(sandbox, 'GET', '/accounts')).body
  expect(accounts[0]).toMatchObject({
    ...{ account: ctidTraderAccountId, access: 'close-only', balance: '10000.00' },
    positions: [{ symbol: 'EURUSD', side: 'buy', volume: '10,000', comment: 'open' }],
    orders: [{ symbol: 'EURUSD', side: 'buy', type: 'limit', price: '0.90000', label: 'waits' }],
  })
  // It was bought at the ask, and is worth the bid.
  expect(accounts[0].positions[0].profit).toMatch(/^-\d+\.\d\d$/)
  expect(accounts[1]).toMatchObject({ access: 'full', positions: [], orders: [] })

  const path = `/accounts/${ctidTraderAccountId}/orders`
  const cancelled = await ask(sandbox, 'POST', `${path}/${accounts[0].orders[0].orderId}/cancel`)
  expect(cancelled.body.clientMsgId).toMatch(/^terminal-/)
  await sandbox.time.advance(2_000)
  expect((await ask(sandbox, 'GET', '/accounts')).body.accounts[0].orders).toEqual([])
  expect((await ask(sandbox, 'POST', `${path}/1/cancel`)).status).toBe(409)
  expect((await ask(sandbox, 'POST', `${path}/x/cancel`)).status).toBe(400)
})

test('the state tells how much of the journal is kept', async () => {
  const sandbox = await startSandbox({ time: 'owned', journal: { limit: 3 } })
  await openAccount(sandbox)
  expect((await ask(sandbox, 'GET', '/state')).body).toMatchObject({ mark: 4, kept: 3 })
  await ask(sandbox, 'DELETE', '/journal')
  expect((await ask(sandbox, 'GET', '/state')).body).toMatchObject({
    mark: 4,
    kept: 0,
    entries: [],
  })
})

describe('nobody else may use it', () => {
  test('without the token, or with a wrong one', async () => {
    const sandbox = await startSandbox()
    expect((await ask(sandbox, 'GET', '/market', undefined, { token: '' })).status).toBe(401)
    expect((await ask(sandbox, 'GET', '/market', undefined, { token: 'guess' })).status).toBe(401)
    // What follows from the seed would be no secret.
    expect((await startSandbox()).adminToken).not.toBe(sandbox.adminToken)
  })

  test('a page of another site, whatever it knows', async () => {
    const sandbox = await startSandbox()
    const origins = ['http://evil.example', 'null', 'http://127.0.0.1:1']
    for (const origin of origins) {
      expect((await ask(sandbox, 'POST', '/market/close', undefined, { origin })).status).toBe(403)
    }
    const site = { 'sec-fetch-site': 'cross-site' }
    expect((await ask(sandbox, 'GET', '/market', undefined, site)).status).toBe(403)
    expect(sandbox.control.market.price('EURUSD').open).toBe(true)
    const own = { origin: new URL(sandbox.adminUrl).origin, 'sec-fetch-site': 'same-origin' }
    expect((await ask(sandbox, 'GET', '/market', undefined, own)).status).toBe(200)
  })

  test('a name of somebody else that points here', async () => {
    const sandbox = await startSandbox()
    const { port } = new URL(sandbox.adminUrl)
    const status = await new Promise((resolve, reject) => {
      const headers = {
        host: `evil.example:${port}`,
        authorization: `Bearer ${sandbox.adminToken}`,
      }
      httpRequest({ host: '127.0.0.1', port, path: '/admin/market', headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(421)
  })

  test('a form, for it cannot say that it is JSON', async () => {
    const sandbox = await startSandbox()
    const form = { 'content-type': 'text/plain' }
    expect((await ask(sandbox, 'POST', '/faults', '{}', form)).status).toBe(415)
    expect((await ask(sandbox, 'POST', '/faults', `{"a":"${'x'.repeat(70_000)}"}`)).status).toBe(
      413,
    )
  })
})

async function logInRefused(sandbox: Sandbox): Promise<string> {
  return await logIn(sandbox).then(
    () => '',
    (error: Error) => error.message,
  )
}
