import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import type { Timer } from '../../src/async/clock.ts'
import { deferred } from '../../src/async/deferred.ts'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { type Logger, silentLogger } from '../../src/log.ts'
import {
  ApplicationInactiveError,
  type ExchangeCodeOptions,
  exchangeCode,
  InvalidAuthorizationCodeError,
  InvalidClientCredentialsError,
  InvalidRedirectUriError,
  OAuthConfigurationError,
  OAuthError,
  type TokenAnswerProblem,
  TokenEndpointUnavailableError,
  TokenEndpointUnreachableError,
  TokenRateLimitedError,
  type TokenRequestForm,
  TokenRequestRefusedError,
  TokenResponseMalformedError,
} from '../../src/oauth/index.ts'
import { json, type Mood, success, TokenServer, text } from './token-server.ts'

const clientSecret = "s+e&c=r%e/t é!'()*"
const code = 'c0de+with/odd=signs'
const redirectUri = 'http://127.0.0.1:8080/auth/callback'
const denied = {
  errorCode: 'ACCESS_DENIED',
  description: 'Access denied. Make sure the credentials are valid.',
}

let server: TokenServer | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

async function exchange(
  mood: Mood,
  changes: Partial<ExchangeCodeOptions> = {},
  form?: TokenRequestForm,
): ReturnType<typeof exchangeCode> {
  server = await TokenServer.start(mood)
  return exchangeCode({
    application: { clientId: '7_id', clientSecret },
    code,
    redirectUri,
    scope: 'accounts',
    endpoints: server.endpoints(form),
    ...changes,
  })
}

async function failure(...options: Parameters<typeof exchange>): Promise<OAuthError> {
  const error: unknown = await exchange(...options).then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof OAuthError)) throw error
  const seen = [
    error.message,
    error.stack,
    JSON.stringify(error),
    inspect(error, { customInspect: false, showHidden: true, depth: 9 }),
  ].join('\n')
  for (const secret of [clientSecret, code, 'access-A', 'refresh-A'])
    expect(seen).not.toContain(secret)
  expect(error.remedy).not.toBe('')
  return error
}

const fields = {
  grant_type: 'authorization_code',
  code,
  redirect_uri: redirectUri,
  client_id: '7_id',
  client_secret: clientSecret,
}

describe('the request of a code exchange', () => {
  test('CX-1: goes by GET with everything in the query, unless asked otherwise', async () => {
    await exchange(success())
    const [request] = server?.requests ?? []
    expect(request).toMatchObject({ method: 'GET', path: '/apps/token', body: '' })
    expect(Object.fromEntries(request?.query ?? [])).toEqual(fields)
  })

  test('CX-1, CX-3: goes as a POST form with every sign intact', async () => {
    await exchange(success(), {}, 'post-form')
    const [request] = server?.requests ?? []
    expect(request?.method).toBe('POST')
    expect([...(request?.query ?? [])]).toEqual([])
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual(fields)
  })

  test('CX-1: goes as a POST with everything in the query', async () => {
    await exchange(success(), {}, 'post-query')
    const [request] = server?.requests ?? []
    expect(request).toMatchObject({ method: 'POST', body: '' })
    expect(Object.fromEntries(request?.query ?? [])).toEqual(fields)
  })

  test('CX-18: says what it is and what it wants, and sends no cookies', async () => {
    await exchange(success())
    const headers = server?.requests[0]?.headers
    expect(headers).toMatchObject({ accept: 'application/json', 'user-agent': 'ctrader-open-api' })
    expect(headers).not.toHaveProperty('cookie')
  })

  test('RU-2: the redirect URI goes out byte for byte', async () => {
    await exchange(success(), { redirectUri: 'http://127.0.0.1:8080' })
    expect(server?.requests[0]?.query.get('redirect_uri')).toBe('http://127.0.0.1:8080')
  })

  test('CX-2: no other form is tried by itself', async () => {
    const error = await failure(
      text('<title>Not here</title>', 405, { 'Content-Type': 'text/html' }),
    )
    expect(error).toMatchObject({
      code: 'TOKEN_RESPONSE_MALFORMED',
      problem: 'status',
      kind: 'config',
    })
    expect(error.message).toContain('405')
    expect(error.remedy).toContain('post-form')
    expect(server?.requests).toHaveLength(1)
  })

  test('leaves no connection open', async () => {
    await exchange(success())
    await expect.poll(() => server?.connections()).toBe(0)
  })
})

