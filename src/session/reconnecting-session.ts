import type { WaitOptions } from '../async/wait-options.ts'
import type { AccessTokenSource } from '../oauth/index.ts'
import type { Secret } from '../secret.ts'
import type { CallOptions } from './requests/exchange.ts'
import type { Session } from './session.ts'
import type { Missing, SessionStatus } from './status/status.ts'

/** How a session stands once everything that is wanted has been tried on its link. */
export interface Readiness {
  /** Counts the links of the session, from 1. */
  readonly generation: number
  /** The accounts that are authorised. */
  readonly accounts: readonly number[]
  /** What is wanted and not there, with the reason. Empty when all is well; otherwise it is tried again by itself. */
  readonly missing: readonly Missing[]
}

export interface CloseOptions {
  /**
   * How long requests that are under way may still be answered, in milliseconds; 0 ends them at once.
   *
   * @defaultValue 5,000
   */
  readonly drainMs?: number | undefined
}

/**
 * A session that outlives its links: when one is lost it connects again, authenticates the application, authorises the
 * accounts (those with open positions first) and makes their subscriptions again. Made by `openSession`.
 *
 * What was under way when a link went fails at once and says whether it may have been executed; nothing is sent twice
 * unless its caller asked for that, and never an order. What is begun in between waits for the link within its deadline,
 * except trading requests, which fail without being sent (`whenOffline`).
 *
 * It keeps what it sees being made through {@link Session.call}: accounts authorised, subscriptions made and ended.
 */
export interface ReconnectingSession extends Session {
  /** Where it stands now. */
  readonly status: SessionStatus

  /** Where it stands now and each time that changes, until it is closed. */
  watchStatus(): AsyncIterableIterator<SessionStatus>

  /** Calls back each time the status changes. Returns a function that stops it. */
  onStatus(listener: (status: SessionStatus) => void): () => void

  /**
   * Resolves when everything that is wanted has been tried on the present link; at once if it has. Partial success is
   * success: look at `missing`.
   *
   * @throws what ended the session when it is closed or has given up; `SessionNotReadyError` when the deadline comes
   * first (30 s unless another is given)
   */
  ready(options?: WaitOptions): Promise<Readiness>

  /**
   * Authorises an account and keeps it authorised on every link to come. A source of tokens is asked for the current one
   * each time, and once for a new one when the server says that a token is dead.
   *
   * @throws what the server or the source of tokens said no with; the account is not kept then
   */
  authorizeAccount(
    accountId: number,
    tokens: AccessTokenSource | Secret | string,
    options?: CallOptions,
  ): Promise<void>

  /**
   * Takes no more requests, lets what is under way be answered for a while, and ends. Resolves when the socket is gone.
   * Harmless to repeat; a shorter wait asked for later holds.
   */
  close(options?: CloseOptions): Promise<void>
}
