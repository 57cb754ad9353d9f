import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/async/clock.ts'
import {
  AuthorizationDeniedError,
  AuthorizationTimeoutError,
  type AuthorizeWithLoopbackOptions,
  authorizeWithLoopback,
  CallbackPortInUseError,
  InvalidAuthorizationCodeError,
  InvalidClientCredentialsError,
  OAuthConfigurationError,
  type TokenSet,
} from '../../src/oauth/index.ts'
import { openSockets, watchClock } from '../peer/resources.ts'
import { freePort, occupy, release } from './free-port.ts'
import { json, success, TokenServer } from './token-server.ts'

let server: TokenServer
let port = 0
let redirectUri = ''

beforeEach(async () => {
  server = await TokenServer.start(success())
  port = await freePort()
  redirectUri = `http://127.0.0.1:${port}/auth/callback`
})

afterEach(() => server.close())

/** The options of a login whose browser is a function. */
function options(
  changes: Partial<AuthorizeWithLoopbackOptions> = {},
): AuthorizeWithLoopbackOptions {
  return {
    application: { clientId: '7_id', clientSecret: 'the-client-secret' },
    redirectUris: [redirectUri],
    scope: 'accounts',
    endpoints: { ...server.endpoints(), statePolicy: 'bound-flow' },
    openBrowser: comeBack(() => ({ code: 'the-code' })),
    ...changes,
  }
}

/** A person who goes through the consent page and is sent back with the given parameters. */
function comeBack(
  parameters: (sent: URLSearchParams) => Record<string, string>,
  seen: Promise<Response>[] = [],
): (url: string) => void {
  return (url) => {
    const sent = new URL(url).searchParams
    const target = new URL(sent.get('redirect_uri') ?? '')
    for (const [name, value] of Object.entries(parameters(sent)))
      target.searchParams.set(name, value)
    seen.push(fetch(target, { headers: { connection: 'close' } }))
  }
}

async function nothingIsLeft(): Promise<void> {
  await expect.poll(openSockets).toBe(0)
  await release(await occupy('127.0.0.1', port))
}