describe('the answer to a code exchange', () => {
  test('CX-8: tokens in both spellings with a null error code are a success', async () => {
    const clock = new ManualClock()
    const tokens = await exchange(success(), { clock })
    expect(tokens.accessToken.reveal()).toBe('access-A')
    expect(tokens.refreshToken?.reveal()).toBe('refresh-A')
    expect(tokens).toMatchObject({
      tokenType: 'bearer',
      scope: 'accounts',
      obtainedAt: clock.now(),
      expiresAt: clock.now() + 2_628_000_000,
    })
  })

  test.each([
    ['camel case', { accessToken: 'a', refreshToken: 'r', expiresIn: 60, tokenType: 'Bearer' }],
    [
      'snake case',
      { access_token: 'a', refresh_token: 'r', expires_in: '60', token_type: 'BEARER' },
    ],
    ['a mixture', { accessToken: 'a', refresh_token: 'r', expires_in: 60.9, error: null }],
    [
      'empty error codes',
      { accessToken: 'a', refreshToken: 'r', expiresIn: 60, errorCode: '', error: '' },
    ],
  ])('CX-10: takes %s', async (_name, body) => {
    const clock = new ManualClock()
    const tokens = await exchange(json(body), { clock })
    expect(tokens.accessToken.reveal()).toBe('a')
    expect(tokens.refreshToken?.reveal()).toBe('r')
    expect(tokens.expiresAt).toBe(clock.now() + 60_000)
  })

  test.each([
    ['no access token', { refreshToken: 'r' }, 'fields'],
    ['an empty access token', { accessToken: '' }, 'fields'],
    ['a number', { accessToken: 12 }, 'fields'],
    ['a list', { accessToken: ['a'] }, 'fields'],
    ['a space in a token', { accessToken: 'a b' }, 'fields'],
    ['a line break in a token', { accessToken: 'a', refreshToken: 'r\r\nX: y' }, 'fields'],
    ['a letter beyond ASCII', { accessToken: 'é' }, 'fields'],
    ['a token over 4 KiB', { accessToken: 'a'.repeat(4097) }, 'fields'],
    ['another token type', { accessToken: 'a', tokenType: 'mac' }, 'fields'],
    ['spellings that differ', { accessToken: 'a', access_token: 'b' }, 'conflict'],
    [
      'refresh spellings that differ',
      { accessToken: 'a', refreshToken: 'r', refresh_token: 's' },
      'conflict',
    ],
    ['only an inherited name', { toString: 'a' }, 'fields'],
  ] satisfies [string, object, TokenAnswerProblem][])(
    'CX-10: refuses %s',
    async (_name, body, problem) => {
      const error = await failure(json(body))
      expect(error).toBeInstanceOf(TokenResponseMalformedError)
      expect(error).toMatchObject({ problem, httpStatus: 200, phase: 'exchange' })
    },
  )

  test('CX-10: a token of one character is a token, a prototype is not looked at', async () => {
    const body = '{"accessToken":"x","__proto__":{"refreshToken":"r"}}'
    expect((await exchange(text(body))).refreshToken).toBeUndefined()
  })

  test.each([null, '', '3600abc', -1, 0, 0.5, '-5', '1e3', 3.2e8, {}, true, 'NaN'])(
    'CX-11: the lifetime %j leaves the expiry unknown, with a warning, and keeps the tokens',
    async (expiresIn) => {
      const warnings: string[] = []
      const logger: Logger = { ...silentLogger, warn: (_fields, message) => warnings.push(message) }
      const body = { accessToken: 'a', refreshToken: 'r', expiresIn }
      const tokens = await exchange(json(body), { logger })
      expect(tokens.expiresAt).toBeUndefined()
      expect(tokens.refreshToken?.reveal()).toBe('r')
      expect(warnings).toEqual([expect.stringContaining('expiry')])
    },
  )

  test('CX-11: so do lifetimes beyond numbers, and two that differ', async () => {
    expect(
      (await exchange(text('{"accessToken":"a","expiresIn":1e400}'))).expiresAt,
    ).toBeUndefined()
    await server?.close()
    const body = { accessToken: 'a', expiresIn: 60, expires_in: 61 }
    expect((await exchange(json(body))).expiresAt).toBeUndefined()
  })

  test('CX-12: without a refresh token the access token is still usable', async () => {
    for (const refreshToken of [undefined, null, '']) {
      const tokens = await exchange(json({ accessToken: 'a', refreshToken, expiresIn: 60 }))
      expect(tokens.refreshToken).toBeUndefined()
      await server?.close()
    }
  })

  test('CX-14: the life is counted from the sending, not from the answer', async () => {
    const clock = new ManualClock()
    const start = clock.now()
    const tokens = await exchange(
      (response, request) => {
        clock.advance(9_000)
        success()(response, request)
      },
      { clock },
    )
    expect(tokens).toMatchObject({ obtainedAt: start, expiresAt: start + 2_628_000_000 })
  })

  test('CX-14: when the wall clock is set meanwhile, the date of the server counts', async () => {
    const manual = new ManualClock()
    let shift = 0
    const clock = {
      now: () => manual.now() + shift,
      monotonic: () => manual.monotonic(),
      after: manual.after.bind(manual),
    }
    const jumping: Mood = (response, request) => {
      shift = -86_400_000
      response.setHeader('Date', 'Mon, 05 Jan 2026 12:34:56 GMT')
      success()(response, request)
    }
    const tokens = await exchange(jumping, { clock })
    expect(tokens.obtainedAt).toBe(Date.parse('2026-01-05T12:34:56Z'))
  })
})

