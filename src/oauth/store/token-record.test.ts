import { describe, expect, test } from 'vitest'
import { InvalidArgumentError } from '../../errors.ts'
import { createTokenSet } from '../tokens/token-set.ts'
import { createMemoryTokenStore } from './memory-token-store.ts'
import { decodeTokenRecord, encodeTokenRecord } from './token-record.ts'
import { formatGrantKey, type GrantKey, type TokenRecord } from './token-store.ts'
import { TokenStoreConflictError, TokenStoreCorruptError } from './token-store-errors.ts'

const key: GrantKey = { clientId: '7_id', profile: 'demo' }
const record: TokenRecord = {
  key,
  generation: 3,
  tokens: createTokenSet({
    accessToken: 'access-A',
    refreshToken: 'refresh-A',
    scope: 'trading',
    obtainedAt: 1_700_000_000_000,
    expiresAt: 1_702_628_000_000,
  }),
  userId: 42,
  status: 'live',
  intent: { startedAt: 1_700_000_000_001, refreshTokenDigest: 'abc' },
}

function reasonOf(text: string, owner: GrantKey = key): unknown {
  try {
    decodeTokenRecord(text, '/somewhere', owner)
  } catch (error) {
    expect(error).toBeInstanceOf(TokenStoreCorruptError)
    expect(JSON.stringify(error) + String(error)).not.toMatch(/access-A|refresh-A/)
    return (error as TokenStoreCorruptError).reason
  }
  return 'fine'
}

describe('a token record as text', () => {
  test('comes back equal', () => {
    const back = decodeTokenRecord(encodeTokenRecord(record), '/somewhere', key)
    expect(back).toMatchObject({ ...record, key: { ...key }, tokens: { scope: 'trading' } })
    expect(back.tokens.accessToken.reveal()).toBe('access-A')
    expect(back.tokens.refreshToken?.reveal()).toBe('refresh-A')
    expect(back.tokens.expiresAt).toBe(record.tokens.expiresAt)
  })

  test('comes back equal with everything optional left out', () => {
    const tokens = createTokenSet({ accessToken: 'a', obtainedAt: 1 })
    const sparse: TokenRecord = {
      key: { issuer: 'https://x.example', clientId: 'c', userId: 9 },
      generation: 1,
      tokens,
      userId: undefined,
      status: 'dead',
      intent: undefined,
    }
    const back = decodeTokenRecord(encodeTokenRecord(sparse), '/somewhere', sparse.key)
    expect(back).toMatchObject({
      generation: 1,
      status: 'dead',
      userId: undefined,
      intent: undefined,
    })
    expect(back.tokens.refreshToken).toBeUndefined()
    expect(back.tokens.expiresAt).toBeUndefined()
  })

  test('TS-6: what cannot be read is told apart, and never quoted', () => {
    const text = encodeTokenRecord(record)
    expect(reasonOf('')).toBe('unreadable')
    expect(reasonOf('null')).toBe('unreadable')
    for (let end = 1; end < text.trimEnd().length; end += 7) {
      expect(reasonOf(text.slice(0, end))).toBe('unreadable')
    }
    expect(reasonOf(text.replace('"version":1', '"version":2'))).toBe('unknown-version')
    expect(reasonOf(text.replace('"version":1', '"version":"1"'))).toBe('unreadable')
    expect(reasonOf(text, { ...key, profile: 'live' })).toBe('wrong-owner')
    expect(reasonOf(text, { ...key, clientId: 'other' })).toBe('wrong-owner')
  })

  test.each([
    ['"generation":3', '"generation":0'],
    ['"generation":3', '"generation":"3"'],
    ['"status":"live"', '"status":"fine"'],
    ['"accessToken":"access-A"', '"accessToken":""'],
    ['"accessToken":"access-A"', '"accessToken":7'],
    ['"refreshToken":"refresh-A"', '"refreshToken":"a b"'],
    ['"scope":"trading"', '"scope":"all"'],
    ['"expiresAt":1702628000000', '"expiresAt":"soon"'],
    ['"obtainedAt":1700000000000', '"obtainedAt":null'],
    ['"userId":42', '"userId":-1'],
    ['"startedAt":1700000000001', '"startedAt":true'],
    ['"profile":"demo"', '"profile":"../x"'],
    ['"clientId":"7_id"', '"clientId":null'],
  ])('TS-6: %s made into %s is found out', (from, to) => {
    const text = encodeTokenRecord(record).replace(from, to)
    expect(text).toContain(to)
    expect(reasonOf(text)).toBe('invalid-fields')
  })
})

describe('a grant key', () => {
  test('TS-2: separates server, application, user and profile', () => {
    const keys: GrantKey[] = [
      { clientId: 'a', userId: 1 },
      { clientId: 'a', userId: 11 },
      { clientId: 'a', profile: '1' },
      { clientId: 'b', userId: 1 },
      { issuer: 'http://127.0.0.1:4000', clientId: 'a', userId: 1 },
    ]
    expect(new Set(keys.map(formatGrantKey)).size).toBe(keys.length)
    const named: GrantKey = { issuer: 'https://openapi.ctrader.com', clientId: 'a', userId: 1 }
    expect(formatGrantKey(named)).toBe(formatGrantKey({ clientId: 'a', userId: 1 }))
  })

  test.each([
    { clientId: '', userId: 1 },
    { clientId: 'a', userId: 0 },
    { clientId: 'a', userId: 1.5 },
    { clientId: 'a', profile: '' },
    { clientId: 'a', profile: '../../etc' },
    { clientId: 'a', profile: 'x'.repeat(65) },
  ])('CF-8: refuses %j', (wrong) => {
    expect(() => formatGrantKey(wrong as GrantKey)).toThrow(InvalidArgumentError)
  })
})

describe('the memory store', () => {
  test('keeps what it is given and forgets it on demand', async () => {
    const store = createMemoryTokenStore()
    expect(await store.load(key)).toBeUndefined()
    await store.save({ ...record, generation: 1 }, 0)
    expect((await store.load(key))?.tokens.accessToken.reveal()).toBe('access-A')
    expect(await store.list()).toEqual([key])
    expect(await store.delete(key)).toBe(true)
    expect(await store.delete(key)).toBe(false)
    expect(await store.load(key)).toBeUndefined()
  })

  test('refuses a writer who has not seen the last rotation', async () => {
    const store = createMemoryTokenStore()
    await store.save({ ...record, generation: 1 }, 0)
    await expect(store.save({ ...record, generation: 1 }, 0)).rejects.toThrow(
      TokenStoreConflictError,
    )
    await store.save({ ...record, generation: 2 }, 1)
    const late = store.save({ ...record, generation: 2 }, 1)
    await expect(late).rejects.toMatchObject({ facts: { expected: 1, found: 2 } })
    await store.save({ ...record, generation: 2, status: 'dead' }, 2)
    expect(await store.load(key)).toMatchObject({ generation: 2, status: 'dead' })
  })

  test('refuses a record that skips a generation', async () => {
    const store = createMemoryTokenStore()
    await expect(store.save({ ...record, generation: 2 }, 0)).rejects.toThrow(InvalidArgumentError)
    await expect(store.save({ ...record, generation: 0 }, 0)).rejects.toThrow(InvalidArgumentError)
  })
})
