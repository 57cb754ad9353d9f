import type { Clock } from '../../async/clock.ts'
import { fingerprint } from '../identity/same-secret.ts'
import type { Random } from '../random.ts'

/** One browser's visit. Until somebody signs in it only carries the token that proves a form came from our page. */
export interface SignInSession {
  /** The value of the cookie. */
  readonly id: string
  /** Who signed in. */
  readonly userId: number | undefined
  /** Must come back with every form. */
  readonly formToken: string
}

interface Entry {
  readonly session: SignInSession
  readonly expiresAt: number
}

const lifetimeMs = 8 * 3_600_000
const most = 1_000

/** The browsers that are signed in, each as one person. */
export class SignInSessions {
  readonly #clock: Clock
  readonly #random: Random
  readonly #entries = new Map<string, Entry>()

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** Starts a session. Signing in starts a new one too, so that an id known from before is worth nothing. */
  start(userId?: number): SignInSession {
    const session = { id: this.#random.token(43), userId, formToken: this.#random.token(43) }
    this.#entries.set(fingerprint(session.id), {
      session,
      expiresAt: this.#clock.now() + lifetimeMs,
    })
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= most) break
      this.#entries.delete(oldest)
    }
    return session
  }

  find(id: string | undefined): SignInSession | undefined {
    if (id === undefined) return undefined
    const key = fingerprint(id)
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (this.#clock.now() < entry.expiresAt) return entry.session
    this.#entries.delete(key)
    return undefined
  }

  end(session: SignInSession | undefined): void {
    if (session !== undefined) this.#entries.delete(fingerprint(session.id))
  }
}
