import { CTraderError } from '../errors.ts'
import {
  catalog,
  type Messages,
  type RequestMessage,
  type RequestName,
  type ResponseMessage,
} from '../protocol/index.ts'
import type { Secret } from '../secret.ts'
import { type Link, LinkClosedError, type LinkEnd } from '../transport/index.ts'
import { Authenticator, type TokenAccounts } from './accounts/authenticator.ts'
import { SessionClosedError, SilentServerError } from './errors.ts'
import { Heartbeat } from './link/heartbeat.ts'
import { Outbox } from './link/outbox.ts'
import { Prober } from './link/prober.ts'
import type { LinkTap } from './link/tap.ts'
import { openWire, type Wire } from './link/wire.ts'
import { Announcements, ListenedSession } from './listened-session.ts'
import type { ResolvedOptions } from './options.ts'
import type { SessionOwner } from './recovery/owner.ts'
import { MuteConnectionError } from './recovery/reconnect-errors.ts'
import { type Calls, makeCalls } from './requests/calls.ts'
import { Departures } from './requests/departures.ts'
import type { CallOptions, Exchange, OpenExchange } from './requests/exchange.ts'
import { Exchanges } from './requests/exchanges.ts'
import { Inbox } from './requests/inbox.ts'
import { messageIds } from './requests/message-ids.ts'
import type { QueueStatus } from './scheduler/scheduler.ts'
import type { LinkSession } from './session.ts'
import { move, type SessionEnd, type SessionState } from './status/state.ts'

/** Wires the organs of a session together. */
export class LiveSession extends ListenedSession implements LinkSession {
  readonly call: Calls
  readonly #options: ResolvedOptions
  readonly #owner: SessionOwner | undefined
  readonly #exchanges: Exchanges
  readonly #departures: Departures
  readonly #tap: LinkTap | undefined
  readonly #authenticator: Authenticator
  readonly #heartbeat: Heartbeat
  readonly #prober: Prober
  readonly #wire: Wire
  readonly #connecting = new AbortController()
  readonly #said: Announcements
  #state: SessionState = { phase: 'connecting' }
  #link: Link | undefined
  #outbox: Outbox | undefined

