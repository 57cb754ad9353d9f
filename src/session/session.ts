import type { EnvelopeName, RequestMessage, RequestName } from '../protocol/index.ts'
import type { Secret } from '../secret.ts'
import type { TokenAccounts } from './accounts/authenticator.ts'
import type { Calls } from './requests/calls.ts'
import type { MalformedListener, MessageListener, UnknownListener } from './requests/dispatcher.ts'
import type { CallOptions, Exchange } from './requests/exchange.ts'
import type { QueueStatus } from './scheduler/scheduler.ts'
import type { SessionEnd, SessionState } from './status/state.ts'

/**
 * A conversation with a server, with the application authenticated: over one link (`connectSession`), or over one link
 * after the other (`openSession`). Everything it says is in the protocol's own messages and units.
 */
export interface Session extends AsyncDisposable {
  /** Resolves with how it ended, once its socket is gone. Never rejects. */
  readonly closed: Promise<SessionEnd>
  /** How many requests are under way. */
  readonly pending: number
  /** How many of them wait to be sent because of the server's rate limits, and for how long. */
  readonly queued: QueueStatus

  /**
   * Every request of the catalogue as a function. Each rejects with a {@link RequestError}, whose `outcome` says whether
   * the server may have acted; or with an `EncodeError` for a message that cannot be sent.
   *
   * - {@link RequestRefusedError}: the server said no ({@link OrderRejectedError} for what concerns an order)
   * - {@link RequestTimeoutError}: no answer in time
   * - {@link RequestAbortedError}: given up by the caller
   * - {@link ConnectionLostError}: the session ended first
   * - {@link AccountLostError}: the account of the request lost its authorisation first
   * - {@link UnreadableAnswerError}: an answer came that cannot be read
   */
  readonly call: Calls

  /**
   * Sends a request whose answers come as several events, and keeps listening until it is released or the session ends.
   *
   * @throws {@link InvalidArgumentError} for an id in use or a deadline that is none; what else goes wrong rejects `first`
   */
  exchange<K extends RequestName>(
    request: K,
    payload: RequestMessage<K>,
    options?: CallOptions,
  ): Exchange<K>

  /** Lists the accounts an access token covers, those of demo and of live alike. */
  listAccounts(accessToken: Secret | string, options?: CallOptions): Promise<TokenAccounts>

  /**
   * Authorises an account on this connection. One that is authorised already is a success.
   *
   * @throws {@link RequestRefusedError}
   */
  authorizeAccount(
    accountId: number,
    accessToken: Secret | string,
    options?: CallOptions,
  ): Promise<void>

  /** Whether the account is authorised on this connection, as far as the server has said. */
  isAuthorized(accountId: number): boolean

  /**
   * Calls back for every message of a type that arrives, pushed or in answer to a request, synchronously and in order.
   * The id is there when a request caused the message, also one of another client. A listener that throws is logged and
   * disturbs nobody. Returns a function that stops it.
   */
  on<K extends EnvelopeName>(name: K, listener: MessageListener<K>): () => void

  /** Calls back for messages of types this release does not know. Returns a function that stops it. */
  onUnknown(listener: UnknownListener): () => void

  /** Calls back for messages of known types that cannot be read: something was missed. Returns a function that stops it. */
  onMalformed(listener: MalformedListener): () => void

  /** Calls back once when the session has ended; at once if it has. Returns a function that stops it. */
  onEnd(listener: (end: SessionEnd) => void): () => void

  /**
   * Calls back when an account that was authorised no longer is, because its connection or its authorisation went. What
   * happens from now on is missed. Returns a function that stops it.
   */
  onLost(listener: (accountId: number) => void): () => void

  /**
   * Calls back when an account that was lost is authorised again, with its subscriptions as far as they could be
   * restored. On a session over one link that is never. Returns a function that stops it.
   */
  onRestored(listener: (accountId: number) => void): () => void

  /** Ends the session. Resolves when the socket is gone. */
  close(): Promise<void>
}

/** A session over one link: it ends when the link ends. Made by `connectSession`. */
export interface LinkSession extends Session {
  /** Where it stands. */
  readonly state: SessionState

  /** Ends the session. Whatever waits fails at once; what was sent before still leaves. Resolves when the socket is gone. */
  close(): Promise<void>
}
