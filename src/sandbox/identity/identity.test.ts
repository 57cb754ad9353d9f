import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import { InvalidArgumentError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import { Random } from '../random.ts'
import {
  Identity,
  type IdentityOptions,
  type Invalidation,
  isRefusal,
  type TokenPair,
} from './index.ts'

const redirectUri = 'http://127.0.0.1:8080/auth/callback'
const app = { clientId: 'app', clientSecret: 'app secret' }
const person = { userId: 1, accountIds: [1001, 1002, 2001] }
let clock: ManualClock
let identity: Identity
let events: Invalidation[]

function make(options: Partial<IdentityOptions> = {}): Identity {
  const made = new Identity({ clock, random: new Random(7), ...options })
  for (const status of ['active', 'submitted'] as const) {
    made.addApplication({
      clientId: status === 'active' ? 'app' : 'new',
      clientSecret: status === 'active' ? 'app secret' : 'new secret',
      name: 'An application',
      redirectUris: [redirectUri, 'http://localhost:8080/auth/callback'],
      status,
    })
  }
  made.addApplication({
    clientId: 'other',
    clientSecret: 'other secret',
    name: 'Another application',
    redirectUris: [redirectUri],
    status: 'active',
  })
  made.addCtid({ ...person, username: 'alice', password: 'wonderland' })
  made.addCtid({ userId: 2, username: 'bob', password: 'builder', accountIds: [3001] })
  made.onInvalidated((event) => events.push(event))
  return made
}

beforeEach(() => {
  clock = new ManualClock()
  events = []
  identity = make()
})

function consent(clientId = 'app'): string {
  return identity.issueCode({ clientId, redirectUri, ...person, scope: 'trading' })
}

function login(clientId = 'app'): TokenPair {
  const code = consent(clientId)
  return tokens(
    identity.redeemCode({ code, clientId, clientSecret: `${clientId} secret`, redirectUri }),
  )
}

function tokens(outcome: ReturnType<Identity['refresh']>): TokenPair {
  if (isRefusal(outcome)) throw new Error(`refused: ${outcome.reason}`)
  return outcome
}

function kind(pair: TokenPair): string {
  return identity.access(pair.accessToken).kind
}

describe('codes', () => {
  test('a code is traded once for tokens of the shape of the original', () => {
    const code = consent()
    expect(code).toMatch(/^[0-9a-f]{50}$/)
    const pair = tokens(identity.redeemCode({ code, ...app, redirectUri }))
    expect(pair).toEqual({
      accessToken: expect.stringMatching(/^[\w-]{43}$/),
      refreshToken: expect.stringMatching(/^[\w-]{43}$/),
      expiresIn: 2_628_000,
      scope: 'trading',
    })
    expect(identity.access(pair.accessToken)).toEqual({
      kind: 'valid',
      grant: {
        userId: 1,
        clientId: 'app',
        scope: 'trading',
        accountIds: [1001, 1002, 2001],
        expiresAt: clock.now() + 2_628_000_000,
      },
    })
    expect(identity.redeemCode({ code, ...app, redirectUri })).toMatchObject({
      reason: 'used-code',
    })
    expect(events).toMatchObject([{ cause: 'revoked', accessToken: pair.accessToken }])
  })

  test('a code is good for less than 60 seconds', () => {
    const [inTime, late] = [consent(), consent()]
    clock.advance(59_999)
    expect(isRefusal(identity.redeemCode({ code: inTime, ...app, redirectUri }))).toBe(false)
    clock.advance(1)
    expect(identity.redeemCode({ code: late, ...app, redirectUri })).toMatchObject({
      reason: 'expired-code',
    })
  })

  const wrong = [
    ['an unknown client', { clientId: 'nobody' }, 'unknown-client'],
    ['a wrong secret', { clientSecret: 'app secre' }, 'wrong-secret'],
    ['an empty secret', { clientSecret: '' }, 'wrong-secret'],
    [
      'an inactive application',
      { clientId: 'new', clientSecret: 'new secret' },
      'inactive-application',
    ],
    ['a code nobody issued', { code: 'f'.repeat(50) }, 'unknown-code'],
    ['an empty code', { code: '' }, 'unknown-code'],
    [
      'another application',
      { clientId: 'other', clientSecret: 'other secret' },
      'other-clients-code',
    ],
    [
      'another redirect URI of the same application',
      { redirectUri: 'http://localhost:8080/auth/callback' },
      'wrong-redirect-uri',
    ],
    ['a redirect URI with a slash more', { redirectUri: `${redirectUri}/` }, 'wrong-redirect-uri'],
  ] as const
  test.each(wrong)(
    '%s is refused like everything else and changes nothing',
    (_name, change, reason) => {
      const bystander = login('other')
      const code = consent()
      expect(identity.redeemCode({ code, ...app, redirectUri, ...change })).toEqual({
        refused: 'ACCESS_DENIED',
        description: 'Access denied. Make sure the credentials are valid.',
        reason,
      })
      expect(kind(bystander)).toBe('valid')
      expect(events).toEqual([])
      expect(isRefusal(identity.redeemCode({ code, ...app, redirectUri }))).toBe(false)
    },
  )

  test('ten thousand later codes push the oldest out, which is then unknown', () => {
    const first = consent()
    const second = consent()
    for (let count = 0; count < 9_999; count++) consent()
    expect(identity.redeemCode({ code: first, ...app, redirectUri })).toMatchObject({
      reason: 'unknown-code',
    })
    expect(isRefusal(identity.redeemCode({ code: second, ...app, redirectUri }))).toBe(false)
  })

  test('the caller cannot issue a code for what was never checked', () => {
    const input = { clientId: 'app', redirectUri, ...person, scope: 'accounts' } as const
    for (const change of [
      { clientId: 'nobody' },
      { redirectUri: 'http://127.0.0.1:9/' },
      { userId: 99 },
      { accountIds: [] },
      { accountIds: [1001, 3001] },
    ]) {
      expect(() => identity.issueCode({ ...input, ...change })).toThrow(InvalidArgumentError)
    }
  })
})

describe('access', () => {
  test('an access token ends after its lifetime, to the millisecond', () => {
    const pair = login()
    clock.advance(2_628_000_000 - 1)
    expect(kind(pair)).toBe('valid')
    clock.advance(1)
    expect(kind(pair)).toBe('expired')
    expect(identity.access('nonsense')).toEqual({ kind: 'unknown' })
    expect(identity.access(pair.refreshToken)).toEqual({ kind: 'unknown' })
  })

  test('the lifetime is a choice', () => {
    identity = make({ tokenLifetimeSeconds: 5, codeLifetimeSeconds: 2 })
    const pair = login()
    expect(pair.expiresIn).toBe(5)
    clock.advance(5_000)
    expect(kind(pair)).toBe('expired')
    for (const seconds of [0, -1, 0.5, Number.NaN]) {
      expect(() => make({ tokenLifetimeSeconds: seconds })).toThrow(InvalidArgumentError)
      expect(() => make({ codeLifetimeSeconds: seconds })).toThrow(InvalidArgumentError)
    }
  })

  test('what is returned cannot change the grant', () => {
    const accountIds = [1001]
    const pair = identity.issueTokens({ clientId: 'app', userId: 1, accountIds, scope: 'accounts' })
    accountIds.push(2001)
    const access = identity.access(pair.accessToken)
    expect(access).toMatchObject({ grant: { accountIds: [1001] } })
    if (access.kind === 'valid') expect(Object.isFrozen(access.grant.accountIds)).toBe(true)
  })
})

describe('refresh', () => {
  test('the old pair is dead, the new one lives, and it is announced before the answer', () => {
    const old = login()
    let livesAtAnnouncement = ''
    identity.onInvalidated((event) => {
      livesAtAnnouncement = identity.access(event.accessToken).kind
    })
    const fresh = tokens(identity.refresh({ refreshToken: old.refreshToken, ...app }))
    expect(fresh.accessToken).not.toBe(old.accessToken)
    expect(fresh.refreshToken).not.toBe(old.refreshToken)
    expect(fresh).toMatchObject({ scope: 'trading', expiresIn: 2_628_000 })
    expect(kind(old)).toBe('unknown')
    expect(kind(fresh)).toBe('valid')
    expect(livesAtAnnouncement).toBe('unknown')
    expect(events).toEqual([
      {
        accountIds: [1001, 1002, 2001],
        userId: 1,
        clientId: 'app',
        accessToken: old.accessToken,
        cause: 'refreshed',
        successor: fresh.accessToken,
        reason: 'The access token was refreshed',
      },
    ])
  })

  test('it works long after the access token has ended', () => {
    const old = login()
    clock.advance(100 * 86_400_000)
    expect(kind(old)).toBe('expired')
    expect(kind(tokens(identity.refresh({ refreshToken: old.refreshToken, ...app })))).toBe('valid')
  })

  test('a used refresh token is refused and the living pair stays', () => {
    const old = login()
    const fresh = tokens(identity.refresh({ refreshToken: old.refreshToken, ...app }))
    expect(identity.refresh({ refreshToken: old.refreshToken, ...app })).toMatchObject({
      refused: 'ACCESS_DENIED',
      reason: 'used-refresh-token',
    })
    expect(kind(fresh)).toBe('valid')
    expect(events).toHaveLength(1)
    expect(isRefusal(identity.refresh({ refreshToken: fresh.refreshToken, ...app }))).toBe(false)
  })

  test('on the socket no secret is needed, but the application must be the right one', () => {
    const old = login()
    const { refreshToken } = old
    expect(identity.refresh({ refreshToken, clientId: 'other' })).toMatchObject({
      reason: 'other-clients-refresh-token',
    })
    expect(identity.refresh({ refreshToken, clientId: 'nobody' })).toMatchObject({
      reason: 'unknown-client',
    })
    expect(identity.refresh({ refreshToken, clientId: 'new' })).toMatchObject({
      reason: 'inactive-application',
    })
    expect(kind(old)).toBe('valid')
    expect(isRefusal(identity.refresh({ refreshToken, clientId: 'app' }))).toBe(false)
  })

  test('wrong secrets and unknown tokens are refused and spend nothing', () => {
    const old = login()
    const { refreshToken } = old
    expect(identity.refresh({ refreshToken, ...app, clientSecret: 'x' })).toMatchObject({
      reason: 'wrong-secret',
    })
    expect(identity.refresh({ refreshToken: 'x', ...app })).toMatchObject({
      reason: 'unknown-refresh-token',
    })
    expect(identity.refresh({ refreshToken: old.accessToken, ...app })).toMatchObject({
      reason: 'unknown-refresh-token',
    })
    expect(kind(old)).toBe('valid')
    expect(isRefusal(identity.refresh({ refreshToken, ...app }))).toBe(false)
  })

  test('a listener that fails costs nobody their tokens, and a removed one hears nothing', () => {
    const failures: string[] = []
    const note = (): void => {}
    const logger: Logger = {
      debug: note,
      info: note,
      warn: note,
      error: (_fields, text) => failures.push(text),
    }
    identity = make({ logger })
    let heard = 0
    identity.onInvalidated(() => {
      throw new Error('listener')
    })
    const stop = identity.onInvalidated(() => heard++)
    const second = tokens(identity.refresh({ refreshToken: login().refreshToken, ...app }))
    expect(kind(second)).toBe('valid')
    expect([heard, failures.length]).toEqual([1, 1])
    stop()
    tokens(identity.refresh({ refreshToken: second.refreshToken, ...app }))
    expect(heard).toBe(1)
  })
})

describe('consenting again', () => {
  test('ends the older grants of the same person to the same application, and only those', () => {
    const old = login()
    const elsewhere = login('other')
    const bobs = identity.issueTokens({
      clientId: 'app',
      userId: 2,
      accountIds: [3001],
      scope: 'accounts',
    })
    const fresh = login()
    expect([old, elsewhere, bobs, fresh].map(kind)).toEqual(['unknown', 'valid', 'valid', 'valid'])
    expect(identity.refresh({ refreshToken: old.refreshToken, ...app })).toMatchObject({
      reason: 'used-refresh-token',
    })
    expect(events).toEqual([
      expect.objectContaining({
        accessToken: old.accessToken,
        reason: 'The user authorized the application again',
      }),
    ])
  })

  test('only the exchange of the code counts, not the consent alone', () => {
    const old = login()
    consent()
    expect(kind(old)).toBe('valid')
  })

  test('leaves them alone when the switch says so', () => {
    identity = make({ reconsentInvalidates: false })
    const old = login()
    const fresh = login()
    expect([kind(old), kind(fresh)]).toEqual(['valid', 'valid'])
    tokens(identity.refresh({ refreshToken: fresh.refreshToken, ...app }))
    expect(kind(old)).toBe('valid')
  })

  test('ready-made tokens end nobody, and outlive a consent only when told to', () => {
    const issue = (survivesReconsent: boolean): TokenPair =>
      identity.issueTokens({ clientId: 'app', ...person, scope: 'trading', survivesReconsent })
    const [mortal, survivor] = [issue(false), issue(true)]
    expect([kind(mortal), kind(survivor)]).toEqual(['valid', 'valid'])
    const heir = tokens(identity.refresh({ refreshToken: survivor.refreshToken, ...app }))
    login()
    expect([kind(mortal), kind(heir)]).toEqual(['unknown', 'valid'])
  })
})

describe('people and applications', () => {
  test('a person signs in with the right name and password only', () => {
    expect(identity.signIn('alice', 'wonderland')).toMatchObject({ userId: 1 })
    for (const [name, password] of [
      ['alice', 'builder'],
      ['alice', ''],
      ['Alice', 'wonderland'],
      ['', ''],
    ] as const) {
      expect(identity.signIn(name, password)).toBeUndefined()
    }
  })

  test('an application authenticates, or it is said why not', () => {
    expect(identity.authenticateApplication('app', 'app secret')).toBe('ok')
    expect(identity.authenticateApplication('app', 'wrong')).toBe('wrong-secret')
    expect(identity.authenticateApplication('new', 'new secret')).toBe('inactive')
    expect(identity.authenticateApplication('new', 'wrong')).toBe('wrong-secret')
    expect(identity.authenticateApplication('nobody', '')).toBe('unknown')
    expect(identity.findApplication('app')?.name).toBe('An application')
    expect(identity.findCtid(2)?.username).toBe('bob')
  })

  test('names and ids are taken once', () => {
    const [application] = identity.applications
    const [ctid] = identity.ctids
    if (application === undefined || ctid === undefined) throw new Error('nobody there')
    expect(() => identity.addApplication(application)).toThrow(InvalidArgumentError)
    expect(() => identity.addCtid({ ...ctid, userId: 9 })).toThrow(/taken/)
    expect(() => identity.addCtid({ ...ctid, username: 'carol' })).toThrow(/taken/)
  })
})

test('the same seed gives the same codes and tokens, whatever else is drawn in between', () => {
  const random = new Random(7)
  const twin = make({ random })
  random.next()
  const code = consent()
  expect(twin.issueCode({ clientId: 'app', redirectUri, ...person, scope: 'trading' })).toBe(code)
  const pair = tokens(identity.redeemCode({ code, ...app, redirectUri }))
  expect(twin.redeemCode({ code, ...app, redirectUri })).toEqual(pair)
  const other = make({ random: new Random(8) })
  expect(other.issueCode({ clientId: 'app', redirectUri, ...person, scope: 'trading' })).not.toBe(
    code,
  )
})
