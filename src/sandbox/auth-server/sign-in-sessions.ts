import type { Clock } from '../../async/clock.ts'
import { fingerprint } from '../identity/same-secret.ts'
import type { Random } from '../random.ts'

// Pages that one browser may have open at once.
const mostPages = 50

/** One browser's visit. Until somebody signs in it only knows the tokens that prove that a form came from our page. */
export class SignInSession {
  /** The value of the cookie. */
  readonly id: string
  /** Who signed in. */
  readonly userId: number | undefined
  readonly #random: Random
  readonly #pages = new Set<string>()

  constructor(random: Random, userId: number | undefined) {
    this.id = random.token(43)
    this.userId = userId
    this.#random = random
  }

  /** A token for one page; it must come back with the page's form. */
  newPage(): string {
    const token = this.#random.token(43)
    this.#pages.add(fingerprint(token))
    for (const oldest of this.#pages) {
      if (this.#pages.size <= mostPages) break
      this.#pages.delete(oldest)
    }
    return token
  }

  /** Whether a form came from one of the pages. */
  knows(token: string | undefined): boolean {
    return token !== undefined && this.#pages.has(fingerprint(token))
  }

  /** Takes a page out of use, so that its form cannot be sent again. */
  spend(token: string | undefined): void {
    if (token !== undefined) this.#pages.delete(fingerprint(token))
  }
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
    const session = new SignInSession(this.#random, userId)
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
