import type { AuthJournal, TokenRequestRecord } from '../auth-journal.ts'
import type { AuthFaultControl } from '../faults/auth-faults.ts'

/** The requests for tokens that were made. */
export interface TokenRequestLog {
  /** The last ten thousand, oldest first. */
  list(): readonly TokenRequestRecord[]
  /** Forgets them. */
  clear(): void
  /** Calls back for each request, before it is answered. Returns a function that ends it. */
  onRequest(listener: (record: TokenRequestRecord) => void): () => void
}

/** What a test may do to the authorization server. */
export interface SandboxAuth {
  /** Makes requests go wrong. */
  readonly faults: AuthFaultControl
  /** Tells what the token endpoint was asked. */
  readonly requests: TokenRequestLog
}

export function createSandboxAuth(parts: {
  readonly faults: AuthFaultControl
  readonly journal: AuthJournal
}): SandboxAuth {
  return { faults: parts.faults, requests: parts.journal }
}
