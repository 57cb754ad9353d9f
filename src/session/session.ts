import { deferred } from '../async/deferred.ts'
import { CTraderError } from '../errors.ts'
import type { Logger } from '../log.ts'
import {
  catalog,
  type DecodeError,
  type EnvelopeName,
  encodeFrame,
  type Messages,
  messageNameOf,
  type ProtoErrorRes,
  type ProtoOAErrorRes,
  payloadTypes,
  type RequestMessage,
  type RequestName,
} from '../protocol/index.ts'
import type { Secret } from '../secret.ts'
import { type Link, LinkClosedError, type LinkEnd } from '../transport/index.ts'
import { type Calls, makeCalls } from './calls.ts'
import { Dispatcher, type MessageListener } from './dispatcher.ts'
import {
  type AccountLoss,
  ClientDisconnectedError,
  SessionClosedError,
  SilentServerError,
} from './errors.ts'
import type { CallOptions, Exchange, OpenExchange } from './exchange.ts'
import { Exchanges } from './exchanges.ts'
import { Heartbeat } from './heartbeat.ts'
import { Inbox, type InboxPort } from './inbox.ts'
import type { ResolvedOptions } from './options.ts'
import { RequestRefusedError } from './refusal.ts'
import { mayMove, type SessionEnd, type SessionState } from './state.ts'

/** Takes a message of a type this release does not know. */
export type UnknownListener = (
  payloadType: number,
  payload: Uint8Array,
  clientMsgId: string | undefined,
) => void

/**
 * One connection to a server, with the application authenticated on it. Made by {@link connectSession}.
 *
 * It ends when its link ends; a session does not connect again by itself.
 */
export class Session implements AsyncDisposable {
  /** Every request of the catalogue, typed. */
  readonly call: Calls
  readonly #options: ResolvedOptions
  readonly #logger: Logger
  readonly #exchanges: Exchanges
  readonly #dispatcher: Dispatcher
  readonly #heartbeat: Heartbeat
  readonly #inbox: Inbox
  readonly #accounts = new Set<number>()
  readonly #closed = deferred<SessionEnd>()
  readonly #endListeners = new Set<(end: SessionEnd) => void>()
  readonly #unknownListeners = new Set<UnknownListener>()
  #state: SessionState = { phase: 'authenticating' }
  #link: Link | undefined
  #cause: SessionEnd | undefined