  constructor(options: ResolvedOptions, owner?: SessionOwner) {
    const said = new Announcements(options.logger, owner?.dispatcher)
    super(said)
    this.#said = said
    this.#options = options
    this.#owner = owner
    const { clock, logger, random, requestTimeoutMs } = options
    this.#exchanges = new Exchanges({
      clock,
      logger,
      newId: owner?.newId ?? messageIds(random),
      timeoutMs: requestTimeoutMs,
      onUnanswered: (request) => owner?.unanswered(request),
      onRefused: (accountId, error) => {
        this.#authenticator.refused(accountId, error)
        owner?.refused(accountId, error)
      },
      onSettled: (exchange, error) => this.#departures.settled(exchange, error),
      isRepeated: (exchange, error) => this.#departures.refused(exchange, error),
    })
    this.#tap = options.tap?.link()
    this.#departures = new Departures({
      ...{ clock, logger, limits: options.rateLimits, metrics: options.metrics, tap: this.#tap },
      transmit: (outgoing, bytes) => this.#outbox?.send(outgoing, bytes),
    })
    this.call = makeCalls((request, payload, options) => this.#call(request, payload, options))
    this.#authenticator = new Authenticator({
      call: this.call,
      accountLost: (accountId, loss) => {
        this.#exchanges.loseAccount(accountId, loss)
        owner?.accountLost(accountId, loss)
        this.#said.lost.tell(accountId)
      },
    })
    this.#prober = new Prober(
      {
        ask: (timeoutMs) => this.call.version({}, { timeoutMs }),
        mute: (waitedMs) => this.#fail('failure', new MuteConnectionError(waitedMs)),
      },
      options.probeTimeoutMs,
    )
    this.#heartbeat = new Heartbeat(
      {
        beat: () => this.#beat(),
        probe: () => this.probe(),
        silent: (forMs) => this.#fail('failure', new SilentServerError(forMs)),
      },
      options,
    )
    const inbox = new Inbox({
      authenticator: this.#authenticator,
      dispatcher: this.#said.messages,
      exchanges: this.#exchanges,
      logger,
      isAuthenticating: () => this.#state.phase === 'authenticating',
      onDisconnect: (error) => this.#fail('server', error),
    })
    const { format, frameLimit, transport } = options
    const sink = this.#tap?.wrap(inbox) ?? inbox
    this.#wire = openWire({ format, framing: transport.framing, frameLimit }, sink)
  }

  get state(): SessionState {
    return this.#state
  }

  get pending(): number {
    return this.#exchanges.size
  }

  get queued(): QueueStatus {
    return this.#departures.queued
  }

  /** Opens the link and authenticates the application. Leaves nothing behind when it rejects. */
  async open(signal: AbortSignal | undefined): Promise<void> {
    const { application, applicationTimeoutMs, clock, connectTimeoutMs, endpoint } = this.#options
    const { logger, transport } = this.#options
    const onAbort = (): void => this.#connecting.abort(signal?.reason)
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
    const stop = this.#connecting.signal
    const handlers = {
      data: (chunk: Buffer): void => this.#receive(chunk),
      end: (end: LinkEnd): void => this.#linkEnded(end),
    }
    try {
      const link = await transport.open(endpoint, handlers, {
        clock,
        timeoutMs: connectTimeoutMs,
        signal: stop,
      })
      this.#link = link
      this.#linked(link)
      this.#goOn({ phase: 'authenticating' })
      logger.debug({ remote: link.remote }, 'connected')
      this.#outbox = new Outbox(link, () => this.#heartbeat.sent())
      this.#heartbeat.start()
      this.#owner?.linked()
      const deadline = { signal: stop, timeoutMs: applicationTimeoutMs }
      await this.#authenticator.authenticateApplication(application, deadline)
      this.#goOn({ phase: 'ready', since: clock.now() })
      logger.info({ remote: link.remote }, 'application authenticated')
    } catch (error) {
      this.#giveUp(error)
      await this.#said.ending.over
      throw error
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  exchange<K extends RequestName>(
    request: K,
    payload: RequestMessage<K>,
    options: CallOptions = {},
  ): Exchange<K> {
    return this.#send(request, payload, options, true)
  }

  listAccounts(accessToken: Secret | string, options: CallOptions = {}): Promise<TokenAccounts> {
    return this.#authenticator.listAccounts(accessToken, options)
  }

  authorizeAccount(
    accountId: number,
    accessToken: Secret | string,
    options: CallOptions = {},
  ): Promise<void> {
    return this.#authenticator.authorizeAccount(accountId, accessToken, options)
  }

  isAuthorized(accountId: number): boolean {
    return this.#authenticator.isAuthorized(accountId)
  }

  /** Whether a request of this id waits for its answer, and may have been acted on. */
  hasSent(clientMsgId: string): boolean {
    return this.#exchanges.hasSent(clientMsgId)
  }

  /** Finds out whether the server still takes requests, and ends the session when it does not. */
  probe(): void {
    if (this.#state.phase === 'ready') this.#prober.probe()
  }

  /** Ends the session because of something its owner has found. */
  drop(error: CTraderError): void {
    this.#fail('failure', error)
  }

  /** Resolves when every request now under way has had its first answer, or failed. Never rejects. */
  async settled(): Promise<void> {
    await this.#exchanges.settled()
  }

  async close(): Promise<void> {
    const error = new SessionClosedError()
    if (this.#beginEnd({ kind: 'closed', error })) {
      this.#connecting.abort(error)
      await this.#link?.close()
    }
    await this.#said.ending.over
  }

  #call<K extends RequestName>(
    request: K,
    payload: RequestMessage<K>,
    options: CallOptions,
  ): Promise<ResponseMessage<K>> {
    try {
      return this.#send(request, payload, options, false).first
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The one way out for requests. When they leave is for the departures to decide. */
  #send<K extends RequestName>(
    request: K,
    payload: RequestMessage<K>,
    options: CallOptions,
    keep: boolean,
  ): OpenExchange<K> {
    const exchange = this.#exchanges.open(request, payload, options, keep)
    if (exchange.over) return exchange
    if (this.#said.ending.decided !== undefined || this.#outbox === undefined) {
      exchange.loseConnection(this.#said.ending.decided?.error)
      return exchange
    }
    const name = catalog[request].send
    const { clientMsgId } = exchange
    try {
      const bytes = this.#wire.encode(name, payload as Messages[typeof name], clientMsgId)
      const recorded = this.#tap?.prepare(name, payload, clientMsgId)
      this.#departures.add(exchange as unknown as OpenExchange<RequestName>, bytes, recorded)
    } catch (error) {
      exchange.fail(error instanceof Error ? error : new Error(String(error)))
    }
    return exchange
  }

  #beat(): void {
    // While the link is congested the server has plenty of ours to read.
    if (this.#outbox === undefined || this.#outbox.waiting > 0) return
    try {
      this.#link?.send(this.#wire.encode('ProtoHeartbeatEvent', {}))
      this.#heartbeat.sent()
      this.#tap?.sent(this.#tap.prepare('ProtoHeartbeatEvent', {}))
    } catch (error) {
      this.#options.logger.debug({ error }, 'a heartbeat could not be sent')
    }
  }

  #receive(chunk: Buffer): void {
    if (this.#said.ending.decided !== undefined) return
    this.#heartbeat.heard()
    try {
      this.#wire.receive(chunk)
    } catch (error) {
      if (!(error instanceof CTraderError)) throw error
      this.#fail('failure', error)
    }
  }

  #linked(link: Link): void {
    const { format, metrics, transport } = this.#options
    const carrier = `${format}-${transport.name}`
    metrics?.count('linksOpened', { carrier })
    this.#tap?.opened(carrier, link.remote)
  }

  /** The next phase on the way to `ready`, unless the end has been decided meanwhile. */
  #goOn(state: SessionState): void {
    if (this.#said.ending.decided !== undefined) throw this.#said.ending.decided.error
    this.#state = move(this.#state, state)
  }

  /** Opening has failed. */
  #giveUp(error: unknown): void {
    const { endpoint } = this.#options
    const known =
      error instanceof CTraderError
        ? error
        : new LinkClosedError(endpoint, 'could not be opened', error)
    this.#beginEnd({ kind: 'failure', error: known })
    if (this.#link === undefined) this.#finish()
    else this.#link.destroy(known)
  }

  /** Something is wrong: whatever waits fails now, not when the socket has closed. */
  #fail(kind: SessionEnd['kind'], error: CTraderError): void {
    if (this.#beginEnd({ kind, error })) this.#link?.destroy(error)
  }

  #beginEnd(end: SessionEnd): boolean {
    if (!this.#said.ending.decide(end)) return false
    this.#state = move(this.#state, { phase: 'closing' })
    this.#wire.stop()
    this.#departures.stop()
    this.#heartbeat.stop()
    if (this.#link !== undefined) {
      const { kind, error } = end
      this.#options.metrics?.count('linksEnded', { end: kind, code: error.code })
      this.#tap?.closed(error.code)
    }
    for (const accountId of this.#authenticator.clear()) this.#said.lost.tell(accountId)
    // Whoever hears that its request has failed finds the session where it is.
    this.#owner?.ending(end)
    this.#exchanges.loseConnection(end.error)
    return true
  }

  #linkEnded({ kind, error = new SessionClosedError() }: LinkEnd): void {
    if (this.#said.ending.decided === undefined) this.#beginEnd(this.#judgeEnd(kind, error))
    this.#finish()
  }

  #judgeEnd(kind: LinkEnd['kind'], error: CTraderError): SessionEnd {
    if (kind !== 'remote') return { kind: 'failure', error }
    try {
      this.#wire.end()
      return { kind: 'server', error }
    } catch (cut) {
      // A goodbye in the middle of a message is no good order.
      return { kind: 'failure', error: cut instanceof CTraderError ? cut : error }
    }
  }

  #finish(): void {
    const end = this.#said.ending.decided
    if (end === undefined || this.#state.phase === 'closed') return
    this.#state = move(this.#state, { phase: 'closed', end })
    this.#said.ending.tell(end)
  }
}
