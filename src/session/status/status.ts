import type { CTraderError } from '../../errors.ts'
import type { Endpoint } from '../../transport/index.ts'
import type { Subscription } from '../subscriptions/subscriptions.ts'
import type { SessionEnd } from './state.ts'

/** What a wait between two attempts is for. */
export type WaitReason = 'backoff' | 'maintenance' | 'weekend'

/** Something that was wanted and is not there, while the session itself is. */
export type Missing =
  | {
      readonly kind: 'account'
      readonly accountId: number
      readonly error: CTraderError
      /** When it is tried again, in milliseconds since 1970-01-01 UTC; undefined when only a new token can help. */
      readonly retryAt: number | undefined
    }
  | {
      readonly kind: 'subscription'
      readonly accountId: number
      readonly subscription: Subscription
      readonly error: CTraderError
      readonly retryAt: number | undefined
    }

/**
 * Where a session that heals itself stands.
 *
 * - `connecting`: a link is being opened, or the application authenticated on it
 * - `restoring`: the link is up; accounts are being authorised and subscriptions restored for the first time since
 * - `ready`: everything that is wanted is there
 * - `partial`: everything was tried; `missing` is not there, says why, and is tried again
 * - `waiting`: there is no link, and the next attempt is due at `until`
 * - `closing`: its owner closes it; what is under way may still be answered
 * - `closed`: it is over; `end` says how
 */
export type SessionStatus =
  | {
      readonly phase: 'connecting'
      readonly stage: 'link' | 'application'
      readonly endpoint: Endpoint
      /** Counts the attempts since there was last a link, from 1. */
      readonly attempt: number
    }
  | { readonly phase: 'restoring'; readonly generation: number; readonly endpoint: Endpoint }
  | {
      readonly phase: 'ready'
      /** Counts the links of this session, from 1. */
      readonly generation: number
      readonly endpoint: Endpoint
      /** Since when, in milliseconds since 1970-01-01 UTC. */
      readonly since: number
    }
  | {
      readonly phase: 'partial'
      readonly generation: number
      readonly endpoint: Endpoint
      readonly since: number
      readonly missing: readonly Missing[]
    }
  | {
      readonly phase: 'waiting'
      readonly reason: WaitReason
      /** In milliseconds since 1970-01-01 UTC. */
      readonly until: number
      readonly attempt: number
      /** What ended the last link or attempt. */
      readonly error: CTraderError
    }
  | { readonly phase: 'closing' }
  | { readonly phase: 'closed'; readonly end: SessionEnd }

export type SessionPhase = SessionStatus['phase']

const moves: Readonly<Record<SessionPhase, readonly SessionPhase[]>> = {
  connecting: ['connecting', 'restoring', 'waiting', 'closing', 'closed'],
  restoring: ['ready', 'partial', 'connecting', 'waiting', 'closing', 'closed'],
  ready: ['restoring', 'partial', 'connecting', 'waiting', 'closing', 'closed'],
  partial: ['restoring', 'ready', 'partial', 'connecting', 'waiting', 'closing', 'closed'],
  waiting: ['connecting', 'closing', 'closed'],
  closing: ['closed'],
  closed: [],
}

/** The next status. A move the table does not have is a bug of this package, not a condition to handle. */
export function moveStatus(from: SessionStatus, to: SessionStatus): SessionStatus {
  if (moves[from.phase].includes(to.phase)) return to
  throw new Error(`A session cannot go from ${from.phase} to ${to.phase}.`)
}
