import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import type { Logger } from '../../src/log.ts'
import { silentLogger } from '../../src/log.ts'
import {
  ApplicationInactiveError,
  InvalidClientCredentialsError,
  OAuthError,
  processTokenAnswer,
  RefreshOutcomeUnknownError,
  RefreshTokenRefusedError,
  type RefreshTokensOptions,
  refreshTokens,
  type TokenAnswer,
  TokenEndpointUnavailableError,
  TokenEndpointUnreachableError,
  TokenRateLimitedError,
} from '../../src/oauth/index.ts'
import { Secret } from '../../src/secret.ts'
import { json, type Mood, success, TokenServer, text } from './token-server.ts'

const application = { clientId: '7_id', clientSecret: 'the-client-secret' }
const old = 'refresh-old+token'

let server: TokenServer | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

async function refresh(
  mood: Mood,
  changes: Partial<RefreshTokensOptions> = {},
): ReturnType<typeof refreshTokens> {
  server = await TokenServer.start(mood)
  const endpoints = server.endpoints()
  return refreshTokens({ application, refreshToken: old, endpoints, scope: 'trading', ...changes })
}

async function failure(...options: Parameters<typeof refresh>): Promise<OAuthError> {
  const error: unknown = await refresh(...options).then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof OAuthError)) throw error
  const seen = `${error.stack}${JSON.stringify(error)}${inspect(error, { showHidden: true, depth: 9 })}`
  for (const secret of [application.clientSecret, old, 'access-A'])
    expect(seen).not.toContain(secret)
  expect(error.phase).toBe('refresh')
  return error
}

function warnings(): { logger: Logger; seen: string[] } {
  const seen: string[] = []
  const note = (_fields: unknown, message: string): void => void seen.push(message)
  return { logger: { ...silentLogger, warn: note, error: note }, seen }
}

