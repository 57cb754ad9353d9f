import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../async/manual-clock.ts'
import { InvalidArgumentError } from '../errors.ts'
import type { AuthBehaviour } from './auth-server/auth-behaviour.ts'
import { type AuthServer, createAuthServer } from './auth-server/index.ts'
import { Identity } from './identity/index.ts'
import { Random } from './random.ts'
import { ConsentWalkError, consentByHttp } from './user-agent.ts'

/** An application that waits for its callback, and what it was asked. */
interface Application {
  readonly port: number
  readonly redirectUri: string
  readonly seen: { readonly url: string; readonly headers: IncomingMessage['headers'] }[]
  answer: (url: URL, response: ServerResponse) => void
  readonly server: Server
}

let closers: (() => unknown)[] = []
let identity: Identity
let auth: AuthServer
let app: Application

async function startApplication(): Promise<Application> {
  const server = createServer((request, response) => {
    started.seen.push({ url: request.url ?? '', headers: request.headers })
    started.answer(new URL(request.url ?? '', 'http://localhost'), response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  const { port } = server.address() as AddressInfo
  const started: Application = {
    port,
    redirectUri: `http://127.0.0.1:${port}/callback`,
    seen: [],
    server,
    // What a careful application does: takes the code and sends the browser to an address without it.
    answer: (url, response) => {
      if (url.pathname === '/callback') response.writeHead(303, { location: '/done' }).end()
      else
        response.end(
          '<title>Done &amp; dusted</title><script>no</script><p>You can\n close this tab.',
        )
    },
  }
  return started
}

async function startAuth(behaviour: Partial<AuthBehaviour> = {}): Promise<void> {
  const clock = new ManualClock()
  const random = new Random(7)
  identity = new Identity({ clock, random })
  identity.addCtid({ userId: 1, username: 'al&ice', password: 'p=w+d é', accountIds: [1001, 2001] })
  identity.addApplication({
    clientId: 'app',
    clientSecret: 'secret',
    name: 'Robot',
    redirectUris: [app.redirectUri, 'http://192.0.2.1/callback'],
    status: 'active',
  })
  const account = { depositAsset: 'USD', accountType: 'HEDGED', brokerName: 'B' } as const
  const accounts = [
    { ...account, accountId: 1001, traderLogin: 5001, isLive: false },
    { ...account, accountId: 2001, traderLogin: 6001, isLive: true },
  ]
  auth = await createAuthServer({
    adminToken: 'of-the-test',
    identity,
    world: { accounts },
    clock,
    random,
    port: 0,
    behaviour,
  })
  closers.push(() => auth.close())
}

beforeEach(async () => {
  app = await startApplication()
  await startAuth()
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

const person = { username: 'al&ice', password: 'p=w+d é' }

function url(changes: Readonly<Record<string, string>> = {}): string {
  const query = { client_id: 'app', redirect_uri: app.redirectUri, scope: 'trading', ...changes }
  return `${auth.authorizeUrl}?${new URLSearchParams(query)}`
}

/** Which accounts the code that reached the application stands for. */
function grantedAccounts(): readonly number[] {
  const code = new URL(app.seen[0]?.url ?? '', 'http://localhost').searchParams.get('code') ?? ''
  const credentials = { clientId: 'app', clientSecret: 'secret', redirectUri: app.redirectUri }
  const pair = identity.redeemCode({ code, ...credentials })
  if ('refused' in pair) throw new Error(pair.reason)
  const access = identity.access(pair.accessToken)
  return access.kind === 'valid' ? access.grant.accountIds : []
}

function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error('it went through'),
    (error: unknown) => error,
  )
}

describe('a walk through the consent pages', () => {
  test('ends on the application with a code for every account', async () => {
    expect(await consentByHttp({ url: url(), ...person })).toEqual({
      status: 200,
      url: `http://127.0.0.1:${app.port}/done`,
      title: 'Done & dusted',
      text: 'You can close this tab.',
      returned: true,
    })
    expect(app.seen.map((request) => request.url.replace(/=.*/, ''))).toEqual([
      '/callback?code',
      '/done',
    ])
    expect(grantedAccounts()).toEqual([1001, 2001])
  })

  test('looks like a browser that follows a link, not like a script', async () => {
    await consentByHttp({ url: url(), ...person })
    expect(app.seen[0]?.headers).toMatchObject({
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    })
  })

  test('ticks the accounts asked for', async () => {
    await consentByHttp({ url: url({ product: 'web' }), ...person, accounts: [2001] })
    expect(grantedAccounts()).toEqual([2001])
  })

  test('may start at the application, whose cookies it keeps', async () => {
    const walk = url()
    app.answer = ({ pathname }, response) => {
      if (pathname === '/start') {
        response.writeHead(302, {
          location: walk,
          'set-cookie': [
            'flow=1; Path=/; HttpOnly',
            'gone=1',
            'gone=; Max-Age=0',
            'deep=1; Path=/deep',
          ],
        })
      }
      response.end('ok')
    }
    const outcome = await consentByHttp({ url: `http://127.0.0.1:${app.port}/start`, ...person })
    expect(outcome).toMatchObject({ returned: true, status: 200 })
    const cookie = app.seen[1]?.headers.cookie ?? ''
    expect(cookie).toContain('flow=1')
    expect(cookie).not.toMatch(/gone|deep/)
  })

  test('may deny', async () => {
    const outcome = await consentByHttp({ url: url(), ...person, decision: 'deny' })
    expect(outcome.returned).toBe(true)
    expect(app.seen[0]?.url).toBe('/callback?error=access_denied')
  })

  test('may deny and stay where denial leads nowhere', async () => {
    await auth.close()
    await startAuth({ denial: 'page' })
    expect(await consentByHttp({ url: url(), ...person, decision: 'deny' })).toMatchObject({
      returned: false,
      status: 200,
      text: expect.stringContaining('got no access'),
    })
    expect(app.seen).toEqual([])
  })

  test('reports what the application says, errors included', async () => {
    app.answer = (_url, response) => {
      response.writeHead(400).end('<title>State mismatch</title>No.')
    }
    expect(await consentByHttp({ url: url(), ...person })).toEqual({
      status: 400,
      url: app.redirectUri,
      title: 'State mismatch',
      text: 'No.',
      returned: true,
    })
  })
})

describe('a walk that cannot go on says why', () => {
  test('wrong password', async () => {
    const error = await failure(consentByHttp({ url: url(), ...person, password: 'canary' }))
    expect(error).toBeInstanceOf(ConsentWalkError)
    expect(String(error)).toContain('The user name or the password is wrong.')
    expect(JSON.stringify(error)).not.toContain('canary')
  })

  test('unregistered redirect URI, unknown application', async () => {
    const elsewhere = url({ redirect_uri: `${app.redirectUri}/` })
    expect(await failure(consentByHttp({ url: elsewhere, ...person }))).toMatchObject({
      code: 'CONSENT_WALK_FAILED',
      message: expect.stringContaining('Invalid redirect URI'),
      facts: { status: 400 },
    })
    const unknown = await failure(consentByHttp({ url: url({ client_id: 'x' }), ...person }))
    expect(String(unknown)).toContain('Unknown application')
  })

  test('accounts that are not offered, or none', async () => {
    const foreign = await failure(consentByHttp({ url: url(), ...person, accounts: [1001, 9] }))
    expect(foreign).toMatchObject({ facts: { missing: [9], offered: ['1001', '2001'] } })
    const none = await failure(consentByHttp({ url: url(), ...person, accounts: [] }))
    expect(String(none)).toContain('Choose at least one account')
    expect(app.seen).toEqual([])
  })

  test('an application that is not there, with no code in the error', async () => {
    app.server.close()
    app.server.closeAllConnections()
    const error = await failure(consentByHttp({ url: url(), ...person }))
    expect(String(error)).toContain(`${app.redirectUri} does not answer`)
    expect(JSON.stringify(error)).not.toMatch(/code=|[0-9a-f]{50}/)
  })

  test('a step away from this machine, at the start or at the end', async () => {
    for (const start of [
      'http://192.0.2.1/',
      'http://localhost.example.com/',
      'file:///etc/passwd',
    ]) {
      expect(String(await failure(consentByHttp({ url: start, ...person })))).toContain(
        'not on this machine',
      )
    }
    const away = await failure(
      consentByHttp({ url: url({ redirect_uri: 'http://192.0.2.1/callback' }), ...person }),
    )
    expect(String(away)).toContain('http://192.0.2.1, is not on this machine')
    expect(String(away)).not.toMatch(/code=/)
  })

  test('redirects in a circle', async () => {
    app.answer = (_url, response) => {
      response.writeHead(302, { location: '/round' }).end()
    }
    expect(String(await failure(consentByHttp({ url: url(), ...person })))).toContain(
      'more than 20 redirects',
    )
  })

  test('a page without end', async () => {
    app.answer = (_url, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    }
    const error = await failure(consentByHttp({ url: url(), ...person }))
    expect(error).toMatchObject({ cause: expect.objectContaining({ name: 'RangeError' }) })
  })

  test('a start that is no address', async () => {
    expect(await failure(consentByHttp({ url: 'nowhere', ...person }))).toBeInstanceOf(
      InvalidArgumentError,
    )
  })
})

describe('a walk ends', () => {
  /** Resolves when the application was asked and does not answer. */
  function hang(): Promise<void> {
    return new Promise((resolve) => {
      app.answer = () => resolve()
    })
  }

  test('at its deadline', async () => {
    const clock = new ManualClock()
    const asked = hang()
    const error = failure(consentByHttp({ url: url(), ...person, clock, timeoutMs: 5_000 }))
    await asked
    clock.advance(5_000)
    expect(await error).toBeInstanceOf(ConsentWalkError)
    expect(String(await error)).toContain('longer than 5000 ms')
    expect(clock.pending).toBe(0)
  })

  test('when the caller says so, before and in between', async () => {
    const reason = new Error('enough')
    const early = consentByHttp({ url: url(), ...person, signal: AbortSignal.abort(reason) })
    expect(await failure(early)).toBe(reason)
    const controller = new AbortController()
    const asked = hang()
    const error = failure(consentByHttp({ url: url(), ...person, signal: controller.signal }))
    await asked
    controller.abort(reason)
    expect(await error).toBe(reason)
  })

  test('leaving no timer behind', async () => {
    const clock = new ManualClock()
    await consentByHttp({ url: url(), ...person, clock })
    expect(clock.pending).toBe(0)
  })
})
