import type { Clock } from '../../async/clock.ts'
import type { Random } from '../random.ts'
import type { RefusalReason, Scope } from './application.ts'
import { challengeOf, fingerprint } from './same-secret.ts'

/** What an authorization code stands for. */
export interface Consent {
  readonly clientId: string
  /** The one the request came with; the exchange must name the same. */
  readonly redirectUri: string
  readonly userId: number
  readonly accountIds: readonly number[]
  readonly scope: Scope
  /** The S256 challenge of PKCE (RFC 7636), where one is held to it. */
  readonly codeChallenge?: string | undefined
}

/** How somebody presents a code. */
export interface Presented {
  readonly code: string
  readonly clientId: string
  readonly redirectUri: string
  readonly codeVerifier?: string | undefined
}

interface Entry {
  readonly consent: Consent
  readonly expiresAt: number
  used: boolean
  /** The grant that came of it. */
  grantId?: number
}

// Codes past their use are remembered only to name the reason of a refusal.
const remembered = 10_000

/** The authorization codes: each good once, for a short time. */
export class CodeTable {
  readonly #clock: Clock
  readonly #random: Random
  readonly #entries = new Map<string, Entry>()

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** A new code: 50 hexadecimal characters, the length seen in the original's samples. */
  issue(consent: Consent, lifetimeMs: number): string {
    const code = this.#random.token(50, '0123456789abcdef')
    this.#entries.set(fingerprint(code), {
      consent,
      expiresAt: this.#clock.now() + lifetimeMs,
      used: false,
    })
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= remembered) break
      this.#entries.delete(oldest)
    }
    return code
  }

  /** Uses a code up. A refused attempt leaves the code as it was, so that nobody can spoil another's login. */
  redeem(presented: Presented): Consent | RefusalReason {
    const entry = this.#entries.get(fingerprint(presented.code))
    if (entry === undefined) return 'unknown-code'
    const { clientId, redirectUri, codeChallenge } = entry.consent
    if (clientId !== presented.clientId) return 'other-clients-code'
    if (entry.used) return 'used-code'
    if (this.#clock.now() >= entry.expiresAt) return 'expired-code'
    if (redirectUri !== presented.redirectUri) return 'wrong-redirect-uri'
    if (codeChallenge !== challengeOf(presented.codeVerifier)) return 'wrong-code-verifier'
    entry.used = true
    return entry.consent
  }

  /** Remembers what a code was traded for. */
  tradedFor(code: string, grantId: number): void {
    const entry = this.#entries.get(fingerprint(code))
    if (entry !== undefined) entry.grantId = grantId
  }

  /** The grant a code was traded for. */
  grantOf(code: string): number | undefined {
    return this.#entries.get(fingerprint(code))?.grantId
  }

  /** Everything in it, for {@link restore}: a copy that nothing changes any more. */
  capture() {
    return structuredClone({
      entries: this.#entries,
      random: this.#random.capture(),
    })
  }

  restore(state: ReturnType<CodeTable['capture']>): void {
    // A copy again: what is put back may be put back once more. References between the tables survive it.
    const copy = structuredClone(state)
    replace(this.#entries, copy.entries)
    this.#random.restore(copy.random)
  }
}

function replace<K, V>(table: Map<K, V>, by: ReadonlyMap<K, V>): void {
  table.clear()
  for (const [key, value] of by) table.set(key, value)
}
