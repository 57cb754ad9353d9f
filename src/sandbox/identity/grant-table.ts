import type { Clock } from '../../async/clock.ts'
import type { Random } from '../random.ts'
import type { Scope } from './application.ts'
import type { GrantPolicy } from './grant-policy.ts'
import { fingerprint } from './same-secret.ts'

/** What a grant is made of. */
export interface GrantContent {
  readonly clientId: string
  readonly userId: number
  readonly accountIds: readonly number[]
  readonly scope: Scope
}

/** A grant with the tokens that currently stand for it. */
export interface LivingGrant extends GrantContent {
  readonly id: number
  /** Milliseconds since 1970. */
  readonly grantedAt: number
  /** Whether later consents leave it alone. */
  readonly survivesReconsent: boolean
  /** How often its tokens have changed, the first pair being 1. */
  readonly generation: number
  readonly accessToken: string
  /** When the access token ends, in milliseconds since 1970. */
  readonly expiresAt: number
  /** Undefined when it was ended without the access token. */
  readonly refreshToken: string | undefined
}

type Entry = { -readonly [K in keyof LivingGrant]: LivingGrant[K] } & {
  /** Where its access tokens are found: the current one, and those before it that still work. */
  readonly keys: Set<string>
}

/** An access token and until when it may be used. */
interface Access {
  readonly entry: Entry
  until: number
}

/** A refresh token that was spent. */
export interface Spent {
  /** The grant it belonged to; undefined when that is over. */
  readonly grant: LivingGrant | undefined
  readonly spentAt: number
  /** Which generation of the grant it was spent for. */
  readonly generation: number
}

// Spent refresh tokens are remembered to name the reason of a refusal, and for the rules on using them again.
const remembered = 10_000

/** The living grants. One table: whoever asks, over HTTP or on the socket, sees the same tokens live and die. */
export class GrantTable {
  readonly #clock: Clock
  readonly #random: Random
  readonly #entries = new Map<number, Entry>()
  readonly #byAccess = new Map<string, Access>()
  readonly #byRefresh = new Map<string, Entry>()
  readonly #spent = new Map<string, { entry: Entry; spentAt: number; generation: number }>()
  #last = 0

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  issue(content: GrantContent, policy: GrantPolicy, survivesReconsent: boolean): LivingGrant {
    const { clientId, userId, accountIds, scope } = content
    const now = this.#clock.now()
    const entry: Entry = {
      ...{ clientId, userId, scope, survivesReconsent },
      id: ++this.#last,
      accountIds: Object.freeze([...accountIds]),
      grantedAt: now,
      generation: 1,
      expiresAt: now + policy.tokenLifetimeSeconds * 1000,
      accessToken: this.#random.token(43),
      refreshToken: this.#random.token(43),
      keys: new Set(),
    }
    this.#entries.set(entry.id, entry)
    this.#enter(entry)
    return entry
  }

  /** Gives a grant new tokens, as the policy says. */
  rotate(id: number, policy: GrantPolicy): LivingGrant | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    const now = this.#clock.now()
    const old = this.#byAccess.get(fingerprint(entry.accessToken))
    if (old !== undefined)
      old.until = Math.min(old.until, now + policy.oldAccessTokenSeconds * 1000)
    this.#forgetDead(entry, now)
    entry.generation++
    entry.expiresAt = now + policy.tokenLifetimeSeconds * 1000
    entry.accessToken = this.#random.token(43)
    if (policy.refreshRotation === 'new') {
      this.#spend(entry)
      entry.refreshToken = this.#random.token(43)
    }
    this.#enter(entry)
    return entry
  }

  /** Ends a grant with all its tokens. */
  remove(id: number): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    this.#spend(entry)
    for (const key of entry.keys) this.#byAccess.delete(key)
  }

  /** Ends a grant's refresh token; the access token goes on until its time is up. */
  removeRefreshToken(id: number): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#spend(entry)
    entry.refreshToken = undefined
  }

  /** Ends the lifetime of a grant's access token; the refresh token stays good. */
  expire(id: number): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    entry.expiresAt = this.#clock.now()
    for (const key of entry.keys) {
      const access = this.#byAccess.get(key)
      if (access !== undefined) access.until = Math.min(access.until, entry.expiresAt)
    }
  }

  find(id: number): LivingGrant | undefined {
    return this.#entries.get(id)
  }

  /** Every grant, oldest first. */
  list(): readonly LivingGrant[] {
    return [...this.#entries.values()]
  }

  /** The grant behind an access token, and until when that token may be used. */
  byAccessToken(
    token: string,
  ): { readonly grant: LivingGrant; readonly until: number } | undefined {
    const access = this.#byAccess.get(fingerprint(token))
    if (access === undefined) return undefined
    const { entry, until } = access
    const replaced = entry.accessToken !== token
    // What was replaced is gone after its time; what was not has expired, which is another thing.
    return replaced && this.#clock.now() >= until ? undefined : { grant: entry, until }
  }

  byRefreshToken(token: string): LivingGrant | undefined {
    return this.#byRefresh.get(fingerprint(token))
  }

  spentRefreshToken(token: string): Spent | undefined {
    const spent = this.#spent.get(fingerprint(token))
    if (spent === undefined) return undefined
    const { entry, spentAt, generation } = spent
    return { grant: this.#entries.get(entry.id), spentAt, generation }
  }

  #enter(entry: Entry): void {
    const key = fingerprint(entry.accessToken)
    entry.keys.add(key)
    this.#byAccess.set(key, { entry, until: entry.expiresAt })
    if (entry.refreshToken !== undefined) {
      this.#byRefresh.set(fingerprint(entry.refreshToken), entry)
    }
  }

  #spend(entry: Entry): void {
    if (entry.refreshToken === undefined) return
    const key = fingerprint(entry.refreshToken)
    this.#byRefresh.delete(key)
    const { generation } = entry
    this.#spent.set(key, { entry, spentAt: this.#clock.now(), generation })
    for (const oldest of this.#spent.keys()) {
      if (this.#spent.size <= remembered) break
      this.#spent.delete(oldest)
    }
  }

  /** Lets go of replaced access tokens whose time is over. */
  #forgetDead(entry: Entry, now: number): void {
    for (const key of entry.keys) {
      if ((this.#byAccess.get(key)?.until ?? 0) > now) continue
      this.#byAccess.delete(key)
      entry.keys.delete(key)
    }
  }

  /** Everything in it, for {@link restore}: a copy that nothing changes any more. */
  capture() {
    return structuredClone({
      entries: this.#entries,
      byAccess: this.#byAccess,
      byRefresh: this.#byRefresh,
      spent: this.#spent,
      last: this.#last,
      random: this.#random.capture(),
    })
  }

  restore(state: ReturnType<GrantTable['capture']>): void {
    // A copy again: what is put back may be put back once more. References between the tables survive it.
    const copy = structuredClone(state)
    replace(this.#entries, copy.entries)
    replace(this.#byAccess, copy.byAccess)
    replace(this.#byRefresh, copy.byRefresh)
    replace(this.#spent, copy.spent)
    this.#last = copy.last
    this.#random.restore(copy.random)
  }
}

function replace<K, V>(table: Map<K, V>, by: ReadonlyMap<K, V>): void {
  table.clear()
  for (const [key, value] of by) table.set(key, value)
}