describe('a refused code exchange', () => {
  test('CX-8: a 200 with an error code is an error of that code', async () => {
    const error = await failure(json(denied))
    expect(error).toBeInstanceOf(InvalidAuthorizationCodeError)
    expect(error).toMatchObject({
      code: 'INVALID_AUTHORIZATION_CODE',
      reason: 'unknown',
      serverCode: 'ACCESS_DENIED',
      serverDescription: denied.description,
      httpStatus: 200,
      phase: 'exchange',
      retryable: false,
    })
    expect(error.remedy).toMatch(/60 seconds and works once/)
    expect(error.remedy).toMatch(/redirect URI .* client id and secret/)
  })

  test('a code that is too old is called expired, with its age', async () => {
    const clock = new ManualClock()
    const error = await failure(json(denied), { clock, codeReceivedAt: clock.now() - 61_000 })
    expect(error).toMatchObject({ reason: 'expired', facts: { ageMs: 61_000 } })
    expect(error.message).toContain('as expired 61 s after it arrived')
  })

  test('a code above suspicion leaves the credentials', async () => {
    const clock = new ManualClock()
    const sources = { clientId: 'CTRADER_CLIENT_ID', clientSecret: 'profile demo' }
    const error = await failure(json(denied), {
      clock,
      codeReceivedAt: clock.now(),
      codeIsFresh: true,
      application: { clientId: '7_id', clientSecret, sources },
    })
    expect(error).toBeInstanceOf(InvalidClientCredentialsError)
    expect(error).toMatchObject({
      certainty: 'likely',
      kind: 'config',
      facts: {
        clientIdFrom: 'CTRADER_CLIENT_ID',
        clientSecretFrom: 'profile demo',
        clientSecretLength: clientSecret.length,
        clientSecretFingerprint: expect.stringMatching(/^[0-9a-f]{8}$/),
      },
    })
  })

  test.each([
    [{ error: 'invalid_grant', error_description: 'expired' }, 400, InvalidAuthorizationCodeError],
    [{ error: 'invalid_client' }, 401, InvalidClientCredentialsError],
    [
      { errorCode: 'CH_CLIENT_AUTH_FAILURE', description: 'Invalid client id or secret' },
      200,
      InvalidClientCredentialsError,
    ],
    [
      { errorCode: 'CH_CLIENT_AUTH_FAILURE', description: 'OA client is not in active state' },
      200,
      ApplicationInactiveError,
    ],
    [
      { errorCode: 'ACCESS_DENIED', description: 'OA client is not in active state' },
      400,
      ApplicationInactiveError,
    ],
    [{ errorCode: 'X', description: 'Redirect URI does not match' }, 400, InvalidRedirectUriError],
    [{ error: 'redirect_uri_mismatch' }, 400, InvalidRedirectUriError],
    [{ errorCode: 'REQUEST_FREQUENCY_EXCEEDED' }, 200, TokenRateLimitedError],
    [{ errorCode: 'ACCESS_DENIED' }, 429, TokenRateLimitedError],
    [{ errorCode: 'SERVER_IS_UNDER_MAINTENANCE' }, 503, TokenEndpointUnavailableError],
    [{ errorCode: 'BRAND_NEW_CODE', description: 'who knows' }, 200, TokenRequestRefusedError],
    [{ errorCode: 4711 }, 500, TokenRequestRefusedError],
    [{ error: { code: 'NESTED' } }, 400, TokenRequestRefusedError],
    [
      { errorCode: 'ACCESS_DENIED', accessToken: 'access-A', refreshToken: 'refresh-A' },
      200,
      InvalidAuthorizationCodeError,
    ],
  ])('ER-1: %j under status %i', async (body, status, type) => {
    const error = await failure(json(body, status))
    expect(error.constructor).toBe(type)
    expect(error.httpStatus).toBe(status)
    const own: unknown = 'errorCode' in body ? body.errorCode : body.error
    expect(error.serverCode).toBe(typeof own === 'object' ? 'NESTED' : String(own))
  })

  test('an invalid redirect URI is named in full', async () => {
    const error = await failure(json({ error: 'redirect_uri_mismatch' }, 400))
    expect(error.message).toContain(redirectUri)
    expect(error.remedy).toMatch(/scheme, host, port, path, trailing slash.*Playground/)
  })

  test('SE-4: a server that repeats the request gives nothing away', async () => {
    const echo: Mood = (response, request) =>
      json({
        errorCode: 'BAD',
        description: `you sent ${decodeURIComponent(request.query.toString())} ${[...request.query]}`,
      })(response, request)
    const error = await failure(echo)
    expect(error.serverDescription).toContain('client_id')
    expect(error.serverDescription).toContain('[secret]')
  })

  test('F7: 429 without a code carries the wait, as seconds or as a date', async () => {
    const seconds = await failure(text('slow down', 429, { 'Retry-After': '7' }))
    expect(seconds).toMatchObject({
      code: 'TOKEN_RATE_LIMITED',
      retryAfterMs: 7_000,
      retryable: true,
    })
    await server?.close()
    const clock = new ManualClock('2026-01-05T12:00:00Z')
    const date = await failure(text('', 429, { 'Retry-After': 'Mon, 05 Jan 2026 12:01:00 GMT' }), {
      clock,
    })
    expect(date.retryAfterMs).toBe(60_000)
  })
})

