import type { Clock } from '../../async/clock.ts'
import type { Random } from '../random.ts'
import type { Grant, RefusalReason, Scope, TokenPair } from './application.ts'
import { fingerprint } from './same-secret.ts'

/** What a grant is made of. */
export interface GrantContent {
  readonly clientId: string
  readonly userId: number
  readonly accountIds: readonly number[]
  readonly scope: Scope
}

/** A grant with the tokens that currently stand for it. */
export interface LivingGrant extends Grant {
  readonly accessToken: string
  readonly refreshToken: string
}

// Spent refresh tokens are remembered only to name the reason of a refusal.
const remembered = 10_000

/** The living grants. One table: whoever asks, over HTTP or on the socket, sees the same tokens live and die. */
export class GrantTable {
  readonly #clock: Clock
  readonly #random: Random
  readonly #lifetimeSeconds: number
  readonly #byAccess = new Map<string, LivingGrant>()
  readonly #byRefresh = new Map<string, LivingGrant>()
  readonly #spent = new Set<string>()

  constructor(clock: Clock, random: Random, lifetimeSeconds: number) {
    this.#clock = clock
    this.#random = random
    this.#lifetimeSeconds = lifetimeSeconds
  }

  issue(content: GrantContent): TokenPair {
    const grant: LivingGrant = {
      clientId: content.clientId,
      userId: content.userId,
      accountIds: Object.freeze([...content.accountIds]),
      scope: content.scope,
      expiresAt: this.#clock.now() + this.#lifetimeSeconds * 1000,
      accessToken: this.#random.token(43),
      refreshToken: this.#random.token(43),
    }
    this.#byAccess.set(fingerprint(grant.accessToken), grant)
    this.#byRefresh.set(fingerprint(grant.refreshToken), grant)
    return {
      accessToken: grant.accessToken,
      refreshToken: grant.refreshToken,
      expiresIn: this.#lifetimeSeconds,
      scope: grant.scope,
    }
  }

  /** Looks a refresh token up without using it. */
  refreshable(refreshToken: string, clientId: string): LivingGrant | RefusalReason {
    const key = fingerprint(refreshToken)
    const grant = this.#byRefresh.get(key)
    if (grant === undefined) {
      return this.#spent.has(key) ? 'used-refresh-token' : 'unknown-refresh-token'
    }
    return grant.clientId === clientId ? grant : 'other-clients-refresh-token'
  }

  /** Takes both tokens of a grant out of use. */
  remove(grant: LivingGrant): void {
    this.#byAccess.delete(fingerprint(grant.accessToken))
    const refreshKey = fingerprint(grant.refreshToken)
    this.#byRefresh.delete(refreshKey)
    this.#spent.add(refreshKey)
    for (const oldest of this.#spent) {
      if (this.#spent.size <= remembered) break
      this.#spent.delete(oldest)
    }
  }

  /** Every grant of one person to one application, oldest first. */
  of(clientId: string, userId: number): readonly LivingGrant[] {
    return [...this.#byAccess.values()].filter(
      (grant) => grant.clientId === clientId && grant.userId === userId,
    )
  }

  /** Every living grant, oldest first. */
  all(): readonly LivingGrant[] {
    return [...this.#byAccess.values()]
  }

  /** Ends the life of a grant's access token; its refresh token stays good. */
  expire(grant: LivingGrant): LivingGrant {
    const expired: LivingGrant = { ...grant, expiresAt: this.#clock.now() }
    this.#byAccess.set(fingerprint(grant.accessToken), expired)
    this.#byRefresh.set(fingerprint(grant.refreshToken), expired)
    return expired
  }

  byAccessToken(token: string): LivingGrant | undefined {
    return this.#byAccess.get(fingerprint(token))
  }
}
