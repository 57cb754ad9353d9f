import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { OAuthConfigurationError } from '../errors.ts'
import { checkState, createState, isStateAcceptable, stateDigest } from './state.ts'

describe('the state of a login', () => {
  test('ST-1: is 32 random bytes in base64url', () => {
    const state = createState()
    expect(state).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(Buffer.from(state, 'base64url')).toHaveLength(32)
    expect(new Set(Array.from({ length: 200 }, () => createState())).size).toBe(200)
  })

  test('ST-1: carries exactly the bytes of the random source', () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => 255 - index)
    expect(createState(() => bytes)).toBe(Buffer.from(bytes).toString('base64url'))
  })

  test('ST-1: a random source that fails or gives too little is an error', () => {
    expect(() => createState(() => new Uint8Array(16))).toThrow(OAuthConfigurationError)
    expect(() =>
      createState(() => {
        throw new Error('no entropy')
      }),
    ).toThrow('no entropy')
  })

  test('ST-2: a server needs to keep only its SHA-256', async () => {
    const digest = await stateDigest('abc')
    expect(digest).toBe(createHash('sha256').update('abc').digest('base64url'))
  })

  test('ST-4: values of any length are compared by their digests, without throwing', async () => {
    const state = createState()
    const digest = await stateDigest(state)
    for (const other of ['x', state.slice(1), `${state}x`, 'ä'.repeat(500), ` ${state}`]) {
      expect(await checkState(other, digest)).toBe('mismatch')
    }
    expect(await checkState(state, 'no digest at all')).toBe('mismatch')
    expect(await checkState(state, digest)).toBe('match')
  })

  test('ST-5: a check has three results', async () => {
    const state = createState()
    const digest = await stateDigest(state)
    expect(await checkState(state, digest)).toBe('match')
    expect(await checkState(createState(), digest)).toBe('mismatch')
    expect(await checkState(null, digest)).toBe('absent')
    expect(await checkState(undefined, digest)).toBe('absent')
    expect(await checkState([], digest)).toBe('absent')
  })

  test('ST-5: an empty, shortened, lengthened or repeated state is a mismatch', async () => {
    const state = createState()
    const digest = await stateDigest(state)
    for (const wrong of ['', state.slice(1), `${state}x`, state.toLowerCase().replace(/./, '!')]) {
      expect(await checkState(wrong, digest)).toBe('mismatch')
    }
    expect(await checkState([state, state], digest)).toBe('mismatch')
    for (let at = 0; at < digest.length; at++) {
      const other = digest[at] === 'A' ? 'B' : 'A'
      const changed = digest.slice(0, at) + other + digest.slice(at + 1)
      expect(await checkState(state, changed)).toBe('mismatch')
    }
    // A digest that is no digest matches nothing, not even itself.
    expect(await checkState(state, state)).toBe('mismatch')
    expect(await checkState(state, '')).toBe('mismatch')
  })

  test('ST-6: absence is accepted only for a bound flow under bound-flow', () => {
    expect(isStateAcceptable('absent', 'bound-flow', true)).toBe(true)
    expect(isStateAcceptable('absent', 'bound-flow', false)).toBe(false)
    expect(isStateAcceptable('absent', 'strict', true)).toBe(false)
    for (const policy of ['strict', 'bound-flow'] as const) {
      for (const bound of [true, false]) {
        expect(isStateAcceptable('match', policy, bound)).toBe(true)
        expect(isStateAcceptable('mismatch', policy, bound)).toBe(false)
      }
    }
  })
})
