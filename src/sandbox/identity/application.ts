/** What a token allows: `accounts` reads everything, `trading` also trades. */
export type Scope = 'accounts' | 'trading'

/** A registered application, as on the original's portal. */
export interface Application {
  readonly clientId: string
  readonly clientSecret: string
  /** Shown on the consent page. */
  readonly name: string
  /** Shown below the name. */
  readonly description: string
  /** What the application runs on. Changes nothing: both kinds have a secret and use the same flow. */
  readonly type: 'desktop' | 'web'
  /**
   * Compared character by character with the redirect URI of a request. The Playground's, which the portal lists first,
   * is not among them.
   */
  readonly redirectUris: readonly string[]
  /** A new application is `submitted` until it has been reviewed; only an `active` one is let in. */
  readonly status: 'submitted' | 'active'
}

/** A cTrader ID: one person with their trading accounts, demo and live. */
export interface Ctid {
  readonly userId: number
  readonly username: string
  readonly password: string
  /** `ctidTraderAccountId` of each account. */
  readonly accountIds: readonly number[]
}

/** What a person allowed an application to do, and until when its access token is good. */
export interface Grant {
  readonly userId: number
  readonly clientId: string
  readonly scope: Scope
  /** The accounts the person ticked. */
  readonly accountIds: readonly number[]
  /** Milliseconds since 1970; when the access token ends. */
  readonly expiresAt: number
}

export interface TokenPair {
  readonly accessToken: string
  /** Good for one use, without a time limit. */
  readonly refreshToken: string
  /** Lifetime of the access token in seconds. */
  readonly expiresIn: number
  readonly scope: Scope
}

/** Why a request for tokens was refused. For logs and tests: the original tells its clients one and the same thing. */
export type RefusalReason =
  | 'unknown-client'
  | 'wrong-secret'
  | 'inactive-application'
  | 'unknown-code'
  | 'used-code'
  | 'expired-code'
  | 'other-clients-code'
  | 'wrong-redirect-uri'
  | 'wrong-code-verifier'
  | 'unknown-refresh-token'
  | 'used-refresh-token'
  | 'other-clients-refresh-token'

export interface Refusal {
  /** The error code the original answers with. */
  readonly refused: 'ACCESS_DENIED'
  readonly description: string
  /** What was wrong in truth; never sent to a client. */
  readonly reason: RefusalReason
}

/** An access token died before its time. */
export interface Invalidation {
  readonly accountIds: readonly number[]
  readonly userId: number
  readonly clientId: string
  readonly accessToken: string
  /** What ended it. */
  readonly cause: 'refreshed' | 'reauthorized' | 'revoked'
  /** The access token that took its place, where one did. */
  readonly successor?: string | undefined
  /** A sentence for people, as the pushed event carries it. */
  readonly reason: string
}

/** Tells a refusal from tokens. */
export function isRefusal(outcome: TokenPair | Refusal): outcome is Refusal {
  return 'refused' in outcome
}
