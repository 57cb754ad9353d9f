import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { createAuthServer } from '../../src/sandbox/auth-server/create-auth-server.ts'
import { PortInUseError } from '../../src/sandbox/errors.ts'
import { Identity } from '../../src/sandbox/identity/index.ts'
import { Random } from '../../src/sandbox/random.ts'
import { alice, application, authorizeUrl, type Fixture, startFixture } from './fixture.ts'

let fixture: Fixture
beforeEach(async () => {
  fixture = await startFixture()
})
afterEach(() => fixture.server.close())

/** Sends bytes as they are and returns the status line of each answer until the server hangs up. */
async function raw(text: string): Promise<string[]> {
  const socket = connect(fixture.server.port, '127.0.0.1')
  socket.end(text)
  let answer = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answer += chunk
  })
  socket.on('error', () => {})
  await once(socket, 'close')
  return answer.match(/^HTTP\/1\.1 \d{3}/gm) ?? []
}

describe('the front page', () => {
  test('says what this is, where things are, who may sign in, and keeps the secrets', async () => {
    const pair = fixture.identity.issueTokens({
      clientId: application.clientId,
      userId: 1,
      accountIds: [1001],
      scope: 'trading',
    })
    const response = await fetch(fixture.server.consoleUrl)
    const html = await response.text()
    expect(response.status).toBe(200)
    for (const shown of [
      'not connected to it',
      `${fixture.server.origin}/apps/auth`,
      `${fixture.server.origin}/my/settings/openapi/grantingaccess/`,
      `${fixture.server.origin}/apps/token`,
      application.clientId,
      application.redirectUris[0],
      alice.username,
      alice.password,
      '1001',
      '5001',
    ]) {
      expect(html).toContain(shown)
    }
    expect(html).not.toContain('canary-secret')
    expect(html).not.toContain(pair.accessToken)
    expect(html).not.toContain(pair.refreshToken)
  })

  test('has an icon, and nothing on any page comes from elsewhere', async () => {
    const icon = await fetch(`${fixture.server.origin}/favicon.svg`)
    expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
    for (const url of [fixture.server.consoleUrl, authorizeUrl(fixture.server)]) {
      const html = await (await fetch(url)).text()
      expect(html).not.toMatch(/<script|\bstyle="|\bon\w+="|@import|url\(/)
      const links = html.match(/\b(?:src|href)="[^"]*"/g) ?? []
      expect(links).toContain('href="/favicon.svg"')
      for (const link of links) expect(link).toMatch(/^href="\/(?!\/)/)
    }
  })
})

test('every answer forbids caching, guessing, framing and referrers', async () => {
  const { server } = fixture
  const urls = [
    server.consoleUrl,
    authorizeUrl(server),
    authorizeUrl(server, { scope: 'x' }),
    server.tokenUrl,
    `${server.origin}/nowhere`,
    `${server.origin}/favicon.svg`,
  ]
  for (const url of urls) {
    const { headers } = await fetch(url)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src 'self'; .*frame-ancestors 'none'; base-uri 'none'$/,
    )
  }
})

describe('hostile requests', () => {
  test('a name that leads here but is not ours is turned away', async () => {
    const get = (host: string) =>
      raw(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    expect(await get('evil.example')).toEqual(['HTTP/1.1 421'])
    expect(await get(`evil.example:${fixture.server.port}`)).toEqual(['HTTP/1.1 421'])
    expect(await get('localhost.evil.example')).toEqual(['HTTP/1.1 421'])
    expect(await get(`localhost:${fixture.server.port}`)).toEqual(['HTTP/1.1 200'])
    // Somebody forwards another port to this one.
    expect(await get('127.0.0.1:1')).toEqual(['HTTP/1.1 200'])
  })

  const form = 'Content-Type: application/x-www-form-urlencoded'
  const hostile: readonly [string, string][] = [
    ['a path of two slashes', 'GET // HTTP/1.1\r\nHost: localhost'],
    ['a path that looks like a host', 'GET //evil.example/apps/auth HTTP/1.1\r\nHost: localhost'],
    ['a whole address as path', 'GET http://evil.example/ HTTP/1.1\r\nHost: localhost'],
    ['a query of rubbish', 'GET /apps/auth?%ff%zz&&&=&= HTTP/1.1\r\nHost: localhost'],
    ['a path with a broken escape', 'GET /%zz HTTP/1.1\r\nHost: localhost'],
    ['a zero byte', 'GET /apps/token?code=%00 HTTP/1.1\r\nHost: localhost'],
    ['a path upwards', 'GET /apps/../../etc/passwd HTTP/1.1\r\nHost: localhost'],
    ['a host with a space', 'GET / HTTP/1.1\r\nHost: local host'],
    ['no host', 'GET / HTTP/1.1\r\nHost: '],
    ['cookies of rubbish', 'GET / HTTP/1.1\r\nHost: localhost\r\nCookie: =;;; a; %zz=%zz'],
    ['a huge cookie', `GET / HTTP/1.1\r\nHost: localhost\r\nCookie: ${'x'.repeat(20_000)}`],
    ['a body without a type', 'POST /apps/auth HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5'],
    [
      'a form that breaks off',
      `POST /apps/token HTTP/1.1\r\nHost: localhost\r\n${form}\r\nContent-Length: 900`,
    ],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: localhost'],
    ['a huge path', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost`],
    ['no HTTP at all', 'NONSENSE'],
  ]
  test.each(hostile)('%s does no harm', async (_name, head) => {
    const statuses = await raw(`${head}\r\nConnection: close\r\n\r\n`)
    for (const status of statuses) expect(status).toMatch(/ (200|4\d\d)$/)
    expect((await fetch(fixture.server.consoleUrl)).status).toBe(200)
    expect(fixture.log.filter(({ message }) => message === 'A request failed')).toEqual([])
  })

  test('a form that comes in pieces without a length is read', async () => {
    const body = new Blob(['grant_type=', 'refresh_token']).stream()
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
    const response = await fetch(fixture.server.tokenUrl, init)
    expect(await response.json()).toMatchObject({
      description: 'Missing parameter: refresh_token.',
    })
  })

  test('a body beyond 64 KiB is refused, announced or not', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const big = `code=${'x'.repeat(70_000)}`
    for (const url of [fixture.server.tokenUrl, authorizeUrl(fixture.server)]) {
      expect((await fetch(url, { method: 'POST', headers, body: big })).status).toBe(413)
      const body = new Blob([big]).stream()
      const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
      expect((await fetch(url, init)).status).toBe(413)
    }
  })

  test('unknown paths are answered', async () => {
    const response = await fetch(`${fixture.server.origin}/apps/unknown`)
    expect([response.status, await response.text()]).toEqual([
      404,
      expect.stringContaining('There is nothing here'),
    ])
  })
})

describe('its life', () => {
  const start = (port: number) => {
    const clock = new ManualClock()
    const random = new Random(1)
    const identity = new Identity({ clock, random })
    return createAuthServer({
      identity,
      world: { accounts: [] },
      clock,
      random,
      port,
      adminToken: 'x',
    })
  }

  test('it listens on the loopback interface, on the port it says', async () => {
    expect(fixture.server.origin).toBe(`http://127.0.0.1:${fixture.server.port}`)
    expect(fixture.server.authorizeUrl).toBe(`${fixture.server.origin}/apps/auth`)
    const elsewhere = connect(fixture.server.port, '127.0.0.2')
    const [error] = await once(elsewhere, 'error')
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('a port that is taken is a clear error', async () => {
    const failure = await start(fixture.server.port).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(PortInUseError)
    expect(failure).toMatchObject({ facts: { port: fixture.server.port } })
  })

  test('close ends idle and half-open connections, can be repeated, and frees the port', async () => {
    const idle = connect(fixture.server.port, '127.0.0.1')
    const halfway = connect(fixture.server.port, '127.0.0.1')
    await Promise.all([once(idle, 'connect'), once(halfway, 'connect')])
    halfway.write('POST /apps/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc')
    const ends = Promise.all([once(idle, 'close'), once(halfway, 'close')])
    for (const socket of [idle, halfway]) socket.resume().on('error', () => {})
    await fetch(fixture.server.consoleUrl)
    await Promise.all([fixture.server.close(), fixture.server.close()])
    await ends
    const successor = await start(fixture.server.port)
    expect(successor.port).toBe(fixture.server.port)
    await successor.close()
  })
})
