import { describe, expect, test } from 'vitest'
import { InvalidArgumentError } from '../errors.ts'
import { tlsTransport } from '../transport/index.ts'
import { resolveOptions, type SessionOptions } from './options.ts'

const given: SessionOptions = {
  endpoint: { host: 'localhost', port: 1 },
  application: { clientId: 'id', clientSecret: 's3cret' },
}

describe('session options', () => {
  test('have defaults that keep the server content', () => {
    expect(resolveOptions(given)).toMatchObject({
      requestTimeoutMs: 15_000,
      connectTimeoutMs: 10_000,
      heartbeatMs: 9_000,
      silenceMs: 60_000,
      frameLimit: undefined,
      transport: { name: 'tls' },
    })
  })

  test('keep the client secret out of sight', () => {
    expect(JSON.stringify(resolveOptions(given))).not.toContain('s3cret')
  })

  test.each([
    ['a heartbeat too rare', { heartbeatMs: 10_001 }],
    ['a heartbeat of no time', { heartbeatMs: 0 }],
    ['no deadline', { requestTimeoutMs: Number.POSITIVE_INFINITY }],
    ['no patience to connect', { connectTimeoutMs: 0 }],
    ['no patience with silence', { silenceMs: Number.NaN }],
    ['no client id', { application: { clientId: '', clientSecret: 'x' } }],
    ['no client secret', { application: { clientId: 'x', clientSecret: '' } }],
    ['two who say whom to trust', { transport: tlsTransport(), ca: 'x' }],
    ['an authority that is none', { ca: './ca.pem' }],
  ])('%s is refused', (_what, change) => {
    expect(() => resolveOptions({ ...given, ...change })).toThrow(InvalidArgumentError)
  })
})