describe('an answer that cannot be used', () => {
  const html = { 'Content-Type': 'text/html; charset=utf-8' }

  test('CX-9: of HTML only the title is told', async () => {
    const page = '<html><title>We will be\nback</title><body>access-A private words</body></html>'
    const error = await failure(text(page, 200, html))
    expect(error).toMatchObject({ problem: 'html' })
    expect(error.message).toContain('We will be back')
    expect(JSON.stringify(error)).not.toContain('private words')
    await server?.close()
    const down = await failure(text(page, 503, html))
    expect(down).toBeInstanceOf(TokenEndpointUnavailableError)
    expect(down.message).toMatch(/503.*We will be back/)
  })

  test('CX-9: truncated JSON gives away nothing of the tokens', async () => {
    const error = await failure(text('{"accessToken":"access-A","refreshToken":"refr'))
    expect(error).toMatchObject({ problem: 'not-json', httpStatus: 200 })
    expect(error.cause).toBeUndefined()
  })

  test.each([
    ['', 'empty'],
    ['null', 'not-json'],
    ['[{"accessToken":"a"}]', 'not-json'],
    ['"accessToken"', 'not-json'],
  ])('the body %j', async (body, problem) => {
    expect(await failure(text(body))).toMatchObject({ problem })
  })

  test('CX-6: more than 64 KiB is not read to its end', async () => {
    const stopped = deferred<void>()
    const endless: Mood = (response) => {
      response.on('close', () => stopped.resolve())
      response.writeHead(200, { 'Content-Type': 'application/json' })
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384, 32)));
      }
      response.on('drain', more)
      more()
    }
    expect(await failure(endless)).toMatchObject({ problem: 'too-big' })
    await stopped.promise
  })

  test('CX-6: the limit counts what a compressed answer unfolds to', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000, 32))
    const mood: Mood = (response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' })
      response.end(bomb)
    }
    expect(await failure(mood)).toMatchObject({ problem: 'too-big' })
  })

  test.each([301, 302, 303, 307, 308])('CX-7: a %i is not followed', async (status) => {
    const elsewhere = await TokenServer.start(success())
    try {
      const location = `http://127.0.0.1:${elsewhere.port}/steal?client_secret=abc`
      const error = await failure(text('', status, { Location: location }), {}, 'post-form')
      expect(error).toMatchObject({ problem: 'redirect', httpStatus: status })
      expect(error.message).toContain(`127.0.0.1:${elsewhere.port}`)
      expect(error.message).not.toContain('steal')
      expect(elsewhere.requests).toEqual([])
    } finally {
      await elsewhere.close()
    }
  })

  test('CX-7: a redirect that the platform hides has status 0', async () => {
    const opaque = async (): Promise<Response> => Response.error()
    expect(await failure(success(), { fetch: opaque })).toMatchObject({ problem: 'redirect' })
  })
})

