/** Why a request provably never left: no connection, or no trust in the certificate. */
export interface UnsentReason {
  readonly kind: 'connection' | 'tls'
  /** The code of the failure, such as `ECONNREFUSED`. */
  readonly code: string
}

const connectCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'UND_ERR_CONNECT_TIMEOUT',
])

// Node reports a refused certificate under the name OpenSSL gives it.
const tlsCode =
  /^(CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$|ERR_TLS_CERT_|ERR_SSL_WRONG_VERSION_NUMBER$)/

/**
 * Tells from what `fetch` threw whether the request was never sent; undefined means that it may have been. Looks at
 * codes only: texts can carry the address, and the address carries secrets.
 */
export function unsentReason(error: unknown): UnsentReason | undefined {
  const seen = new Set<unknown>()
  let current = error
  while (current instanceof Error && !seen.has(current)) {
    seen.add(current)
    const found = ownReason(current)
    if (found !== undefined) return found
    if (current instanceof AggregateError && current.errors.length > 0) {
      // Several addresses were tried: nothing was sent only if that holds for each of them.
      const reasons = current.errors.map(unsentReason)
      return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined
    }
    current = current.cause
  }
  return undefined
}

function ownReason(error: Error): UnsentReason | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const call = 'syscall' in error ? error.syscall : undefined
  if (!/^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return undefined
  if (error instanceof AggregateError && error.errors.length > 0) return undefined
  if (connectCodes.has(code) || call === 'connect' || call === 'getaddrinfo') {
    return { kind: 'connection', code }
  }
  return tlsCode.test(code) ? { kind: 'tls', code } : undefined
}
