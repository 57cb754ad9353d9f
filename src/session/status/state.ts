import type { CTraderError } from '../../errors.ts'

/**
 * Where a session stands.
 *
 * - `connecting`: the link is being opened
 * - `authenticating`: the link is up, the application is not yet known to the server
 * - `ready`: requests can be sent
 * - `closing`: the end has been decided, by its owner or by what went wrong; the link is on its way down
 * - `closed`: it is over; `end` says how
 */
export type SessionState =
  | { readonly phase: 'connecting' }
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
  connecting: ['authenticating', 'closing', 'closed'],
  authenticating: ['ready', 'closing', 'closed'],
  ready: ['closing', 'closed'],
  closing: ['closed'],
  closed: [],
}

/** The next state. A move the table does not have is a bug of this package, not a condition to handle. */
export function move(from: SessionState, to: SessionState): SessionState {
  if (moves[from.phase].includes(to.phase)) return to
  throw new Error(`A session cannot go from ${from.phase} to ${to.phase}.`)
}