  /** @internal */
  constructor(options: ResolvedOptions) {
    this.#options = options
    this.#logger = options.logger
    this.#dispatcher = new Dispatcher(options.logger)
    this.#exchanges = new Exchanges({
      clock: options.clock,
      logger: options.logger,
      random: options.random,
      timeoutMs: options.requestTimeoutMs,
    })
    this.#heartbeat = new Heartbeat(
      {
        beat: () => this.#write(encodeFrame('ProtoHeartbeatEvent', {})),
        silent: (forMs) => this.#fail('failure', new SilentServerError(forMs)),
      },
      options,
    )
    this.#inbox = new Inbox(this.#port(), this.#dispatcher, options.logger, options.frameLimit)
    this.call = makeCalls(
      (request, payload, options) => this.#send(request, payload, options, false).first,
    )
  }

  get state(): SessionState {
    return this.#state
  }

  /** Resolves with how the session ended. Never rejects. */
  get closed(): Promise<SessionEnd> {
    return this.#closed.promise
  }

  /** The requests that wait for an answer. */
  get pending(): number {
    return this.#exchanges.size
  }

  /**
   * Sends a request whose answers come as several events, and keeps listening until it is released or the session ends.
   */
  exchange<K extends RequestName>(
    request: K,
    payload: RequestMessage<K>,
    options: CallOptions = {},
  ): Exchange<K> {
    return this.#send(request, payload, options, true)
  }

  /**
   * Authorises an account on this connection. One that is authorised already is a success.
   *
   * @throws {@link RequestRefusedError}
   */
  async authorizeAccount(
    accountId: number,
    accessToken: Secret,
    options: CallOptions = {},
  ): Promise<void> {
    const payload = { ctidTraderAccountId: accountId, accessToken: accessToken.reveal() }
    try {
      await this.call.accountAuth(payload, options)
    } catch (error) {
      if (!isRefusal(error, 'ALREADY_LOGGED_IN')) throw error
    }
    this.#accounts.add(accountId)
  }

  /** Whether the account is authorised on this connection, as far as the server has said. */
  isAuthorized(accountId: number): boolean {
    return this.#accounts.has(accountId)
  }

  /**
   * Calls back for every message of a type that arrives, pushed or in answer to a request, synchronously and in order.
   * A listener that throws is logged and disturbs nobody. Returns a function that stops it.
   */
  on<K extends EnvelopeName>(name: K, listener: MessageListener<K>): () => void {
    return this.#dispatcher.on(name, listener)
  }

  /** Calls back for messages of types this release does not know. Returns a function that stops it. */
  onUnknown(listener: UnknownListener): () => void {
    this.#unknownListeners.add(listener)
    return () => void this.#unknownListeners.delete(listener)
  }

  /** Calls back once when the session has ended; at once if it has. Returns a function that stops it. */
  onEnd(listener: (end: SessionEnd) => void): () => void {
    if (this.#state.phase === 'closed') {
      listener(this.#state.end)
      return () => {}
    }
    this.#endListeners.add(listener)
    return () => void this.#endListeners.delete(listener)
  }

  /** Ends the session. Whatever waits fails at once; what was written before is still sent. */
  async close(): Promise<void> {
    if (this.#state.phase !== 'closed') {
      if (this.#state.phase !== 'closing') this.#move({ phase: 'closing' })
      this.#cause ??= { kind: 'closed', error: new SessionClosedError() }
      this.#exchanges.loseConnection(this.#cause.error)
      if (this.#link === undefined) this.#finish(this.#cause)
      else await this.#link.close()
    }
    await this.closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** @internal The link's side: bytes that arrive, and its end. */
  readonly handlers = {
    data: (chunk: Buffer): void => this.#take(chunk),
    end: (end: LinkEnd): void => this.#linkEnded(end),
  }

  /** @internal Starts on an open link and authenticates the application. */
  async start(
    link: Link,
    clientSecret: Secret,
    clientId: string,
    options: CallOptions,
  ): Promise<void> {
    this.#link = link
    this.#heartbeat.start()
    try {
      await this.call.applicationAuth({ clientId, clientSecret: clientSecret.reveal() }, options)
    } catch (error) {
      if (!isRefusal(error, 'CH_CLIENT_ALREADY_AUTHENTICATED')) throw error
    }
    if (mayMove(this.#state.phase, 'ready')) {
      this.#move({ phase: 'ready', since: this.#options.clock.now() })
    }
  }

  /** The one way out for requests: what decides when a request may leave belongs here. */
  #send<K extends RequestName>(
    request: K,
    payload: RequestMessage<K>,
    options: CallOptions,
    keep: boolean,
  ): OpenExchange<K> {
    // Encoded first: a message that cannot be sent must not occupy an id.
    const name = catalog[request].send
    const exchange = this.#exchanges.open(request, payload, options, keep)
    if (exchange.over) return exchange
    try {
      const frame = encodeFrame(name, payload as Messages[typeof name], exchange.clientMsgId)
      const { phase } = this.#state
      if (phase === 'closed' || phase === 'closing' || this.#link === undefined) {
        exchange.loseConnection(this.#cause?.error)
      } else {
        this.#link.send(frame)
        exchange.sent = true
        this.#heartbeat.sent()
      }
    } catch (error) {
      if (error instanceof LinkClosedError) exchange.loseConnection(this.#cause?.error ?? error)
      else exchange.fail(error instanceof Error ? error : new Error(String(error)))
    }
    return exchange
  }

  #write(frame: Buffer): void {
    try {
      this.#link?.send(frame)
      this.#heartbeat.sent()
    } catch (error) {
      this.#logger.debug({ error }, 'a heartbeat could not be sent')
    }
  }

  #take(chunk: Buffer): void {
    this.#heartbeat.heard()
    try {
      this.#inbox.push(chunk)
    } catch (error) {
      if (!(error instanceof CTraderError)) throw error
      this.#fail('failure', error)
    }
  }

  #port(): InboxPort {
    return {
      message: (type, message, id) => this.#receive(type, message, id),
      unknown: (type, payload, id) => {
        this.#logger.info({ payloadType: type }, 'a message of an unknown type arrived')
        for (const listener of this.#unknownListeners) listener(type, payload, id)
      },
      malformed: (error, _type, id) => this.#malformed(error, id),
    }
  }

  #receive(type: number, message: object, clientMsgId: string | undefined): void {
    const isError = type === payloadTypes.ProtoOAErrorRes || type === payloadTypes.ProtoErrorRes
    const isAnswer = clientMsgId !== undefined && this.#exchanges.accept(type, message, clientMsgId)
    if (isError && !isAnswer && this.#state.phase === 'authenticating') {
      // Before anything else is under way, an error without an id can only mean the authentication.
      this.#exchanges.refuseOnly(message as ProtoOAErrorRes | ProtoErrorRes)
    }
    this.#applyPush(type, message)
    this.#dispatcher.emit(type, message, clientMsgId)
  }

  #applyPush(type: number, message: object): void {
    const name = messageNameOf(type)
    if (name === 'ProtoOAAccountDisconnectEvent') {
      const event = message as Messages['ProtoOAAccountDisconnectEvent']
      this.#loseAccount(event.ctidTraderAccountId, 'disconnected')
    } else if (name === 'ProtoOAAccountsTokenInvalidatedEvent') {
      const event = message as Messages['ProtoOAAccountsTokenInvalidatedEvent']
      for (const id of event.ctidTraderAccountIds) this.#loseAccount(id, 'token-invalidated')
    } else if (name === 'ProtoOAClientDisconnectEvent') {
      const { reason } = message as Messages['ProtoOAClientDisconnectEvent']
      this.#fail('server', new ClientDisconnectedError(reason))
    }
  }

  #loseAccount(accountId: number, loss: AccountLoss): void {
    this.#accounts.delete(accountId)
    this.#exchanges.loseAccount(accountId, loss)
  }

  #malformed(error: DecodeError, clientMsgId: string | undefined): void {
    if (clientMsgId !== undefined) this.#exchanges.unreadable(error, clientMsgId)
  }

  /** Ends the session for a reason found on this side: whatever waits fails now, not when the socket has closed. */
  #fail(kind: SessionEnd['kind'], error: CTraderError): void {
    this.#cause ??= { kind, error }
    this.#exchanges.loseConnection(error)
    this.#link?.destroy(error)
  }

  #linkEnded(end: LinkEnd): void {
    try {
      this.#inbox.end()
    } catch (error) {
      if (error instanceof CTraderError && end.kind === 'remote') {
        this.#cause ??= { kind: 'failure', error }
      }
    }
    const error = end.error ?? new SessionClosedError()
    this.#finish(this.#cause ?? { kind: end.kind === 'remote' ? 'server' : 'failure', error })
  }

  #finish(end: SessionEnd): void {
    if (!mayMove(this.#state.phase, 'closed')) return
    this.#heartbeat.stop()
    this.#accounts.clear()
    this.#move({ phase: 'closed', end })
    this.#exchanges.loseConnection(end.error)
    this.#closed.resolve(end)
    const listeners = [...this.#endListeners]
    this.#endListeners.clear()
    for (const listener of listeners) {
      try {
        listener(end)
      } catch (error) {
        this.#logger.error({ error }, 'a listener for the end of the session threw')
      }
    }
  }

  #move(to: SessionState): void {
    if (!mayMove(this.#state.phase, to.phase)) {
      throw new Error(`a session cannot go from ${this.#state.phase} to ${to.phase}`)
    }
    this.#state = to
  }
}

function isRefusal(error: unknown, serverCode: string): boolean {
  return error instanceof RequestRefusedError && error.serverCode === serverCode
}
