import type { TokenRequestRecord } from './auth-journal.ts'

/** Something a careful client does not do. */
export interface TokenFinding {
  readonly kind: 'sent-again' | 'code-late' | 'secret-in-url'
  /** Milliseconds since 1970; of `secret-in-url`, which is told once, the first time. */
  readonly at: number
  readonly clientId: string | undefined
  /** {@link tokenFingerprint} of the code or refresh token; undefined for `secret-in-url`. */
  readonly fingerprint: string | undefined
  /** A sentence for people. */
  readonly text: string
}

/**
 * What the requests tell about the client that made them: a code or refresh token sent again after it had been spent, a
 * code sent after its time, and secrets in the query, where proxies and logs see them (which is what the original
 * documents, so a test may well allow it).
 */
export function findingsOf(records: readonly TokenRequestRecord[]): readonly TokenFinding[] {
  const findings: TokenFinding[] = []
  const queried = new Set<string | undefined>()
  for (const { at, form, grantType, clientId, fingerprint, outcome } of records) {
    const what = grantType === 'authorization_code' ? 'code' : 'refresh token'
    const found = { at, clientId, fingerprint }
    if (outcome === 'used-code' || outcome === 'used-refresh-token') {
      findings.push({
        kind: 'sent-again',
        ...found,
        text: `The ${what} ${fingerprint} was sent again after it was spent.`,
      })
    } else if (outcome === 'expired-code') {
      findings.push({
        kind: 'code-late',
        ...found,
        text: `The code ${fingerprint} was sent after its time.`,
      })
    }
    const inUrl = form !== 'post-form' && clientId !== undefined && fingerprint !== undefined
    if (!inUrl || queried.has(clientId)) continue
    queried.add(clientId)
    const text = `The application ${clientId} sends secrets in the address.`
    findings.push({ kind: 'secret-in-url', at, clientId, fingerprint: undefined, text })
  }
  return findings
}
