import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InvalidArgumentError } from '../../src/errors.ts'
import type { AuthFaultRule } from '../../src/sandbox/index.ts'
import { tokenFingerprint } from '../../src/sandbox/index.ts'
import {
  alice,
  application,
  authorizeUrl,
  type Fixture,
  redirectUri,
  startFixture,
  Visitor,
} from './fixture.ts'
import { type RawAnswer, rawRequest } from './raw-request.ts'

let fixture: Fixture
beforeEach(async () => {
  fixture = await startFixture()
})
afterEach(() => fixture.server.close())

const { clientId, clientSecret } = application
const credentials = { client_id: clientId, client_secret: clientSecret }

function grant() {
  return fixture.identity.issueTokens({
    clientId,
    userId: alice.userId,
    accountIds: [1001],
    scope: 'trading',
  })
}

function refreshWith(refreshToken: string): Promise<RawAnswer> {
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken, ...credentials }
  return rawRequest(`${fixture.server.tokenUrl}?${new URLSearchParams(fields)}`)
}

/** What became of a refresh that a fault strikes: the answer, and whether the tokens have changed hands. */
async function struckRefresh(rule: AuthFaultRule): Promise<RawAnswer & { committed: boolean }> {
  const pair = grant()
  const fault = fixture.server.control.faults.add(rule)
  const answer = await refreshWith(pair.refreshToken)
  expect(fault).toMatchObject({ seen: 1, struck: 1 })
  fault.remove()
  const committed = fixture.identity.access(pair.accessToken).kind === 'unknown'
  return { ...answer, committed }
}

describe('connections that end', () => {
  test.each(['drop', 'reset'] as const)(
    '%s, with nothing done or everything done',
    async (kind) => {
      const before = await struckRefresh({ action: { kind } })
      expect(before).toMatchObject({ ended: 'broken', committed: false })
      expect(before.head).toBe('')
      const after = await struckRefresh({ action: { kind }, when: 'after-commit' })
      expect(after).toMatchObject({ ended: 'broken', head: '', committed: true })
    },
  )

  test('the answer that is lost leaves a pair that nobody knows, and the old token is spent', async () => {
    const pair = grant()
    fixture.server.control.faults.add({ when: 'after-commit', action: { kind: 'drop' } })
    await refreshWith(pair.refreshToken)
    const again = await refreshWith(pair.refreshToken)
    expect(JSON.parse(again.body)).toMatchObject({ errorCode: 'ACCESS_DENIED' })
    const outcomes = fixture.server.control.requests.list().map(({ outcome }) => outcome)
    expect(outcomes).toEqual(['tokens', 'used-refresh-token'])
  })

  test('cut: the headers promise more than comes', async () => {
    const answer = await struckRefresh({ action: { kind: 'cut', keep: 20 } })
    expect(answer).toMatchObject({ ended: 'broken', committed: true })
    expect(answer.body).toHaveLength(20)
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(100)
  })

  test('hang: no answer until somebody gives up', async () => {
    const pair = grant()
    fixture.server.control.faults.add({ when: 'after-commit', action: { kind: 'hang' } })
    const answer = refreshWith(pair.refreshToken)
    await expect.poll(() => fixture.identity.access(pair.accessToken).kind).toBe('unknown')
    await fixture.server.close()
    expect(await answer).toMatchObject({ ended: 'broken', head: '' })
  })
})

