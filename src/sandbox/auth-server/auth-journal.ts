import { createHash } from 'node:crypto'
import type { RefusalReason } from '../identity/index.ts'
import { findingsOf, type TokenFinding } from './token-findings.ts'

/** How the parameters of a token request came. */
export type TokenRequestForm = 'get-query' | 'post-query' | 'post-form'

/** A request for tokens, and what became of it. Holds no secrets. */
export interface TokenRequestRecord {
  /** Milliseconds since 1970 on the sandbox's clock. */
  readonly at: number
  readonly form: TokenRequestForm | 'other'
  readonly grantType: string | undefined
  readonly clientId: string | undefined
  /** {@link tokenFingerprint} of the code or refresh token that was sent. */
  readonly fingerprint: string | undefined
  /**
   * What the server did: gave tokens, refused (for this reason, which a client is not told), could not read the request,
   * or nothing, because a fault struck before.
   */
  readonly outcome: 'tokens' | RefusalReason | 'invalid-request' | 'nothing'
  /** Id of the fault that struck it. */
  readonly fault: number | undefined
}

/**
 * The first eight hexadecimal digits of a secret's SHA-256: two can be compared, none can be guessed.
 */
export function tokenFingerprint(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex').slice(0, 8)
}

const most = 10_000

/** What the token endpoint was asked, the last ten thousand requests. */
export class AuthJournal {
  readonly #records: TokenRequestRecord[] = []
  readonly #listeners = new Set<(record: TokenRequestRecord) => void>()

  add(record: TokenRequestRecord): void {
    this.#records.push(record)
    if (this.#records.length > most) this.#records.shift()
    for (const listener of [...this.#listeners]) listener(record)
  }

  /** Oldest first. */
  list(): readonly TokenRequestRecord[] {
    return [...this.#records]
  }

  clear(): void {
    this.#records.length = 0
  }

  /** What the requests tell about the clients that made them. */
  findings(): readonly TokenFinding[] {
    return findingsOf(this.#records)
  }

  /** Calls back for each request, before it is answered. Returns a function that ends it. */
  onRequest(listener: (record: TokenRequestRecord) => void): () => void {
    const entry = (record: TokenRequestRecord): void => listener(record)
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }
}
