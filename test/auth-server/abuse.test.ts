import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  application,
  authorizeUrl,
  bob,
  type Fixture,
  redirectUri,
  startFixture,
  Visitor,
} from './fixture.ts'
import { TokenClient } from './token-client.ts'

let fixture: Fixture
let client: TokenClient
beforeEach(async () => {
  fixture = await startFixture()
  client = new TokenClient(fixture)
})
afterEach(() => fixture.server.close())

const visitor = (changes: Readonly<Record<string, string | undefined>> = {}): Visitor =>
  new Visitor(authorizeUrl(fixture.server, changes))
const decision = { step: 'decision', decision: 'allow', account: '1001' } as const

describe('forms', () => {
  test('a decision that is sent again changes nothing and leads nowhere', async () => {
    const browser = visitor()
    await browser.signIn()
    const token = browser.formToken
    const first = await browser.send(decision)
    expect(first.response.status).toBe(302)
    const again = await browser.send({ ...decision, form_token: token })
    expect([again.response.status, again.response.headers.get('location')]).toEqual([422, null])
    expect(again.html).toContain('This page has grown old')
    // The page that came back is good for another decision.
    expect((await browser.send(decision)).response.status).toBe(302)
  })

  test('ticking accounts spends no page', async () => {
    const browser = visitor()
    await browser.signIn()
    const token = browser.formToken
    await browser.send({ step: 'decision', tick: 'live-none', account: '1001' })
    const { response } = await browser.send({ ...decision, form_token: token })
    expect(response.status).toBe(302)
  })

  test('two pages in one browser can both be decided', async () => {
    const one = visitor()
    await one.signIn()
    const other = visitor({ scope: 'accounts' })
    other.cookie = one.cookie
    await other.open()
    expect((await one.send(decision)).response.status).toBe(302)
    expect((await other.send(decision)).response.status).toBe(302)
  })

  test('the token of one browser is worth nothing in another', async () => {
    const victim = visitor()
    await victim.signIn()
    const attacker = visitor()
    await attacker.signIn(bob)
    const forged = await victim.send({ ...decision, form_token: attacker.formToken })
    expect(forged.response.status).toBe(422)
    expect(forged.response.headers.get('location')).toBeNull()
  })

  test('a session that was planted before the sign-in is worth nothing after it', async () => {
    const attacker = visitor()
    await attacker.open()
    const planted = attacker.cookie
    const victim = visitor()
    victim.cookie = planted
    await victim.signIn()
    expect(victim.cookie).not.toBe(planted)
    expect((await attacker.open()).html).toContain('Sign in with your cTrader ID')
    expect((await attacker.send(decision)).response.status).toBe(422)
  })

  test('a decision from elsewhere, without the cookie, asks who is there', async () => {
    const { response, html } = await visitor().send(decision)
    expect(response.status).toBe(422)
    expect(html).toContain('Sign in with your cTrader ID')
  })
})

describe('what strangers write', () => {
  test('is text, wherever it is shown', async () => {
    const evil = `"><script>alert('1')</script>`
    const { clientId } = fixture.server.control.applications.create({
      name: evil,
      description: evil,
      redirectUris: ['http://127.0.0.1:1/"><script>'],
    })
    const pages = [
      visitor({ client_id: clientId, redirect_uri: evil }),
      visitor({ client_id: clientId, redirect_uri: 'http://127.0.0.1:1/"><script>' }),
    ]
    for (const browser of pages) {
      for (const { html } of [
        await browser.open(),
        await browser.signIn({ username: evil, password: evil }),
        await browser.signIn(),
      ]) {
        expect(html).not.toContain('<script')
      }
    }
  })

  test('a state full of line breaks makes no header of its own', async () => {
    fixture.server.control.behaviour.set({ echoState: 'always' })
    const state = 'a\r\nSet-Cookie: evil=1\r\n\r\n<html>'
    const browser = visitor({ state })
    const location = await browser.allow()
    expect(location).not.toMatch(/[\r\n]/)
    expect(new URL(location).searchParams.get('state')).toBe(state)
  })

  const astray = [
    'https://evil.example/auth/callback',
    '//evil.example/auth/callback',
    `${redirectUri}@evil.example`,
    `${redirectUri}%0d%0aLocation:https://evil.example`,
    `${redirectUri}\\@evil.example`,
    `${redirectUri}#@evil.example`,
    redirectUri.replace('127.0.0.1', '127.1'),
    redirectUri.replace('127.0.0.1', '127.0.0.1.evil.example'),
    redirectUri.toUpperCase(),
    `${redirectUri} `,
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
  ]
  test.each(astray)('nobody is sent to %j, whatever is decided', async (uri) => {
    const browser = visitor({ redirect_uri: uri })
    await browser.open()
    for (const step of [
      { step: 'sign-in', username: 'alice', password: 'canary-password' },
      decision,
    ]) {
      const { response } = await browser.send(step)
      expect([response.status, response.headers.get('location')]).toEqual([400, null])
    }
    const { faults } = fixture.server.control
    expect(faults.list()).toEqual([])
    expect(() =>
      fixture.server.control.consents.allow(authorizeUrl(fixture.server, { redirect_uri: uri })),
    ).toThrow(/Invalid redirect URI/)
  })
})

describe('many at once', () => {
  test('of simultaneous exchanges of one code one gets tokens', async () => {
    fixture.server.control.behaviour.set({ codeReplayRevokes: false })
    const code = client.code()
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.exchange(code)))
    const won = answers.filter(({ json }) => 'accessToken' in json)
    expect(won).toHaveLength(1)
    expect(fixture.identity.access(String(won[0]?.json['accessToken'])).kind).toBe('valid')
  })

  test('of simultaneous refreshes with one token one gets tokens', async () => {
    const { refreshToken } = client.grant()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => client.refresh(refreshToken)),
    )
    expect(answers.filter(({ json }) => 'accessToken' in json)).toHaveLength(1)
    expect(fixture.server.control.grants.list()).toMatchObject([{ generation: 2 }])
  })
})

test('somebody who never finishes the headers is hung up on, and keeps nobody waiting', {
  timeout: 40_000,
}, async () => {
  const slow = Array.from({ length: 30 }, () => connect(fixture.server.port, '127.0.0.1'))
  await Promise.all(slow.map((socket) => once(socket, 'connect')))
  for (const socket of slow) {
    socket.on('error', () => {}).resume()
    socket.write(
      `GET /apps/auth?client_id=${application.clientId} HTTP/1.1\r\nHost: localhost\r\nX-A: `,
    )
  }
  expect((await fetch(fixture.server.consoleUrl)).status).toBe(200)
  await Promise.all(slow.map((socket) => once(socket, 'close')))
})
