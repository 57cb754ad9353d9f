import type { CTraderError } from '../errors.ts'
import {
  CertificateError,
  type CertificateProblem,
  ConnectionRefusedError,
  type ConnectStage,
  ConnectTimeoutError,
  HostNotFoundError,
  HostUnreachableError,
  LinkClosedError,
  TlsError,
  WebSocketRefusedError,
} from './errors.ts'
import type { Endpoint } from './transport.ts'

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
])
const otherwiseInvalid =
  /^(?:CERT_|CRL_|UNABLE_TO_|INVALID_(?:CA|PURPOSE)|PATH_LENGTH|ERROR_IN_CERT|UNSPECIFIED$)/

interface SystemFailure {
  readonly code: string
  readonly message: string
  readonly reason: string | undefined
}

function readFailure(error: unknown): SystemFailure {
  // Attempts over several addresses fail together; the first stands for all.
  const first = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error
  const text = (key: string): string | undefined => {
    const value: unknown =
      typeof first === 'object' && first !== null ? Reflect.get(first, key) : undefined
    return typeof value === 'string' ? value : undefined
  }
  return {
    code: text('code') ?? '',
    message: text('message') ?? String(first),
    reason: text('reason'),
  }
}

function certificateProblem(code: string): CertificateProblem | undefined {
  if (untrusted.has(code)) return 'untrusted'
  if (code === 'CERT_HAS_EXPIRED') return 'expired'
  if (code === 'CERT_NOT_YET_VALID') return 'not-yet-valid'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') return 'wrong-host'
  return otherwiseInvalid.test(code) ? 'invalid' : undefined
}

function isEncryptionFailure(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')
}

/** Tells why a link did not come up, in terms of this package. */
export function explainConnectFailure(
  endpoint: Endpoint,
  error: unknown,
  stage: ConnectStage,
  elapsedMs: number,
): CTraderError {
  const { code, message, reason } = readFailure(error)
  if (code === 'ENOTFOUND' || code === 'ENODATA' || code.startsWith('EAI_')) {
    return new HostNotFoundError(endpoint, error)
  }
  if (code === 'ECONNREFUSED') return new ConnectionRefusedError(endpoint, error)
  if (code === 'ETIMEDOUT')
    return new ConnectTimeoutError(endpoint, Math.round(elapsedMs), stage, error)
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EADDRNOTAVAIL') {
    return new HostUnreachableError(endpoint, error)
  }
  const problem = certificateProblem(code)
  if (problem !== undefined) return new CertificateError(endpoint, problem, oneLine(message), error)
  if (isEncryptionFailure(code)) return new TlsError(endpoint, oneLine(reason ?? message), error)
  if (stage === 'encrypt')
    return new LinkClosedError(endpoint, 'was closed before encryption was set up', error)
  if (stage === 'upgrade') {
    // Only the WebSocket library destroys a socket with an error that has no code: it did not like the answer.
    return code === ''
      ? new WebSocketRefusedError(endpoint, 'gave no proper answer', error)
      : new LinkClosedError(endpoint, 'was closed before it was up', error)
  }
  return new LinkClosedError(endpoint, `failed (${code === '' ? oneLine(message) : code})`, error)
}

/** Tells why an open link broke. */
export function explainLinkFailure(endpoint: Endpoint, error: unknown): CTraderError {
  const { code, message, reason } = readFailure(error)
  if (isEncryptionFailure(code)) return new TlsError(endpoint, oneLine(reason ?? message), error)
  if (code === 'ECONNRESET')
    return new LinkClosedError(endpoint, 'was reset by the other side', error)
  if (code === 'EPIPE') return new LinkClosedError(endpoint, 'was closed by the other side', error)
  return new LinkClosedError(endpoint, `was lost (${code === '' ? oneLine(message) : code})`, error)
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[.\s]+$/, '')
}
