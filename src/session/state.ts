import type { CTraderError } from '../errors.ts'

/**
 * Where a session stands.
 *
 * - `authenticating`: the link is up, the application is not yet known to the server
 * - `ready`: requests can be sent
 * - `closing`: the owner has asked for the end
 * - `closed`: it is over; `end` says how
 */
export type SessionState =
  | { readonly phase: 'authenticating' }
  | { readonly phase: 'ready'; readonly since: number }
  | { readonly phase: 'closing' }
  | { readonly phase: 'closed'; readonly end: SessionEnd }

/** How a session ended. */
export interface SessionEnd {
  /**
   * - `closed`: by its owner
   * - `server`: the server ended it in good order, or said that it does
   * - `failure`: the link broke, went silent, or carried bytes that cannot be read
   */
  readonly kind: 'closed' | 'server' | 'failure'
  /** What happened; for a session closed by its owner a `SessionClosedError`. */
  readonly error: CTraderError
}

const moves: Readonly<Record<SessionState['phase'], readonly SessionState['phase'][]>> = {
  authenticating: ['ready', 'closing', 'closed'],
  ready: ['closing', 'closed'],
  closing: ['closed'],
  closed: [],
}

/** Whether a session may go from one phase to another. Asking for a move that does not exist is a bug. */
export function mayMove(from: SessionState['phase'], to: SessionState['phase']): boolean {
  return moves[from].includes(to)
}
