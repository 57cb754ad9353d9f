import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/async/clock.ts'
import { deferred } from '../../src/async/deferred.ts'
import { ManualClock } from '../../src/async/manual-clock.ts'
import {
  AuthorizationDeniedError,
  AuthorizationTimeoutError,
  type CallbackListener,
  CallbackListenerClosedError,
  type CallbackListenerOptions,
  CallbackPortInUseError,
  createState,
  InvalidRedirectUriError,
  listenForCallback,
  OAuthConfigurationError,
  type ReceiveCallbackOptions,
  type ReceivedCode,
} from '../../src/oauth/index.ts'
import { watchClock } from '../peer/resources.ts'
import { freePort, occupy, release } from './free-port.ts'
import { get, openSilently, type RawAnswer, request, sendRaw } from './raw-http.ts'

const state = createState()
const path = '/auth/callback'

let listener: CallbackListener | undefined
let port = 0
let host = ''

beforeEach(async () => {
  port = await freePort()
  host = `127.0.0.1:${port}`
})

afterEach(async () => {
  await listener?.close()
  listener = undefined
})

/** Listens, and waits for the login of {@link state}. */
async function wait(
  receive: Partial<ReceiveCallbackOptions> = {},
  options: Partial<CallbackListenerOptions> = {},
): Promise<{ received: Promise<ReceivedCode>; uri: string }> {
  const uri = `http://${host}${path}`
  listener = await listenForCallback({ redirectUris: [uri], drainMs: 20, ...options })
  const received = listener.receive({ state, ...receive })
  received.catch(() => {})
  return { received, uri }
}

function send(text: string, at = '127.0.0.1'): Promise<RawAnswer> {
  return sendRaw(at, port, text)
}

const good = (): string => get(`${path}?code=the-code&state=${state}`, host)

