import type { RefreshFailureKind } from './refresh-outcome.ts'

/** What happens to a grant, without secrets. */
export type GrantEvent =
  /** The next refresh is planned for a moment, in milliseconds since 1970. */
  | { readonly type: 'refreshScheduled'; readonly generation: number; readonly at: number }
  | { readonly type: 'refreshStarted'; readonly generation: number; readonly door: RefreshDoor }
  /** A new pair is saved and in use; `own` is false when another program obtained it. */
  | {
      readonly type: 'refreshed'
      readonly generation: number
      readonly expiresAt: number | undefined
      readonly own: boolean
    }
  /** `retryAt` is missing when nothing is tried before a person has acted. */
  | {
      readonly type: 'refreshFailed'
      readonly generation: number
      readonly kind: RefreshFailureKind
      readonly code: string
      readonly retryAt: number | undefined
    }
  /** The access token will end and nothing will renew it before: a warning to act on. */
  | {
      readonly type: 'expiring'
      readonly generation: number
      readonly expiresAt: number
      readonly leftMs: number
    }
  | {
      readonly type: 'reauthorizationRequired'
      readonly generation: number
      readonly reason: string
    }
  | {
      readonly type: 'persistFailed'
      readonly generation: number
      readonly code: string
      readonly emergencyCopy: string | undefined
    }
  /** A pair that could not be saved at first has been saved. */
  | { readonly type: 'persisted'; readonly generation: number }
  /** The server gave no new refresh token, or the old one again. */
  | {
      readonly type: 'rotationAnomaly'
      readonly generation: number
      readonly anomaly: 'missing' | 'same'
    }

export type GrantEventListener = (event: GrantEvent) => void

/** The two ways to refresh: the token endpoint, and an authenticated connection. */
export type RefreshDoor = 'https' | 'socket'

/** How a grant is. */
export interface GrantHealth {
  /**
   * - `ok`: the token works and will be renewed
   * - `degraded`: it works, but something needs attention: see the other fields
   * - `reauthorization-required`: a person has to log in again
   * - `not-loaded`: nothing has been read from the store yet
   */
  readonly status: 'ok' | 'degraded' | 'reauthorization-required' | 'not-loaded'
  readonly generation: number | undefined
  /** Milliseconds since 1970; undefined when it is not known. */
  readonly expiresAt: number | undefined
  /** Whether the tokens in use are in the store. */
  readonly persisted: boolean
  /** Whether there is a refresh token, and nothing known that speaks against using it. */
  readonly refreshable: boolean
  readonly refreshing: boolean
  /** When the next refresh is planned, in milliseconds since 1970. */
  readonly nextRefreshAt: number | undefined
  /** The last failure since the last success: the code of its error and when it was. */
  readonly lastFailure:
    | { readonly code: string; readonly kind: RefreshFailureKind; readonly at: number }
    | undefined
}
