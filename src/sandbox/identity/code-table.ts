import type { Clock } from '../../async/clock.ts'
import type { Random } from '../random.ts'
import type { RefusalReason, Scope } from './application.ts'
import { fingerprint } from './same-secret.ts'

/** What an authorization code stands for. */
export interface Consent {
  readonly clientId: string
  /** The one the request came with; the exchange must name the same. */
  readonly redirectUri: string
  readonly userId: number
  readonly accountIds: readonly number[]
  readonly scope: Scope
}

interface Entry {
  readonly consent: Consent
  readonly expiresAt: number
  used: boolean
}

// Codes past their use are remembered only to name the reason of a refusal.
const remembered = 10_000

/** The authorization codes: each good once, for a short time. */
export class CodeTable {
  readonly #clock: Clock
  readonly #random: Random
  readonly #lifetimeMs: number
  readonly #entries = new Map<string, Entry>()

  constructor(clock: Clock, random: Random, lifetimeMs: number) {
    this.#clock = clock
    this.#random = random
    this.#lifetimeMs = lifetimeMs
  }

  /** A new code: 50 hexadecimal characters, the length seen in the original's samples. */
  issue(consent: Consent): string {
    const code = this.#random.token(50, '0123456789abcdef')
    this.#entries.set(fingerprint(code), {
      consent,
      expiresAt: this.#clock.now() + this.#lifetimeMs,
      used: false,
    })
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= remembered) break
      this.#entries.delete(oldest)
    }
    return code
  }

  /** Uses a code up. A refused attempt leaves the code as it was, so that nobody can spoil another's login. */
  redeem(code: string, clientId: string, redirectUri: string): Consent | RefusalReason {
    const entry = this.#entries.get(fingerprint(code))
    if (entry === undefined) return 'unknown-code'
    if (entry.consent.clientId !== clientId) return 'other-clients-code'
    if (entry.used) return 'used-code'
    if (this.#clock.now() >= entry.expiresAt) return 'expired-code'
    if (entry.consent.redirectUri !== redirectUri) return 'wrong-redirect-uri'
    entry.used = true
    return entry.consent
  }
}
