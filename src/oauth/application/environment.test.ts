import { describe, expect, test } from 'vitest'
import { OAuthConfigurationError } from '../errors.ts'
import { applicationFromEnv } from './environment.ts'

const good = { CTRADER_CLIENT_ID: '7_id', CTRADER_CLIENT_SECRET: 'the-secret' }

describe('the application from variables', () => {
  test('CF-1: has the values of the usual names, and says where they came from', () => {
    const found = applicationFromEnv({ ...good, CTRADER_REDIRECT_URI: 'http://127.0.0.1:8080/cb' })
    expect(found.application.clientId).toBe('7_id')
    expect(found.application.clientSecret.reveal()).toBe('the-secret')
    expect(found.application.sources).toEqual({
      clientId: 'CTRADER_CLIENT_ID',
      clientSecret: 'CTRADER_CLIENT_SECRET',
    })
    expect(found.redirectUri).toBe('http://127.0.0.1:8080/cb')
  })

  test('CF-5: an empty variable is one that is not set', () => {
    expect(applicationFromEnv({ ...good, CTRADER_REDIRECT_URI: '' }).redirectUri).toBeUndefined()
    expect(() => applicationFromEnv({ ...good, CTRADER_CLIENT_ID: '' })).toThrow(
      'CTRADER_CLIENT_ID is not set',
    )
  })

  test.each([
    ['   ', 'white space'],
    [' the-secret', 'white space'],
    ['the-secret\n', 'white space'],
    ['"the-secret"', 'quotes'],
    ["'the-secret'", 'quotes'],
    ['undefined', 'placeholder'],
    ['null', 'placeholder'],
    ['your_client_secret', 'placeholder'],
    ['<secret>', 'placeholder'],
  ])('CF-5: %j can only be a mistake', (value, problem) => {
    const read = () => applicationFromEnv({ ...good, CTRADER_CLIENT_SECRET: value })
    expect(read).toThrow(OAuthConfigurationError)
    expect(read).toThrow(problem)
    expect(read).not.toThrow(/the-secret/)
  })

  test('CF-6: nothing is read that was not given', () => {
    process.env['CTRADER_CLIENT_ID'] = 'from-the-process'
    try {
      expect(() => applicationFromEnv({})).toThrow('CTRADER_CLIENT_ID is not set')
    } finally {
      delete process.env['CTRADER_CLIENT_ID']
    }
  })
})
