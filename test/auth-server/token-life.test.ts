import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AuthBehaviour, tokenFingerprint } from '../../src/sandbox/index.ts'
import { adminToken, type Fixture, startFixture } from './fixture.ts'
import { credentials, type Fields, TokenClient } from './token-client.ts'

let fixture: Fixture
let client: TokenClient
beforeEach(async () => {
  fixture = await startFixture()
  client = new TokenClient(fixture)
})
afterEach(() => fixture.server.close())

const set = (changes: Partial<AuthBehaviour>): void => fixture.server.control.behaviour.set(changes)
const grant = () => client.grant()
const code = () => client.code()
const refresh = (token: string, more?: Fields) => client.refresh(token, more)
const exchange = (given: string, more?: Fields) => client.exchange(given, more)
const kind = (token: unknown) => fixture.identity.access(String(token)).kind

describe('the life of tokens', () => {
  test('lifetimes of codes and access tokens', async () => {
    set({ tokenLifetimeSeconds: 100, codeLifetimeSeconds: 5 })
    const inTime = code()
    fixture.clock.advance(4_999)
    const late = code()
    const { json } = await exchange(inTime)
    expect(json['expiresIn']).toBe(100)
    fixture.clock.advance(5_000)
    expect((await exchange(late)).json).toHaveProperty('errorCode', 'ACCESS_DENIED')
    fixture.clock.advance(95_000)
    expect(kind(json['accessToken'])).toBe('expired')
  })

  test('a new consent ends older grants, their refresh tokens, or nothing', async () => {
    const run = async (reconsentInvalidates: AuthBehaviour['reconsentInvalidates']) => {
      set({ reconsentInvalidates })
      const { json: first } = await exchange(code())
      await exchange(code())
      const access = kind(first['accessToken'])
      const { json } = await refresh(String(first['refreshToken']))
      return [access, json['errorCode']]
    }
    expect(await run(true)).toEqual(['unknown', 'ACCESS_DENIED'])
    expect(await run('refresh-token')).toEqual(['valid', 'ACCESS_DENIED'])
    expect(await run(false)).toEqual(['valid', null])
  })

  test('a code used twice ends its tokens, or is only refused', async () => {
    const run = async (codeReplayRevokes: boolean) => {
      set({ codeReplayRevokes })
      const used = code()
      const { json } = await exchange(used)
      expect((await exchange(used)).json).toHaveProperty('errorCode', 'ACCESS_DENIED')
      return kind(json['accessToken'])
    }
    expect(await run(true)).toBe('unknown')
    expect(await run(false)).toBe('valid')
  })

  test('a code used twice by somebody else ends nothing', async () => {
    const used = code()
    const { json } = await exchange(used)
    await exchange(used, { ...credentials, client_secret: 'wrong' })
    expect(kind(json['accessToken'])).toBe('valid')
  })

  test('a refresh token used twice is refused, or ends the living pair', async () => {
    const run = async (refreshReplayRevokes: boolean) => {
      set({ refreshReplayRevokes })
      const old = grant()
      const { json } = await refresh(old.refreshToken)
      expect((await refresh(old.refreshToken)).json).toHaveProperty('errorCode', 'ACCESS_DENIED')
      return kind(json['accessToken'])
    }
    expect(await run(false)).toBe('valid')
    expect(await run(true)).toBe('unknown')
  })

  test('within the grace period a spent refresh token gets the same pair again, and no longer', async () => {
    set({ refreshGraceSeconds: 30 })
    const old = grant()
    const { json: first } = await refresh(old.refreshToken)
    fixture.clock.advance(29_999)
    const { json: again } = await refresh(old.refreshToken)
    expect([again['accessToken'], again['refreshToken']]).toEqual([
      first['accessToken'],
      first['refreshToken'],
    ])
    expect(again['expiresIn']).toBe(2_628_000 - 30)
    fixture.clock.advance(1)
    expect((await refresh(old.refreshToken)).json).toHaveProperty('errorCode', 'ACCESS_DENIED')
  })

  test('the grace ends when the new refresh token is used', async () => {
    set({ refreshGraceSeconds: 30 })
    const old = grant()
    const { json: first } = await refresh(old.refreshToken)
    const { json: second } = await refresh(String(first['refreshToken']))
    expect((await refresh(old.refreshToken)).json).toHaveProperty('errorCode', 'ACCESS_DENIED')
    expect(kind(second['accessToken'])).toBe('valid')
  })

  test('the refresh token is new, the same, or left out and good', async () => {
    const run = async (refreshRotation: AuthBehaviour['refreshRotation']) => {
      set({ refreshRotation })
      const old = grant()
      const { json } = await refresh(old.refreshToken)
      expect(kind(old.accessToken)).toBe('unknown')
      expect(kind(json['accessToken'])).toBe('valid')
      const again = await refresh(old.refreshToken)
      return [
        json['refreshToken'] === old.refreshToken,
        'refreshToken' in json,
        again.json['errorCode'],
      ]
    }
    expect(await run('new')).toEqual([false, true, 'ACCESS_DENIED'])
    expect(await run('same')).toEqual([true, true, null])
    expect(await run('omit')).toEqual([false, false, null])
  })

  test('the first exchange has a refresh token whatever refreshes leave out', async () => {
    set({ refreshRotation: 'omit' })
    expect((await exchange(code())).json).toHaveProperty('refreshToken')
  })

  test('the access token before a refresh works on for a while, but not beyond its own end', async () => {
    set({ oldAccessTokenSeconds: 10 })
    const old = grant()
    await refresh(old.refreshToken)
    fixture.clock.advance(9_999)
    expect(kind(old.accessToken)).toBe('valid')
    fixture.clock.advance(1)
    expect(kind(old.accessToken)).toBe('unknown')
    set({ tokenLifetimeSeconds: 5 })
    const short = grant()
    await refresh(short.refreshToken)
    fixture.clock.advance(5_000)
    expect(kind(short.accessToken)).toBe('unknown')
  })

  test('revoking ends what still works of an old pair as well', async () => {
    set({ oldAccessTokenSeconds: 1_000 })
    const old = grant()
    const { json } = await refresh(old.refreshToken)
    expect(fixture.server.control.grants.revoke()).toBe(1)
    expect([kind(old.accessToken), kind(json['accessToken'])]).toEqual(['unknown', 'unknown'])
  })
})

test('what a careful client would not have done is told, and nothing of a careful one', async () => {
  const { requests } = fixture.server.control
  const { json } = await exchange(code())
  await refresh(String(json['refreshToken']))
  expect(requests.findings()).toEqual([])
  await refresh(String(json['refreshToken']))
  const late = code()
  fixture.clock.advance(60_000)
  await exchange(late)
  const query = new URLSearchParams({
    ...credentials,
    refresh_token: 'x',
    grant_type: 'refresh_token',
  })
  for (let count = 0; count < 2; count++) await fetch(`${fixture.server.tokenUrl}?${query}`)
  expect(requests.findings().map(({ kind, fingerprint }) => [kind, fingerprint])).toEqual([
    ['sent-again', tokenFingerprint(String(json['refreshToken']))],
    ['code-late', tokenFingerprint(late)],
    ['secret-in-url', undefined],
  ])
  const listed = await fetch(`${fixture.server.origin}/admin/oauth/requests/findings`, {
    headers: { authorization: `Bearer ${adminToken}` },
  })
  expect(await listed.json()).toMatchObject({ findings: [{}, {}, {}] })
})
