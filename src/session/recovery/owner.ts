import type { RequestName } from '../../protocol/index.ts'
import type { AccountLoss } from '../errors.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { RequestRefusedError } from '../requests/refusal.ts'
import type { SessionEnd } from '../status/state.ts'

/** Whoever replaces a session's link when it is lost, and therefore wants to know what happens on it. */
export interface SessionOwner {
  /** Makes the ids of requests: one series for all links, so that none comes twice. */
  readonly newId: () => string
  /** The listeners for messages, who stay when the link goes. */
  readonly dispatcher: Dispatcher
  /** The link is up, and the application is being authenticated. */
  linked(): void
  /** Its end has been decided: nothing more is taken or sent. The socket may take a moment longer. */
  ending(end: SessionEnd): void
  /** An account has lost its authorisation. */
  accountLost(accountId: number, loss: AccountLoss): void
  /** A request that had been sent was not answered in time. */
  unanswered(request: RequestName): void
  /** The server refused a request for an account. */
  refused(accountId: number, error: RequestRefusedError): void
}