describe('answers that are others', () => {
  test('429, with and without Retry-After, before anything is done', async () => {
    const seconds = await struckRefresh({ action: { kind: 'rate-limit', retryAfter: 7 } })
    expect(seconds).toMatchObject({ status: 429, committed: false })
    expect(seconds.headers['retry-after']).toBe('7')
    const silent = await struckRefresh({ action: { kind: 'rate-limit' } })
    expect(silent.status).toBe(429)
    expect(silent.headers).not.toHaveProperty('retry-after')
  })

  test('HTML with any status', async () => {
    const page = await struckRefresh({ action: { kind: 'html', title: 'A & <B>' } })
    expect(page).toMatchObject({ status: 200, committed: false })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.body).toContain('<title>A &amp; &lt;B></title>')
    expect((await struckRefresh({ action: { kind: 'html', status: 503 } })).status).toBe(503)
  })

  test.each([301, 302, 303, 307, 308])('a redirect with %d', async (status) => {
    const location = 'http://127.0.0.1:1/elsewhere'
    const answer = await struckRefresh({ action: { kind: 'redirect', status, location } })
    expect(answer).toMatchObject({ status, committed: false })
    expect(answer.headers['location']).toBe(location)
  })

  test('any other answer, before or after', async () => {
    const action = { kind: 'answer', status: 502, headers: { 'X-Test': 'a' }, body: 'no' } as const
    const answer = await struckRefresh({ action, when: 'after-commit' })
    expect(answer).toMatchObject({ status: 502, body: 'no', committed: true })
    expect(answer.headers['x-test']).toBe('a')
    expect(await struckRefresh({ action: { kind: 'answer', status: 204 } })).toMatchObject({
      status: 204,
      body: '',
    })
  })
})