describe('a code exchange without an answer', () => {
  test('CX-5: has 15 s for everything, counted by the given clock', async () => {
    const clock = new ManualClock()
    const silent: Mood = () => clock.advance(15_000)
    const error = await failure(silent, { clock })
    expect(error).toBeInstanceOf(TokenEndpointUnreachableError)
    expect(error).toMatchObject({
      outcome: 'unknown',
      retryable: false,
      facts: { reason: 'timeout' },
    })
    expect(error.message).toContain('15 s')
    expect(error.remedy).toMatch(/not sent again/)
    expect(server?.requests).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  test('CX-5: a body that never ends is covered as well', async () => {
    const clock = new ManualClock()
    const slow: Mood = (response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.write('{"accessToken":', () => clock.advance(14_999))
    }
    const result = failure(slow, { clock })
    await expect.poll(() => clock.monotonic()).toBe(14_999)
    clock.advance(1)
    expect(await result).toMatchObject({ outcome: 'unknown' })
  })

  test('CX-5: a fetch that ignores its signal does not outlive the deadline', async () => {
    const clock = new ManualClock()
    const deaf = (): Promise<Response> => {
      clock.advance(500)
      return new Promise(() => {})
    }
    expect(await failure(success(), { clock, timeoutMs: 500, fetch: deaf })).toMatchObject({
      outcome: 'unknown',
    })
  })

  test('CX-13: a code whose answer was lost is not sent again', async () => {
    const error = await failure((response) => void response.socket?.resetAndDestroy())
    expect(error).toMatchObject({ outcome: 'unknown', facts: { reason: 'connection-lost' } })
    expect(server?.requests).toHaveLength(1)
  })

  test('CX-13: neither is one whose answer broke off', async () => {
    const error = await failure((response) => {
      response.writeHead(200, { 'Content-Length': '100' })
      response.write('{"accessToken":"access-A"', () => response.socket?.destroy())
    })
    expect(error).toMatchObject({ outcome: 'unknown' })
    expect(server?.requests).toHaveLength(1)
  })

  test('CX-13: a connection that never came about is tried twice more, inside a second', async () => {
    const gone = await TokenServer.start(success())
    const endpoints = gone.endpoints()
    await gone.close()
    const pauses: number[] = []
    const manual = new ManualClock()
    const clock = {
      now: () => manual.now(),
      monotonic: () => manual.monotonic(),
      after(ms: number, call: () => void): Timer {
        if (ms === 15_000) return manual.after(ms, call)
        pauses.push(ms)
        queueMicrotask(call)
        return { cancel: () => {} }
      },
    }
    const error = await failure(success(), { endpoints, clock })
    expect(error).toMatchObject({ outcome: 'not-sent', retryable: true, kind: 'transient' })
    expect(error.facts['reason']).toBe('ECONNREFUSED')
    expect(pauses).toHaveLength(2)
    expect(pauses.reduce((sum, ms) => sum + ms)).toBeLessThanOrEqual(1_000)
    expect(manual.pending).toBe(0)
  })

  test('CX-13: not even that once the code is too old', async () => {
    const gone = await TokenServer.start(success())
    const endpoints = gone.endpoints()
    await gone.close()
    const clock = new ManualClock()
    const codeReceivedAt = clock.now() - 61_000
    const error = await failure(success(), { endpoints, clock, codeReceivedAt })
    expect(error).toMatchObject({ outcome: 'not-sent' })
  })

  test('SE-3: nothing of what fetch complains about is kept', async () => {
    const angry = (url: string): Promise<Response> =>
      Promise.reject(new TypeError(`Failed to parse URL from ${url}`))
    const error = await failure(success(), { fetch: angry })
    expect(error.cause).toBeUndefined()
  })

  test('ER-2: an abort rejects with its own reason, before and during the request', async () => {
    const reason = new Error('changed my mind')
    await expect(exchange(success(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(server?.requests).toEqual([])
    await server?.close()
    const controller = new AbortController()
    const hang: Mood = () => controller.abort(reason)
    await expect(exchange(hang, { signal: controller.signal })).rejects.toBe(reason)
    expect(server?.requests).toHaveLength(1)
  })

  test('wrong options are refused before anything is sent', async () => {
    const wrong: Partial<ExchangeCodeOptions>[] = [
      { timeoutMs: 0 },
      { timeoutMs: Number.NaN },
      { application: { clientId: 'a', clientSecret: 'b ' } },
      { endpoints: { authorizeUrl: 'https://x.example/', tokenUrl: 'http://127.0.0.1/token' } },
    ]
    for (const changes of wrong) {
      await expect(exchange(success(), changes)).rejects.toThrow(OAuthConfigurationError)
      expect(server?.requests).toEqual([])
      await server?.close()
    }
  })
})