describe('a refresh', () => {
  test('sends the refresh token once and returns the new pair with the old scope', async () => {
    const clock = new ManualClock()
    const tokens = await refresh(success(), { clock })
    expect(Object.fromEntries(server?.requests[0]?.query ?? [])).toEqual({
      grant_type: 'refresh_token',
      refresh_token: old,
      client_id: '7_id',
      client_secret: 'the-client-secret',
    })
    expect(tokens.accessToken.reveal()).toBe('access-A')
    expect(tokens.refreshToken?.reveal()).toBe('refresh-A')
    expect(tokens).toMatchObject({
      scope: 'trading',
      rotationAnomaly: undefined,
      expiresAt: clock.now() + 2_628_000_000,
    })
  })

  test('RF-9: without a new refresh token the old one is kept, flagged and warned about', async () => {
    const { logger, seen } = warnings()
    const tokens = await refresh(json({ accessToken: 'a', expiresIn: 60 }), { logger })
    expect(tokens.refreshToken?.reveal()).toBe(old)
    expect(tokens.rotationAnomaly).toBe('missing')
    expect(seen).toEqual([expect.stringContaining('no new refresh token')])
  })

  test('RF-9: the same refresh token again is flagged as well', async () => {
    const tokens = await refresh(json({ accessToken: 'a', refreshToken: old, expiresIn: 60 }))
    expect(tokens).toMatchObject({ rotationAnomaly: 'same' })
    expect(tokens.refreshToken?.reveal()).toBe(old)
  })

  test('RF-6: the raw answer is handed over before it is read, and can be read later', async () => {
    let kept: TokenAnswer | undefined
    const onAnswer = (answer: TokenAnswer): void => {
      kept = answer
    }
    await failure(text('{"accessToken":"access-A","refreshTok'), { onAnswer })
    expect(kept?.body?.reveal()).toBe('{"accessToken":"access-A","refreshTok')
    await server?.close()
    await refresh(success(), { onAnswer })
    if (kept === undefined) throw new Error('nothing was handed over')
    const grant = { grantType: 'refresh_token', refreshToken: new Secret(old) } as const
    const tokens = await processTokenAnswer(kept, { application, grant, scope: 'trading' })
    expect(tokens.refreshToken?.reveal()).toBe('refresh-A')
  })

  test('RF-6: a place that cannot keep the answer does not cost the new tokens', async () => {
    const { logger, seen } = warnings()
    const onAnswer = (): never => {
      throw new Error('disk full, refresh-A')
    }
    expect((await refresh(success(), { onAnswer, logger })).refreshToken?.reveal()).toBe(
      'refresh-A',
    )
    expect(seen).toEqual([expect.stringContaining('only in memory')])
  })

  test('RF-8: an abort stops it before it is sent, and not after', async () => {
    const reason = new Error('stop')
    await expect(refresh(success(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(server?.requests).toEqual([])
    await server?.close()
    const controller = new AbortController()
    const aborting: Mood = (response, request) => {
      controller.abort(reason)
      success()(response, request)
    }
    const tokens = await refresh(aborting, { signal: controller.signal })
    expect(tokens.refreshToken?.reveal()).toBe('refresh-A')
  })
})

describe('a refresh that was refused', () => {
  test.each([
    [
      { errorCode: 'ACCESS_DENIED', description: 'Access denied.' },
      200,
      RefreshTokenRefusedError,
      'terminal',
    ],
    [{ error: 'invalid_grant' }, 400, RefreshTokenRefusedError, 'terminal'],
    [{ error: 'invalid_client' }, 401, InvalidClientCredentialsError, 'config'],
    [
      { errorCode: 'X', description: 'not in active state' },
      200,
      ApplicationInactiveError,
      'config',
    ],
    [{ errorCode: 'SERVER_IS_UNDER_MAINTENANCE' }, 503, TokenEndpointUnavailableError, 'transient'],
    [{ errorCode: 'REQUEST_FREQUENCY_EXCEEDED' }, 200, TokenRateLimitedError, 'transient'],
  ])('RF-12: %j under %i', async (body, status, type, kind) => {
    const error = await failure(json(body, status))
    expect(error.constructor).toBe(type)
    expect(error.kind).toBe(kind)
  })

  test('RF-12: a 429 without a code spends nothing', async () => {
    expect(await failure(text('', 429))).toBeInstanceOf(TokenRateLimitedError)
  })
})

describe('RF-10: a refresh whose outcome nobody knows', () => {
  const lost: [string, Mood][] = [
    ['a connection that is cut', (response) => void response.socket?.resetAndDestroy()],
    ['a plain 502', text('<title>Bad gateway</title>', 502, { 'Content-Type': 'text/html' })],
    ['a 500 with an unknown code', json({ errorCode: 'OOPS' }, 500)],
    ['truncated JSON', text('{"accessToken":"access-A","refr')],
    ['a page instead of tokens', text('<html></html>', 200, { 'Content-Type': 'text/html' })],
    ['an empty body', text('')],
    ['spellings that differ', json({ accessToken: 'access-A', access_token: 'b' })],
  ]
  test.each(lost)('%s', async (_name, mood) => {
    const error = await failure(mood)
    expect(error).toBeInstanceOf(RefreshOutcomeUnknownError)
    expect(error.cause).toBeInstanceOf(OAuthError)
    expect(error.remedy).toMatch(/may be spent.*nothing was deleted/)
    expect(server?.requests).toHaveLength(1)
  })

  test('a time-out', async () => {
    const clock = new ManualClock()
    const error = await failure(() => clock.advance(15_000), { clock })
    expect(error).toBeInstanceOf(RefreshOutcomeUnknownError)
  })

  test('but a connection that never came about spends nothing', async () => {
    const gone = await TokenServer.start(success())
    const endpoints = gone.endpoints()
    await gone.close()
    const error = await failure(success(), { endpoints })
    expect(error).toBeInstanceOf(TokenEndpointUnreachableError)
    expect(error).toMatchObject({ outcome: 'not-sent', retryable: true })
  })
})

test('the tokens of a refresh show nothing of themselves', async () => {
  const tokens = await refresh(success())
  const seen =
    inspect(tokens, { customInspect: false, showHidden: true, depth: 9 }) + JSON.stringify(tokens)
  expect(seen).not.toMatch(/access-A|refresh-A/)
  expect(seen).not.toContain(createHash('sha256').update('refresh-A').digest('hex'))
})