describe('a login through the loopback listener', () => {
  test('ends with tokens, and the browser with a page that says so at a clean address', async () => {
    const seen: Promise<Response>[] = []
    const clock = watchClock(systemClock)
    const openBrowser = comeBack(
      (sent) => ({ code: 'the-code', state: sent.get('state') ?? '' }),
      seen,
    )
    const tokens = await authorizeWithLoopback(options({ openBrowser, clock, scope: 'trading' }))
    expect(tokens).toMatchObject({ scope: 'trading' })
    expect(tokens.accessToken.reveal()).toBe('access-A')
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toMatchObject({
      code: 'the-code',
      redirect_uri: redirectUri,
    })
    const page = await seen[0]
    expect(page?.url).toBe(`http://127.0.0.1:${port}/login-result`)
    expect(await page?.text()).toContain('You are signed in')
    expect(clock.pending).toBe(0)
    await nothingIsLeft()
  })

  test('ST-6: works where the state is not sent back, and not under strict', async () => {
    await authorizeWithLoopback(options())
    const strict = options({ statePolicy: 'strict', timeoutMs: 300 })
    await expect(authorizeWithLoopback(strict)).rejects.toThrow(AuthorizationTimeoutError)
    expect(server.requests).toHaveLength(1)
  })

  test('CB-3: listens before it shows the URL, and shows it before it opens the browser', async () => {
    const order: string[] = []
    const { openBrowser } = options()
    await authorizeWithLoopback(
      options({
        onUrl: (url, request) => {
          order.push('shown')
          expect(url).toBe(request.url)
          expect(request.redirectUri).toBe(redirectUri)
        },
        openBrowser: async (url) => {
          order.push('opened')
          await expect(occupy('127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
          await openBrowser?.(url)
        },
      }),
    )
    expect(order).toEqual(['shown', 'opened'])
  })

  test('CB-3, CB-4: opens no browser when the port is taken', async () => {
    const rival = await occupy('127.0.0.1', port)
    let opened = false
    const openBrowser = (): void => {
      opened = true
    }
    await expect(authorizeWithLoopback(options({ openBrowser }))).rejects.toThrow(
      CallbackPortInUseError,
    )
    await release(rival)
    expect(opened).toBe(false)
  })

  test('RU-5: uses the next registered redirect URI, in both requests', async () => {
    const rival = await occupy('127.0.0.1', port)
    const second = `http://127.0.0.1:${await freePort()}/cb`
    await authorizeWithLoopback(options({ redirectUris: [redirectUri, second] }))
    expect(server.requests[0]?.query.get('redirect_uri')).toBe(second)
    await release(rival)
  })

  test('UX-2: goes on when the browser cannot be opened', async () => {
    const failures: unknown[] = []
    const { openBrowser } = options()
    const tokens = await authorizeWithLoopback(
      options({
        openBrowser: () => Promise.reject(new Error('no browser')),
        onBrowserFailure: (error) => {
          failures.push(error)
          void openBrowser?.(shown)
        },
        onUrl: (url) => {
          shown = url
        },
      }),
    )
    expect(failures).toMatchObject([{ message: 'no browser' }])
    expect(tokens.refreshToken?.reveal()).toBe('refresh-A')
  })
  let shown = ''

  test('needs no browser opener at all', async () => {
    const { openBrowser } = options()
    const { openBrowser: _, ...rest } = options()
    await authorizeWithLoopback({ ...rest, onUrl: (url) => void openBrowser?.(url) })
    expect(server.requests).toHaveLength(1)
  })
})

describe('CX-16: the tokens', () => {
  test('are saved before they are returned and before success is shown', async () => {
    const seen: Promise<Response>[] = []
    const order: string[] = []
    let kept: TokenSet | undefined
    const tokens = await authorizeWithLoopback(
      options({
        openBrowser: comeBack(() => ({ code: 'the-code' }), seen),
        save: async (given) => {
          void seen[0]?.then(() => order.push('page'))
          // A whole visit to the same listener: time enough for a page that does not wait.
          await fetch(`http://127.0.0.1:${port}/nowhere`, { headers: { connection: 'close' } })
          order.push('saved')
          kept = given
        },
      }),
    )
    expect(tokens).toBe(kept)
    await seen[0]
    await Promise.resolve()
    expect(order).toEqual(['saved', 'page'])
  })

  test('are not announced when they cannot be saved', async () => {
    const seen: Promise<Response>[] = []
    const save = (): Promise<void> => Promise.reject(new Error('disk full'))
    const openBrowser = comeBack(() => ({ code: 'the-code' }), seen)
    await expect(authorizeWithLoopback(options({ openBrowser, save }))).rejects.toThrow('disk full')
    expect((await seen[0])?.status).toBe(500)
    await nothingIsLeft()
  })
})

describe('a login that fails', () => {
  test('CB-10, CB-13: a refusal at the consent page', async () => {
    const seen: Promise<Response>[] = []
    const openBrowser = comeBack(() => ({ error: 'access_denied' }), seen)
    await expect(authorizeWithLoopback(options({ openBrowser }))).rejects.toThrow(
      AuthorizationDeniedError,
    )
    expect(await (await seen[0])?.text()).toContain('Access was declined')
    expect(server.requests).toEqual([])
    await nothingIsLeft()
  })

  test('CB-13: a refusal at the token endpoint is what the browser shows', async () => {
    const seen: Promise<Response>[] = []
    server.mood = json({ error: 'invalid_grant' }, 400)
    const openBrowser = comeBack(() => ({ code: 'the-code' }), seen)
    await expect(authorizeWithLoopback(options({ openBrowser }))).rejects.toThrow(
      InvalidAuthorizationCodeError,
    )
    expect(await (await seen[0])?.text()).toContain('Signing in failed')
    await nothingIsLeft()
  })

  test('the one answer cTrader has for everything means the credentials here', async () => {
    server.mood = json({ errorCode: 'ACCESS_DENIED', description: 'Access denied.' })
    const failure = authorizeWithLoopback(options())
    await expect(failure).rejects.toThrow(InvalidClientCredentialsError)
    await expect(failure).rejects.toThrow(/most likely wrong \(ACCESS_DENIED\)/)
  })

  test('nobody comes back', async () => {
    const clock = watchClock(systemClock)
    const silent = options({ openBrowser: () => {}, timeoutMs: 30, clock })
    await expect(authorizeWithLoopback(silent)).rejects.toThrow(AuthorizationTimeoutError)
    expect(clock.pending).toBe(0)
    await nothingIsLeft()
  })

  test('ER-2: an abort, before it starts, while it waits and during the exchange', async () => {
    const reason = new Error('enough')
    await expect(
      authorizeWithLoopback(options({ signal: AbortSignal.abort(reason) })),
    ).rejects.toBe(reason)

    const waiting = new AbortController()
    const giveUp = options({ signal: waiting.signal, openBrowser: () => waiting.abort(reason) })
    await expect(authorizeWithLoopback(giveUp)).rejects.toBe(reason)
    expect(server.requests).toEqual([])
    await nothingIsLeft()

    const exchanging = new AbortController()
    server.mood = () => exchanging.abort(reason)
    await expect(authorizeWithLoopback(options({ signal: exchanging.signal }))).rejects.toBe(reason)
    await release(await occupy('127.0.0.1', port))
  })

  test('a page that cannot be shown the URL ends it, with the port free', async () => {
    const onUrl = (): never => {
      throw new Error('stderr is closed')
    }
    await expect(authorizeWithLoopback(options({ onUrl }))).rejects.toThrow('stderr is closed')
    await nothingIsLeft()
  })

  test('wrong options are refused before anything listens', async () => {
    const opened: string[] = []
    const openBrowser = (url: string): void => void opened.push(url)
    for (const wrong of [
      { application: { clientId: 'a b', clientSecret: 'c' } },
      { redirectUris: [] },
      { timeoutMs: -1 },
      { exchangeTimeoutMs: 0 },
      { endpoints: { ...server.endpoints(), tokenUrl: 'http://x.example/' } },
      { endpoints: { authorizeUrl: 'http://x.example/', tokenUrl: 'https://x.example/' } },
    ]) {
      await expect(authorizeWithLoopback(options({ openBrowser, ...wrong }))).rejects.toThrow(
        OAuthConfigurationError,
      )
      await nothingIsLeft()
    }
    expect(opened).toEqual([])
  })
})
