import { describe, expect, test } from 'vitest'
import { unsentReason } from './unsent.ts'

function failed(code: string, syscall?: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(), { code, syscall }) })
}

describe('whether a request was sent', () => {
  test.each([
    ['ECONNREFUSED', 'connect', 'connection'],
    ['ENOTFOUND', 'getaddrinfo', 'connection'],
    ['EHOSTUNREACH', 'connect', 'connection'],
    ['UND_ERR_CONNECT_TIMEOUT', undefined, 'connection'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', undefined, 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', undefined, 'tls'],
    ['CERT_HAS_EXPIRED', undefined, 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', undefined, 'tls'],
  ])('CX-13: %s says that it was not', (code, syscall, kind) => {
    expect(unsentReason(failed(code, syscall))).toEqual({ kind, code })
  })

  test.each([
    ['ECONNRESET', 'read'],
    ['EPIPE', 'write'],
    ['UND_ERR_SOCKET', undefined],
    ['UND_ERR_HEADERS_TIMEOUT', undefined],
    ['ETIMEDOUT', 'read'],
    ['EHOSTUNREACH', 'read'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', undefined],
  ])('CX-13: %s leaves it open', (code, syscall) => {
    expect(unsentReason(failed(code, syscall))).toBeUndefined()
  })

  test('CX-13: of several addresses each must have been out of reach', () => {
    const refused = Object.assign(new Error(), { code: 'ECONNREFUSED', syscall: 'connect' })
    const reset = Object.assign(new Error(), { code: 'ECONNRESET', syscall: 'read' })
    const wrap = (errors: Error[]): Error =>
      new TypeError('fetch failed', {
        cause: Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' }),
      })
    expect(unsentReason(wrap([refused, refused]))).toMatchObject({ code: 'ECONNREFUSED' })
    expect(unsentReason(wrap([refused, reset]))).toBeUndefined()
  })

  test('a chain of causes that bites its tail ends', () => {
    const error = new Error('x')
    error.cause = error
    expect(unsentReason(error)).toBeUndefined()
    expect(unsentReason('text')).toBeUndefined()
  })
})
