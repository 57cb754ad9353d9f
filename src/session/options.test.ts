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

  test.each([
    ['protobuf-tcp', 'tls', 'stream', 'protobuf'],
    ['protobuf-websocket', 'websocket', 'message', 'protobuf'],
    ['json-tcp', 'tls', 'stream', 'json'],
    ['json-websocket', 'websocket', 'message', 'json'],
  ] as const)('the carrier %s is %s and speaks %s %s', (carrier, name, framing, format) => {
    expect(resolveOptions({ ...given, carrier })).toMatchObject({
      transport: { name, framing },
      format,
    })
  })

  test('a transport of its own says how its messages look', () => {
    const transport = tlsTransport()
    expect(resolveOptions({ ...given, transport })).toMatchObject({ format: 'protobuf' })
    expect(resolveOptions({ ...given, transport, format: 'json' })).toMatchObject({
      format: 'json',
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
    ['two who say what carries', { transport: tlsTransport(), carrier: 'json-tcp' }],
    ['a format without a transport', { format: 'json' }],
    ['a carrier nobody knows', { carrier: 'pigeon' as 'json-tcp' }],
    ['an authority that is none', { ca: './ca.pem' }],
  ] as [string, Partial<SessionOptions>][])('%s is refused', (_what, change) => {
    expect(() => resolveOptions({ ...given, ...change })).toThrow(InvalidArgumentError)
  })
})