/** Whether a promise has not settled, once everything that was ready to happen has happened. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true
  const settle = (): void => {
    pending = false
  }
  promise.then(settle, settle)
  await new Promise((done) => setImmediate(done))
  return pending
}

describe('the callback listener', () => {
  test('CB-5: takes a GET on the exact path with the exact Host', async () => {
    const { received } = await wait()
    const before = systemClock.now()
    expect((await send(good())).status).toBe(303)
    const { code, receivedAt, state: check } = await received
    expect(code.reveal()).toBe('the-code')
    expect(check).toBe('match')
    expect(receivedAt).toBeGreaterThanOrEqual(before)
    expect(receivedAt).toBeLessThanOrEqual(systemClock.now())
  })

  test.each([
    ['another port', () => '127.0.0.1:1'],
    ['another name for this machine', () => `localhost:${port}`],
    ['a foreign name', () => `evil.example:${port}`],
    ['no port', () => '127.0.0.1'],
    ['user information', () => `x@127.0.0.1:${port}`],
    ['an empty value', () => ''],
  ])('CB-5: answers %s in Host with 421 and goes on waiting', async (_name, wrong) => {
    const { received } = await wait()
    const answer = await send(get(`${path}?code=stolen&state=${state}`, wrong()))
    expect(answer.status).toBe(421)
    expect(await isPending(received)).toBe(true)
    expect((await send(good())).status).toBe(303)
    expect((await received).code.reveal()).toBe('the-code')
  })

  test('CB-5: a repeated Host is refused', async () => {
    const { received } = await wait()
    const answer = await send(get(`${path}?code=x&state=${state}`, host, 'Host: evil.example'))
    expect([400, 421]).toContain(answer.status)
    expect(await isPending(received)).toBe(true)
  })

  test.each([
    '/',
    '/favicon.ico',
    '/auth/callback/',
    '/auth/Callback',
    '/auth/call%62ack',
    '/auth//callback',
    '/x/../auth/callback',
    '/auth/callback;x',
    '//',
    '//evil.example/auth/callback',
    '*',
    'http://evil.example/auth/callback',
  ])('CB-5, CB-6: answers %s with 404 and goes on waiting', async (target) => {
    const { received } = await wait()
    const answer = await send(get(`${target}?code=stray&state=${state}`, host))
    expect(answer.status).toBe(404)
    expect(await isPending(received)).toBe(true)
    await send(good())
    expect((await received).code.reveal()).toBe('the-code')
  })

  test('CB-6: a whole URL as the target, even of the right host, is not taken', async () => {
    const { received } = await wait()
    const answer = await send(get(`http://${host}${path}?code=x&state=${state}`, host))
    expect(answer.status).toBe(404)
    expect(await isPending(received)).toBe(true)
  })

  test.each(['HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE'])(
    'CB-7: %s consumes nothing',
    async (method) => {
      const { received } = await wait()
      const answer = await send(request(method, `${path}?code=the-code&state=${state}`, host))
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toBe('GET')
      expect(await isPending(received)).toBe(true)
    },
  )

  test.each([
    [['Sec-Purpose: prefetch;prerender']],
    [['Purpose: prefetch']],
    [['Sec-Fetch-Dest: image', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Site: cross-site']],
    [['Sec-Fetch-Dest: iframe', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Site: cross-site']],
    [['Sec-Fetch-Mode: cors', 'Sec-Fetch-Site: cross-site']],
  ])(
    'CB-7, ST-10: a look ahead or a part of another page consumes nothing: %j',
    async (headers) => {
      const { received } = await wait()
      const target = `${path}?code=the-code&state=${state}`
      expect((await send(get(target, host, ...headers))).status).toBe(400)
      expect(await isPending(received)).toBe(true)
    },
  )

  test('ST-10: a browser coming back by itself is welcome, and so is a script', async () => {
    const visits = [
      ['Sec-Fetch-Dest: document', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Site: cross-site'],
      ['Sec-Fetch-Mode: cors'],
      [],
    ]
    for (const headers of visits) {
      const { received } = await wait()
      await send(get(`${path}?code=the-code&state=${state}`, host, ...headers))
      expect((await received).code.reveal()).toBe('the-code')
      await listener?.close()
    }
  })

  test('CB-8: one answer counts; a second one gets a page of its own', async () => {
    const { received } = await wait()
    // All three are there before the state of the first has been checked.
    const gate = deferred<void>()
    const digest = crypto.subtle.digest.bind(crypto.subtle)
    const spy = vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (...given) => {
      await gate.promise
      return digest(...given)
    })
    const sent = [send(good()), send(good()), send(good())]
    await expect.poll(() => spy.mock.calls.length).toBe(3)
    gate.resolve()
    const answers = await Promise.all(sent)
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 409, 409])
    expect(answers.find((answer) => answer.status === 409)?.body).toContain('Already completed')
    expect((await received).code.reveal()).toBe('the-code')
    expect((await send(get(`${path}?code=other&state=${state}`, host))).status).toBe(409)
  })

  test.each([
    'code=a&code=a',
    'code=a&error=access_denied',
    'code=',
    '',
    `code=${'a'.repeat(4097)}`,
    'code=%0d%0aSet-Cookie:x',
    'code=%C3%A9',
    'error=',
    'code=%ff&state=%zz',
  ])('CB-9: ?%s is answered with 400 and leaves the login waiting', async (query) => {
    const { received } = await wait()
    const answer = await send(get(`${path}?${query}${query === '' ? '' : '&'}state=${state}`, host))
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('cannot be used')
    expect(await isPending(received)).toBe(true)
    await send(good())
    expect((await received).code.reveal()).toBe('the-code')
  })

  test('CB-10: an error ends the wait with what the server said, cleaned', async () => {
    const { received } = await wait()
    const words = encodeURIComponent('no\u001b[31m <b>thanks</b>\r\n')
    const query = `error=access_denied&error_description=${words}&state=${state}`
    expect((await send(get(`${path}?${query}`, host))).status).toBe(303)
    const error: unknown = await received.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(AuthorizationDeniedError)
    expect(error).toMatchObject({
      kind: 'user',
      serverCode: 'access_denied',
      serverDescription: 'no [31m <b>thanks</b>',
    })
    const page = await send(get('/login-result', host))
    expect(page.status).toBe(403)
    expect(page.body).toContain('Access was declined')
    expect(page.body).not.toContain('thanks')
  })

  test('CB-10: other errors of the server are told by name', async () => {
    const { received } = await wait()
    await send(get(`${path}?error=server_error&state=${state}`, host))
    await expect(received).rejects.toThrow(/ended the login with "server_error"/)
  })
})

describe('the state of a callback', () => {
  test.each(['strict', 'bound-flow'] as const)(
    'ST-5, ST-7: a wrong or repeated one is refused under %s and cancels nothing',
    async (statePolicy) => {
      const { received } = await wait({ statePolicy })
      for (const query of [
        `code=evil&state=${createState()}`,
        'code=evil&state=',
        `code=evil&state=${state}&state=${state}`,
        `error=access_denied&state=${createState()}`,
      ]) {
        expect((await send(get(`${path}?${query}`, host))).status).toBe(400)
        expect(await isPending(received)).toBe(true)
      }
      await send(good())
      expect((await received).code.reveal()).toBe('the-code')
    },
  )

  test('ST-6: a missing one is taken under bound-flow', async () => {
    const { received } = await wait({ statePolicy: 'bound-flow' })
    expect((await send(get(`${path}?code=the-code`, host))).status).toBe(303)
    expect(await received).toMatchObject({ state: 'absent' })
  })

  test('ST-6: a missing one is refused under strict, which is the default', async () => {
    const { received } = await wait()
    expect((await send(get(`${path}?code=the-code`, host))).status).toBe(400)
    expect(await isPending(received)).toBe(true)
  })

  test('ST-8: an error without it cannot end a strict login, but ends a bound one', async () => {
    const { received } = await wait()
    expect((await send(get(`${path}?error=access_denied`, host))).status).toBe(400)
    expect(await isPending(received)).toBe(true)
    await listener?.close()
    const bound = await wait({ statePolicy: 'bound-flow' })
    await send(get(`${path}?error=access_denied`, host))
    await expect(bound.received).rejects.toThrow(AuthorizationDeniedError)
  })

  test('ST-9: an issuer that shows up must be the expected one', async () => {
    const { received } = await wait({ issuer: 'https://id.example' })
    const query = `${path}?code=the-code&state=${state}`
    expect((await send(get(`${query}&iss=https://evil.example`, host))).status).toBe(400)
    expect(await isPending(received)).toBe(true)
    await send(get(`${query}&iss=https%3A%2F%2Fid.example`, host))
    expect((await received).code.reveal()).toBe('the-code')
  })

  test('a callback before anybody waits is refused and not remembered', async () => {
    const uri = `http://${host}${path}`
    listener = await listenForCallback({ redirectUris: [uri] })
    expect((await send(good())).status).toBe(400)
    expect(await isPending(listener.receive({ state }))).toBe(true)
  })
})

describe('the page after the callback', () => {
  const headers = {
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'content-type': 'text/html; charset=utf-8',
  }

  test('CB-11: is at a clean address, with headers that keep the code in', async () => {
    const { received } = await wait()
    const redirect = await send(good())
    expect(redirect.headers.get('location')).toBe('/login-result')
    await received
    listener?.report('signed-in')
    const page = await send(get('/login-result', host))
    for (const answer of [redirect, page, await send(get('/nowhere', host)), await send(good())]) {
      expect(Object.fromEntries(answer.headers)).toMatchObject(headers)
      const policy = answer.headers.get('content-security-policy')
      expect(policy).toContain("default-src 'none'; style-src 'unsafe-inline'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(answer.body).not.toMatch(/the-code|https?:\/\/|<script|src=/)
    }
    expect(page.status).toBe(200)
    expect(page.body).toContain('You are signed in')
  })

  test('CB-13: waits for the real outcome', async () => {
    const { received } = await wait()
    await send(good())
    await received
    let shown = false
    const page = send(get('/login-result', host)).then((answer) => {
      shown = true
      return answer
    })
    await send(get('/nowhere', host))
    expect(shown).toBe(false)
    listener?.report('failed')
    expect(await page).toMatchObject({
      status: 500,
      body: expect.stringContaining('Signing in failed'),
    })
  })

  test('CB-13: does not wait for ever', async () => {
    const clock = new ManualClock()
    const { received } = await wait({}, { clock })
    await send(good())
    await received
    const page = send(get('/login-result', host))
    await expect.poll(() => clock.pending).toBe(1)
    clock.advance(20_000)
    expect(await page).toMatchObject({
      status: 202,
      body: expect.stringContaining('Still working'),
    })
    listener?.report('signed-in')
    expect((await send(get('/login-result', host))).status).toBe(200)
  })

  test('CB-13: a tab that is closed while it waits harms nothing', async () => {
    const clock = new ManualClock()
    const { received } = await wait({}, { clock })
    await send(good())
    await received
    const tab = await openSilently('127.0.0.1', port)
    tab.write(get('/login-result', host))
    await expect.poll(() => clock.pending).toBe(1)
    tab.destroy()
    await expect.poll(() => clock.pending).toBe(0)
    listener?.report('signed-in')
    // It may come back: that is waited for as long as for any page.
    const closing = listener?.close()
    clock.advance(20)
    await closing
  })

  test('is not there before the callback, and says "failed" when nothing was reported', async () => {
    const { received } = await wait({}, { drainMs: 5_000 })
    expect((await send(get('/login-result', host))).status).toBe(404)
    await send(good())
    await received
    const closing = listener?.close()
    expect(await send(get('/login-result', host))).toMatchObject({ status: 500 })
    await closing
  })

  test('CB-11: gets out of the way of a callback path of the same name', async () => {
    const uri = `http://${host}/login-result`
    listener = await listenForCallback({ redirectUris: [uri] })
    const received = listener.receive({ state })
    const answer = await send(get(`/login-result?code=the-code&state=${state}`, host))
    expect(answer.headers.get('location')).toBe('/login-result-page')
    await received
  })

  test('CB-20: can be made by the program, which is given one fixed word', async () => {
    const words: unknown[][] = []
    const renderPage = (...given: unknown[]): string => {
      words.push(given)
      return '<p>mine</p>'
    }
    const { received } = await wait({}, { renderPage })
    await send(good())
    await received
    listener?.report('signed-in')
    expect((await send(get('/login-result', host))).body).toBe('<p>mine</p>')
    expect(words).toEqual([['signed-in']])
  })
})

describe('where it listens', () => {
  test('CB-1: 127.0.0.1 is that address alone', async () => {
    await wait()
    const other = await occupy('::1', port)
    const network = await occupy('127.0.0.2', port)
    await Promise.all([release(other), release(network)])
  })

  test('CB-2: while a login is waited for, nobody else can listen there', async () => {
    await using listener = await listenForCallback({
      redirectUris: [`http://127.0.0.1:${port}/cb`],
    })
    expect(listener.redirectUri).toContain(String(port))
    await expect(occupy('127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    // Nor another login of this process: ports are not shared.
    await expect(
      listenForCallback({ redirectUris: [`http://127.0.0.1:${port}/cb`] }),
    ).rejects.toMatchObject({ code: 'CALLBACK_PORT_IN_USE' })
  })

  test('CB-1: [::1] is that address alone', async () => {
    host = `[::1]:${port}`
    const { received } = await wait()
    const other = await occupy('127.0.0.1', port)
    await release(other)
    expect((await send(good(), '::1')).status).toBe(303)
    expect((await received).code.reveal()).toBe('the-code')
  })

  test.each(['127.0.0.1', '::1'])('CB-1: localhost is both, and answers on %s', async (address) => {
    host = `localhost:${port}`
    const { received } = await wait()
    for (const taken of ['127.0.0.1', '::1']) {
      await expect(occupy(taken, port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    }
    expect((await send(good(), address)).status).toBe(303)
    await received
  })

  test.each(['127.0.0.1', '::1'])(
    'CB-1: localhost is refused when somebody has %s, and both are free again',
    async (address) => {
      const rival = await occupy(address, port)
      const redirectUris = [`http://localhost:${port}${path}`]
      await expect(listenForCallback({ redirectUris })).rejects.toThrow(CallbackPortInUseError)
      await release(rival)
      await release(await occupy('127.0.0.1', port))
      await release(await occupy('::1', port))
    },
  )

  test('CB-4: a taken port is a typed error with the port and what to do', async () => {
    const rival = await occupy('127.0.0.1', port)
    const failure = listenForCallback({ redirectUris: [`http://${host}${path}`] })
    const error = (await failure.catch((reason: unknown) => reason)) as CallbackPortInUseError
    await release(rival)
    expect(error).toBeInstanceOf(CallbackPortInUseError)
    expect(error).toMatchObject({ code: 'CALLBACK_PORT_IN_USE', facts: { ports: [port] } })
    expect(error.message).toContain(`${port} (in use)`)
    expect(error.remedy).toMatch(/Another login.*second loopback redirect URI/)
  })

  test('RU-5: the first free one of several redirect URIs is used', async () => {
    const second = await freePort()
    const rival = await occupy('127.0.0.1', port)
    const redirectUris = [`http://${host}${path}`, `http://127.0.0.1:${second}${path}`]
    listener = await listenForCallback({ redirectUris })
    expect(listener.redirectUri).toBe(redirectUris[1])
    await release(rival)
  })

  test('CB-19: a second login on the same port is refused, not mixed up', async () => {
    await wait()
    await expect(listenForCallback({ redirectUris: [`http://${host}${path}`] })).rejects.toThrow(
      CallbackPortInUseError,
    )
  })

  test.each([
    'https://127.0.0.1:8080/cb',
    'https://app.example/cb',
    'http://10.0.0.1:8080/cb',
    'cb',
  ])('RU-3: %s cannot be served here', async (uri) => {
    await expect(listenForCallback({ redirectUris: [uri] })).rejects.toThrow(
      InvalidRedirectUriError,
    )
  })

  test('one login per listener, and at least one redirect URI', async () => {
    await wait()
    await expect(listener?.receive({ state })).rejects.toThrow(OAuthConfigurationError)
    await expect(listenForCallback({ redirectUris: [] })).rejects.toThrow(OAuthConfigurationError)
  })
})

describe('how it ends', () => {
  test('CB-14, CB-15: after five minutes, saying why cTrader may have been silent', async () => {
    const clock = new ManualClock()
    const { received, uri } = await wait({}, { clock })
    clock.advance(299_999)
    expect(await isPending(received)).toBe(true)
    clock.advance(1)
    const error = (await received.catch((reason: unknown) => reason)) as AuthorizationTimeoutError
    expect(error).toBeInstanceOf(AuthorizationTimeoutError)
    expect(error.message).toContain(`${uri} within 300 s`)
    expect(error.remedy).toContain('Invalid redirect URI')
    expect(error.remedy).toContain(`register exactly ${uri}`)
    expect((await send(good())).status).toBe(409)
    expect(clock.pending).toBe(0)
  })

  test('CB-15: after refused callbacks it says that there were some', async () => {
    const clock = new ManualClock()
    const { received } = await wait({}, { clock })
    await send(get(`${path}?code=the-code`, host))
    clock.advance(300_000)
    await expect(received).rejects.toThrow(/without a state.*bound-flow/)
    await listener?.close()
    const second = await wait({}, { clock })
    await send(get(`${path}?code=the-code&state=wrong`, host))
    clock.advance(300_000)
    const error: unknown = await second.received.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ facts: { refusedWrongState: 1, refusedAbsentState: 0 } })
  })

  test('ST-3: not later than the request for it lives', async () => {
    const clock = new ManualClock()
    const { received } = await wait({ expiresAt: clock.now() + 1_000 }, { clock })
    clock.advance(1_000)
    await expect(received).rejects.toThrow(AuthorizationTimeoutError)
  })

  test('CB-14: a wait beyond 2^31-1 ms does not end at once', async () => {
    const { received } = await wait({ timeoutMs: 3_000_000_000 })
    await send(get('/nowhere', host))
    expect(await isPending(received)).toBe(true)
  })

  test('ER-2: an abort rejects with its own reason', async () => {
    const reason = new Error('changed my mind')
    const controller = new AbortController()
    const { received } = await wait({ signal: controller.signal })
    controller.abort(reason)
    await expect(received).rejects.toBe(reason)
    await listener?.close()
    const early = await wait({ signal: AbortSignal.abort(reason) })
    await expect(early.received).rejects.toBe(reason)
  })

  test('closing it rejects a login that waits', async () => {
    const { received } = await wait()
    await listener?.close()
    await expect(received).rejects.toThrow(CallbackListenerClosedError)
    await expect(listener?.receive({ state })).rejects.toThrow(OAuthConfigurationError)
  })

  test('CB-16: leaves no port, socket or timer, even when a browser holds idle connections', async () => {
    const clock = watchClock(systemClock)
    const { received } = await wait({}, { clock, drainMs: 500 })
    const idle = await Promise.all([1, 2, 3].map(() => openSilently('127.0.0.1', port)))
    const half = await openSilently('127.0.0.1', port)
    half.write('GET /auth/callback?code=')
    const ended = [...idle, half].map((socket) => new Promise((done) => socket.on('close', done)))
    await send(good())
    await received
    listener?.report('signed-in')
    // Left to themselves these connections would end after a minute, when the test has failed.
    await listener?.close()
    await Promise.all(ended)
    expect(clock.pending).toBe(0)
    await release(await occupy('127.0.0.1', port))
  })

  test('CB-16: closes at once when no page is owed', async () => {
    const clock = new ManualClock()
    await wait({}, { clock })
    await listener?.close()
    expect(clock.pending).toBe(0)
  })

  test('CB-17: headers beyond 16 KiB are refused', async () => {
    const { received } = await wait()
    const answer = await send(get(path, host, `X-Big: ${'a'.repeat(20_000)}`))
    expect(answer.status).toBe(431)
    expect(await isPending(received)).toBe(true)
  })

  test('CB-17: more than 32 connections are turned away', async () => {
    await wait()
    const sockets = await Promise.all(
      Array.from({ length: 40 }, () => openSilently('127.0.0.1', port)),
    )
    let dropped = 0
    for (const socket of sockets) socket.on('close', () => dropped++)
    await expect.poll(() => dropped).toBeGreaterThanOrEqual(8)
    for (const socket of sockets) socket.destroy()
  })

  test('CB-17: nonsense is answered and does no harm', async () => {
    const { received } = await wait()
    expect((await send('\x16\x03\x01\x02\x00\x01\r\n\r\n')).status).toBe(400)
    expect((await send('GET /auth/callback HTTP/1.1\r\n\r\n')).status).toBe(400)
    expect(await isPending(received)).toBe(true)
  })

  test('CB-18: a page that cannot be made ends the login and frees the port', async () => {
    const renderPage = (): never => {
      throw new Error('no template')
    }
    const { received } = await wait({}, { renderPage })
    await send(get(`${path}?code=`, host))
    await expect(received).rejects.toThrow(CallbackListenerClosedError)
    await listener?.close()
    await release(await occupy('127.0.0.1', port))
  })
})