describe('bodies that are wrong', () => {
  const shaped = async (action: AuthFaultRule['action']) => {
    const answer = await struckRefresh({ ...(action === undefined ? {} : { action }) })
    expect(answer).toMatchObject({ status: 200, ended: 'complete', committed: true })
    expect(answer.headers['content-type']).toBe('application/json')
    return answer.body
  }

  test('truncated, though the answer is complete', async () => {
    const body = await shaped({ kind: 'truncate', keep: 30 })
    expect(body).toMatch(/^\{"accessToken":"[\w-]{14}$/)
    expect(() => JSON.parse(body.slice(0, -1))).toThrow(SyntaxError)
  })

  test('oversized, and still JSON', async () => {
    const body = await shaped({ kind: 'oversize', bytes: 200_000 })
    expect(body.length).toBeGreaterThan(200_000)
    expect(JSON.parse(body)).toHaveProperty('accessToken')
  })

  test('compressed out of all proportion', async () => {
    const answer = await struckRefresh({ action: { kind: 'gzip-bomb', bytes: 1_000_000 } })
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(answer.bytes.length).toBeLessThan(10_000)
    expect(gunzipSync(answer.bytes).length).toBeGreaterThan(1_000_000)
  })

  test('fields missing, changed and of other types', async () => {
    const action = {
      kind: 'fields',
      remove: ['refreshToken', 'refresh_token'],
      set: { accessToken: null, tokenType: ['mac'], extra: { a: 1 } },
    } as const
    const body = JSON.parse(await shaped(action))
    expect(body).not.toHaveProperty('refreshToken')
    expect(body).not.toHaveProperty('refresh_token')
    expect(body).toMatchObject({ accessToken: null, tokenType: ['mac'], extra: { a: 1 } })
  })

  test.each(['null', '""', '"3600abc"', 'NaN', '1e400', '-1', '0'])(
    'expiresIn %s',
    async (text) => {
      const body = await shaped({ kind: 'expires-in', text })
      expect(body).toContain(`"expiresIn":${text},`)
      expect(body).toContain(`"expires_in":${text}}`)
    },
  )

  test('spellings that contradict each other', async () => {
    for (const [field, twin] of [
      ['accessToken', 'access_token'],
      ['refreshToken', 'refresh_token'],
      ['expiresIn', 'expires_in'],
    ] as const) {
      const body = JSON.parse(await shaped({ kind: 'conflicting-spellings', field }))
      expect(body[twin]).toBeDefined()
      expect(body[field]).not.toBe(body[twin])
      expect(typeof body[field]).toBe(typeof body[twin])
    }
  })

  test('the same key twice', async () => {
    const body = await shaped({ kind: 'duplicate-key' })
    const values = [...body.matchAll(/"accessToken":"([^"]+)"/g)].map(([, value]) => value)
    expect(new Set(values).size).toBe(2)
  })

  test('byte after byte, on the clock of the sandbox', async () => {
    const pair = grant()
    fixture.server.control.faults.add({ action: { kind: 'slow-body', everyMs: 1_000 } })
    const answer = refreshWith(pair.refreshToken)
    let over = false
    void answer.then(() => {
      over = true
    })
    // Each step lets out one byte.
    let steps = 0
    while (!over) {
      if (fixture.clock.step()) steps++
      await new Promise(setImmediate)
    }
    expect(steps).toBeGreaterThan(200)
    expect(JSON.parse((await answer).body)).toHaveProperty('accessToken')
  })
})

describe('delays', () => {
  test('before anything is done, and after', async () => {
    for (const when of ['before-commit', 'after-commit'] as const) {
      const pair = grant()
      fixture.server.control.faults.add({ when, delayMs: 5_000 })
      const answer = refreshWith(pair.refreshToken)
      await expect.poll(() => fixture.clock.pending).toBe(1)
      expect(fixture.identity.access(pair.accessToken).kind).toBe(
        when === 'before-commit' ? 'valid' : 'unknown',
      )
      fixture.clock.advance(5_000)
      expect(JSON.parse((await answer).body)).toHaveProperty('accessToken')
      fixture.server.control.faults.clear()
    }
  })

  test('end when the server is closed', async () => {
    fixture.server.control.faults.add({ delayMs: 1e9, action: { kind: 'drop' } })
    const answer = refreshWith(grant().refreshToken)
    await expect.poll(() => fixture.clock.pending).toBe(1)
    await fixture.server.close()
    expect(await answer).toMatchObject({ ended: 'broken' })
    expect(fixture.clock.pending).toBe(0)
  })
})

describe('which requests are struck', () => {
  const status = async (token = grant().refreshToken) => (await refreshWith(token)).status
  const broken = { kind: 'answer', status: 500 } as const

  test('the next one, or so many, or all, after so many that pass', async () => {
    const { faults } = fixture.server.control
    const once = faults.add({ action: broken })
    expect([await status(), await status()]).toEqual([500, 200])
    expect(once).toMatchObject({ seen: 1, struck: 1 })
    faults.clear()
    faults.add({ action: broken, skip: 1, times: 2 })
    expect([await status(), await status(), await status(), await status()]).toEqual([
      200, 500, 500, 200,
    ])
    faults.clear()
    const always = faults.add({ action: broken, times: 'always' })
    expect([await status(), await status(), await status()]).toEqual([500, 500, 500])
    always.remove()
    always.remove()
    expect(await status()).toBe(200)
    expect(faults.list()).toEqual([])
  })

  test('of one grant type and one application, the first rule that fits', async () => {
    const { faults } = fixture.server.control
    const code = faults.add({ action: broken, grantType: 'authorization_code' })
    const other = faults.add({ action: broken, clientId: 'other' })
    const fits = faults.add({ action: { kind: 'answer', status: 501 }, clientId, times: 'always' })
    const later = faults.add({ action: broken, times: 'always' })
    expect(await status()).toBe(501)
    expect([code.seen, other.seen, fits.seen, later.seen]).toEqual([0, 0, 1, 0])
  })

  test('by chance, the same with the same seed', async () => {
    const run = async (seed: number) => {
      const { faults } = fixture.server.control
      const fault = faults.add({ action: broken, probability: 0.5, seed, times: 'always' })
      const statuses: number[] = []
      for (let count = 0; count < 24; count++) statuses.push(await status('nothing'))
      fault.remove()
      return statuses
    }
    const first = await run(3)
    expect(first).toContain(500)
    expect(first).toContain(200)
    expect(await run(3)).toEqual(first)
    expect(await run(4)).not.toEqual(first)
  })

  const unusable: readonly [string, unknown][] = [
    ['no object', 'drop'],
    ['nothing to do', {}],
    ['an unknown kind', { action: { kind: 'explode' } }],
    ['a kind that objects have', { action: { kind: 'constructor' } }],
    ['an unknown field', { action: { kind: 'drop' }, tmies: 3 }],
    ['an unknown field of the action', { action: { kind: 'drop', hard: true } }],
    ['something missing', { action: { kind: 'redirect' } }],
    ['a status that is none', { action: { kind: 'answer', status: 99 } }],
    [
      'a header with a line break',
      { action: { kind: 'answer', status: 200, headers: { a: 'b\r\nc' } } },
    ],
    ['a probability above 1', { action: { kind: 'drop' }, probability: 1.5 }],
    ['no times', { action: { kind: 'drop' }, times: 0 }],
    ['a step of the token endpoint', { action: { kind: 'drop' }, step: 'page' }],
    ['a grant type elsewhere', { endpoint: 'authorize', grantType: 'refresh_token', delayMs: 1 }],
    ['a body where there is none', { endpoint: 'authorize', action: { kind: 'truncate' } }],
    ['a change before there is an answer', { action: { kind: 'cut' }, when: 'before-commit' }],
  ]
  test.each(unusable)('a rule with %s is refused', (_name, rule) => {
    const add = () => fixture.server.control.faults.add(rule as AuthFaultRule)
    expect(add).toThrow(InvalidArgumentError)
    expect(fixture.server.control.faults.list()).toEqual([])
  })
})

describe('at the authorize endpoint', () => {
  const visit = (changes = {}) => new Visitor(authorizeUrl(fixture.server, changes))

  test('the page, the sign-in or the decision', async () => {
    const { faults } = fixture.server.control
    faults.add({ endpoint: 'authorize', step: 'page', action: { kind: 'html', status: 503 } })
    const browser = visit()
    expect((await browser.open()).response.status).toBe(503)
    await browser.signIn()
    const fault = faults.add({ endpoint: 'authorize', step: 'decision', action: { kind: 'drop' } })
    const decision = { step: 'decision', decision: 'allow', account: '1001' }
    await expect(browser.send(decision)).rejects.toThrow(TypeError)
    expect(fault.struck).toBe(1)
    expect((await browser.send(decision)).response.status).toBe(302)
  })

  test('the redirect with other parameters', async () => {
    fixture.server.control.faults.add({
      endpoint: 'authorize',
      step: 'decision',
      action: {
        kind: 'callback',
        remove: ['code'],
        append: [
          ['code', 'a b'],
          ['code', ''],
          ['state', 'wrong'],
        ],
      },
    })
    expect(await visit().allow()).toBe(`${redirectUri}?code=a%20b&code=&state=wrong`)
    fixture.server.control.faults.add({
      endpoint: 'authorize',
      step: 'decision',
      action: { kind: 'callback', remove: ['code'] },
    })
    expect(await visit().allow()).toBe(redirectUri)
  })
})

test('what was asked is told without secrets', async () => {
  const pair = grant()
  const heard: string[] = []
  const stop = fixture.server.control.requests.onRequest(({ outcome }) => heard.push(outcome))
  const fault = fixture.server.control.faults.add({ action: { kind: 'drop' } })
  await refreshWith(pair.refreshToken)
  await refreshWith(pair.refreshToken)
  await refreshWith(pair.refreshToken)
  await fetch(fixture.server.tokenUrl, { method: 'POST', body: 'a=%zz' })
  stop()
  await fetch(fixture.server.tokenUrl)
  expect(heard).toEqual(['nothing', 'tokens', 'used-refresh-token', 'invalid-request'])
  const [first] = fixture.server.control.requests.list()
  expect(first).toEqual({
    at: fixture.clock.now(),
    form: 'get-query',
    grantType: 'refresh_token',
    clientId,
    fingerprint: tokenFingerprint(pair.refreshToken),
    outcome: 'nothing',
    fault: fault.id,
  })
  const written = JSON.stringify([fixture.server.control.requests.list(), fixture.log])
  expect(written).not.toContain(pair.refreshToken)
  expect(written).not.toMatch(/canary/)
  fixture.server.control.requests.clear()
  expect(fixture.server.control.requests.list()).toEqual([])
})
