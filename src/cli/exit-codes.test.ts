import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exitCodeOf, exitCodes } from './exit-codes.ts'

function failure(code: unknown, more: Record<string, unknown> = {}): Error {
  return Object.assign(new Error('failed'), { code, ...more })
}

describe('the exit status of an error', () => {
  test.each([
    ['USAGE', 2],
    ['MANUAL_INPUT', 2],
    ['LOGIN_NEEDED', 3],
    ['REAUTHORIZATION_REQUIRED', 3],
    ['AUTHORIZATION_DENIED', 4],
    ['ORDER_REJECTED', 4],
    ['UNKNOWN_SYMBOL', 5],
    ['ORDER_OUTCOME_UNKNOWN', 6],
    ['CONNECTION_LOST', 7],
    ['AUTHORIZATION_TIMEOUT', 7],
  ])('%s is %d', (code, status) => {
    expect(exitCodeOf(failure(code))).toBe(status)
  })

  test('what nobody foresaw is 1', () => {
    expect(exitCodeOf(failure('NO_SUCH_CODE'))).toBe(1)
    expect(exitCodeOf(failure('toString'))).toBe(1)
    expect(exitCodeOf(failure(7))).toBe(1)
    expect(exitCodeOf(new Error('plain'))).toBe(1)
    expect(exitCodeOf('a text')).toBe(1)
    expect(exitCodeOf(undefined)).toBe(1)
  })

  test('a refused request is 4, unless the token is what was refused', () => {
    const refused = (serverCode: string) => exitCodeOf(failure('REQUEST_REFUSED', { serverCode }))
    expect(refused('TRADING_DISABLED')).toBe(exitCodes.refused)
    expect(refused('CH_ACCESS_TOKEN_INVALID')).toBe(exitCodes.loginNeeded)
    expect(refused('OA_AUTH_TOKEN_EXPIRED')).toBe(exitCodes.loginNeeded)
  })

  test('every error of login and tokens has one that was chosen', () => {
    const folder = join(import.meta.dirname, '../oauth')
    const codes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8'))
      .flatMap((text) =>
        Array.from(text.matchAll(/super\(\s*'([A-Z]+(?:_[A-Z]+)+)'/g), ([, code]) => code),
      )
    expect(codes.length).toBeGreaterThan(20)
    const internal = new Set([
      'CALLBACK_LISTENER_CLOSED',
      'GRANT_CLOSED',
      'TOKEN_RESPONSE_MALFORMED',
    ])
    const left = codes.filter(
      (code) => exitCodeOf(failure(code)) === 1 && !internal.has(code ?? ''),
    )
    expect(left).toEqual([])
  })
})
