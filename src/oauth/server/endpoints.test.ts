import { describe, expect, test } from 'vitest'
import { OAuthConfigurationError } from '../errors.ts'
import {
  ctraderIdEndpoints,
  openApiEndpoints,
  requireEndpoint,
  sandboxEndpoints,
  statePolicyOf,
} from './endpoints.ts'

const local = {
  authorizeUrl: 'http://127.0.0.1:4000/apps/auth',
  tokenUrl: 'http://[::1]:4000/apps/token',
}

describe('endpoints', () => {
  test('the named sets are the documented addresses', () => {
    expect(requireEndpoint('authorizeUrl', openApiEndpoints).href).toBe(
      'https://openapi.ctrader.com/apps/auth',
    )
    expect(requireEndpoint('tokenUrl', openApiEndpoints).href).toBe(
      'https://openapi.ctrader.com/apps/token',
    )
    expect(requireEndpoint('authorizeUrl', ctraderIdEndpoints).href).toBe(
      'https://id.ctrader.com/my/settings/openapi/grantingaccess/',
    )
    expect(ctraderIdEndpoints.tokenUrl).toBe(openApiEndpoints.tokenUrl)
  })

  test('AU-6: plain http works only on a loopback address and only when allowed', () => {
    expect(() => requireEndpoint('authorizeUrl', local)).toThrow(/plain http/)
    const allowed = sandboxEndpoints(local)
    expect(requireEndpoint('authorizeUrl', allowed).host).toBe('127.0.0.1:4000')
    expect(requireEndpoint('tokenUrl', allowed).host).toBe('[::1]:4000')
    for (const url of [
      'http://openapi.ctrader.com/apps/token',
      'http://localhost:4000/apps/token',
    ]) {
      expect(() => requireEndpoint('tokenUrl', { ...allowed, tokenUrl: url })).toThrow(
        OAuthConfigurationError,
      )
    }
  })

  test.each([
    ['', 'not an absolute'],
    ['openapi.ctrader.com/apps/auth', 'not an absolute'],
    ['ftp://openapi.ctrader.com/', 'not an absolute'],
    ['https://openapi.ctrader.com/a b', 'not an absolute'],
    ['https://openapi.ctrader.com\\@evil.example/', 'not an absolute'],
    ['https://[::1/', 'not a URL'],
    ['https://user@openapi.ctrader.com/apps/auth', 'user information'],
    ['https://:pass@openapi.ctrader.com/apps/auth', 'user information'],
    ['https://@openapi.ctrader.com/apps/auth', 'user information'],
    ['https://openapi.ctrader.com/apps/auth#top', 'fragment'],
    ['https://openapi.ctrader.com/apps/auth?scope=trading', 'sets the parameter "scope"'],
    ['https://openapi.ctrader.com/apps/auth?a=1&a=2', 'repeats the parameter "a"'],
  ])('AU-1: refuses the endpoint %j', (authorizeUrl, problem) => {
    expect(() => requireEndpoint('authorizeUrl', { ...openApiEndpoints, authorizeUrl })).toThrow(
      problem,
    )
  })

  test('a refused endpoint is not repeated in the error: it may hold a password', () => {
    const endpoints = { ...openApiEndpoints, tokenUrl: 'https://me:hunter2secret@host.example/' }
    expect.assertions(2)
    try {
      requireEndpoint('tokenUrl', endpoints)
    } catch (error) {
      expect(String(error)).not.toContain('hunter2')
      expect(JSON.stringify(error)).not.toContain('hunter2')
    }
  })

  test('ST-6: the policy is bound-flow for cTrader and its sandbox, strict for strangers', () => {
    const { authorizeUrl, tokenUrl } = openApiEndpoints
    expect(statePolicyOf({ authorizeUrl, tokenUrl })).toBe('bound-flow')
    expect(statePolicyOf(ctraderIdEndpoints)).toBe('bound-flow')
    expect(statePolicyOf(sandboxEndpoints(local))).toBe('bound-flow')
    expect(statePolicyOf(local)).toBe('strict')
    expect(statePolicyOf({ ...local, statePolicy: 'bound-flow' })).toBe('bound-flow')
    expect(
      statePolicyOf({ tokenUrl, authorizeUrl: 'https://openapi.ctrader.com.evil.example/' }),
    ).toBe('strict')
  })
})
