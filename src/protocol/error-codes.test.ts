import { describe, expect, it } from 'vitest'
import { describeErrorCode, type RetryAdvice, serverErrorCodes } from './error-codes.ts'
import { ProtoErrorCode, ProtoOAErrorCode } from './generated/enums.ts'

const codes = Object.entries(serverErrorCodes)

describe('the table of server error codes', () => {
  it('has a row for every code of both enums and the one of the token endpoint, and no other', () => {
    const named = [
      ...Object.keys(ProtoErrorCode),
      ...Object.keys(ProtoOAErrorCode),
      'ACCESS_DENIED',
    ]
    expect(Object.keys(serverErrorCodes).sort()).toEqual(named.sort())
    expect(codes).toHaveLength(10 + 44 + 1)
  })

  it('says in whole sentences what each code means and what to do', () => {
    for (const [code, row] of codes) {
      expect(row.meaning, code).toMatch(/^[A-Z].{15,}\.$/)
      expect(row.remedy, code).toMatch(/^[A-Z].{10,}\.$/)
    }
  })

  it('counts only what is already so as a success', () => {
    const of = (advice: RetryAdvice) =>
      codes.filter(([, row]) => row.retry === advice).map(([code]) => code)
    expect(of('success').sort()).toEqual([
      'ALREADY_LOGGED_IN',
      'ALREADY_SUBSCRIBED',
      'CH_CLIENT_ALREADY_AUTHENTICATED',
    ])
    expect(of('wait')).toEqual(
      expect.arrayContaining([
        'BLOCKED_PAYLOAD_TYPE',
        'MARKET_CLOSED',
        'REQUEST_FREQUENCY_EXCEEDED',
        'SERVER_IS_UNDER_MAINTENANCE',
      ]),
    )
    expect(of('after-repair')).toEqual(
      expect.arrayContaining(['CH_ACCESS_TOKEN_INVALID', 'TIMEOUT_ERROR', 'POSITION_NOT_FOUND']),
    )
    expect(of('no')).toEqual(
      expect.arrayContaining(['CH_CLIENT_AUTH_FAILURE', 'NOT_ENOUGH_MONEY', 'TRADING_BAD_VOLUME']),
    )
  })

  it('cannot be changed', () => {
    expect(Object.isFrozen(serverErrorCodes)).toBe(true)
    expect(codes.every(([, row]) => Object.isFrozen(row))).toBe(true)
  })
})

describe('describing a code', () => {
  it('gives the row of a known one', () => {
    expect(describeErrorCode('NOT_ENOUGH_MONEY')).toBe(serverErrorCodes.NOT_ENOUGH_MONEY)
  })

  it('never fails on one that nobody knows, and advises against a retry', () => {
    for (const code of [
      '',
      'INVALID_STOPS_LEVEL',
      'constructor',
      '__proto__',
      'not enough money',
    ]) {
      const described = describeErrorCode(code)
      expect(described.retry, code).toBe('no')
      expect(described.meaning, code).toContain('does not know')
      expect(described.remedy, code).not.toBe('')
    }
  })
})
