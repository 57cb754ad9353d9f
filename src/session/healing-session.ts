import type { WaitOptions } from '../async/wait-options.ts'
import type { AccessTokenSource } from '../oauth/index.ts'
import type { RequestMessage, RequestName, ResponseMessage } from '../protocol/index.ts'
import type { Secret } from '../secret.ts'
import { AccountKeeper } from './accounts/account-keeper.ts'
import { listAccounts, type TokenAccounts } from './accounts/authenticator.ts'
import { OpenPositions } from './accounts/open-positions.ts'
import { toTokenSource } from './accounts/static-token.ts'
import { Wishes } from './accounts/wishes.ts'
import {
  ConnectionLostError,
  RequestAbortedError,
  type RequestIdentity,
  type RequestOutcome,
  RequestTimeoutError,
  SessionClosedError,
} from './errors.ts'
import { Announcements, ListenedSession } from './listened-session.ts'
import type { LiveSession } from './live-session.ts'
import type { CloseOptions, Readiness, ReconnectingSession } from './reconnecting-session.ts'
import { Conditions } from './recovery/conditions.ts'
import type { Connection } from './recovery/connection.ts'
import type { SessionOwner } from './recovery/owner.ts'
import { SessionNotReadyError } from './recovery/reconnect-errors.ts'
import type { ResolvedOpenOptions } from './recovery/reconnect-options.ts'
import { type Obstacle, Requests } from './recovery/requests.ts'
import { sleep } from './recovery/sleep.ts'
import { Supervisor } from './recovery/supervisor.ts'
import { type Calls, makeCalls } from './requests/calls.ts'
import type { CallOptions, Exchange } from './requests/exchange.ts'
import { messageIds } from './requests/message-ids.ts'
import type { RequestRefusedError } from './requests/refusal.ts'
import { judgeRefusal } from './requests/refusal-verdict.ts'
import { nothingQueued, type QueueStatus } from './scheduler/scheduler.ts'
import { isSame, standing } from './status/standing.ts'
import type { SessionEnd } from './status/state.ts'
import type { SessionStatus } from './status/status.ts'
import { StatusBoard } from './status/status-board.ts'
import { Subscriptions } from './subscriptions/subscriptions.ts'

const defaultReadyTimeoutMs = 30_000
const defaultDrainMs = 5_000

/** Wires the organs of a session that heals itself. */
export class HealingSession extends ListenedSession implements ReconnectingSession {
  readonly call: Calls
  readonly #options: ResolvedOpenOptions
  readonly #said: Announcements
  readonly #newId: () => string
  readonly #board: StatusBoard
  readonly #conditions = new Conditions()
  readonly #subscriptions = new Subscriptions()
  readonly #wishes: Wishes
  readonly #positions: OpenPositions
  readonly #keeper: AccountKeeper
  readonly #requests: Requests
  readonly #supervisor: Supervisor
  readonly #drained = new AbortController()
  #connection: Connection | undefined
  #closing: Promise<void> | undefined

  constructor(options: ResolvedOpenOptions) {
    const said = new Announcements(options.logger)
    super(said)
    this.#said = said
    this.#options = options
    const { clock, logger, random, requestTimeoutMs, whenOffline, endpoints } = options
    const [endpoint] = endpoints
    this.#newId = messageIds(random)
    this.#board = new StatusBoard(
      { phase: 'connecting', stage: 'link', endpoint, attempt: 1 },
      logger,
      options.metrics,
    )
    this.#positions = new OpenPositions(this.#said.messages)
    this.#keeper = new AccountKeeper({
      clock,
      logger,
      random,
      subscriptions: this.#subscriptions,
      accountTimeoutMs: options.accountTimeoutMs,
      newId: this.#newId,
      stableAfterMs: options.reconnect.stableAfterMs,
      isUrgent: (accountId) => this.#positions.has(accountId),
      onChange: () => this.#update(),
      onLost: (accountId) => this.#said.lost.tell(accountId),
      onRestored: (accountId) => this.#said.restored.tell(accountId),
    })
    this.#wishes = new Wishes({
      keeper: this.#keeper,
      subscriptions: this.#subscriptions,
      isHere: (accountId) => this.#here(accountId) !== undefined,
      isAuthorized: (accountId) => this.isAuthorized(accountId),
      onLeft: (accountId) => {
        this.#positions.forgetAccount(accountId)
        this.#update()
      },
    })
    this.#requests = new Requests(
      {
        ...{ clock, conditions: this.#conditions, requestTimeoutMs, whenOffline },
        newId: this.#newId,
      },
      {
        here: (accountId) => this.#here(accountId),
        over: () => this.#said.ending.decided?.error,
        obstacle: (accountId) => this.#obstacle(accountId),
      },
    )
    this.call = makeCalls((request, payload, options) => this.#call(request, payload, options))
    this.#supervisor = new Supervisor(options, {
      owner: () => this.#owner(),
      status: (status) => this.#say(status),
      begin: (connection) => this.#begin(connection),
      end: (connection, end) => this.#end(connection, end),
    })
  }

  get status(): SessionStatus {
    return this.#board.current
  }

  get pending(): number {
    return this.#connection?.live.pending ?? 0
  }

  get queued(): QueueStatus {
    return this.#connection?.live.queued ?? nothingQueued
  }

  /** Resolves once there has been a link. Leaves nothing behind when it rejects. */
  async open(signal: AbortSignal | undefined): Promise<void> {
    const abort = (): void => this.#supervisor.retire(signal?.reason)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
    void this.#supervisor.run().then((end) => this.#finish(end))
    try {
      await new Promise<void>((resolve, reject) => {
        const stop = this.#board.listen(({ phase }) => {
          if (phase !== 'restoring') return
          stop()
          resolve()
        })
        this.#said.ending.listen(({ error }) => {
          stop()
          reject(error)
        })
      })
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  watchStatus(): AsyncIterableIterator<SessionStatus> {
    return this.#board.watch()
  }

  onStatus(listener: (status: SessionStatus) => void): () => void {
    return this.#board.listen(listener)
  }

  ready(options: WaitOptions = {}): Promise<Readiness> {
    const { clock } = this.#options
    const { timeoutMs = defaultReadyTimeoutMs, signal } = options
    const test = (): Readiness | undefined => {
      if (this.#said.ending.decided !== undefined) throw this.#said.ending.decided.error
      const { status } = this
      if (status.phase !== 'ready' && status.phase !== 'partial') return undefined
      const accounts = [...this.#keeper].filter((account) => account.isUp)
      return {
        generation: status.generation,
        accounts: accounts.map(({ accountId }) => accountId),
        missing: status.phase === 'partial' ? status.missing : [],
      }
    }
    return this.#conditions.until(test, {
      clock,
      timeoutMs,
      signal,
      onTimeout: () => new SessionNotReadyError(this.status, timeoutMs),
      onAbort: (reason) => (reason instanceof Error ? reason : new Error(String(reason))),
    })
  }

  exchange<K extends RequestName>(
    request: K,
    payload: RequestMessage<K>,
    options: CallOptions = {},
  ): Exchange<K> {
    return this.#requests.exchange(request, payload, options)
  }

  listAccounts(accessToken: Secret | string, options: CallOptions = {}): Promise<TokenAccounts> {
    return listAccounts(this.call, accessToken, options)
  }

  async authorizeAccount(
    accountId: number,
    tokens: AccessTokenSource | Secret | string,
    options: CallOptions = {},
  ): Promise<void> {
    const source = toTokenSource(tokens)
    const known = this.#keeper.get(accountId)
    if (known !== undefined) this.#keeper.setTokens(known, source)
    const { clock, requestTimeoutMs } = this.#options
    const { timeoutMs = requestTimeoutMs, signal, clientMsgId = this.#newId() } = options
    const account = known ?? this.#keeper.add(accountId, source, clientMsgId)
    // The last attempt is what is waited for; until there was one, the one to come.
    const identity = (): RequestIdentity => ({
      ...{ request: 'accountAuth', accountId },
      clientMsgId: account.requestId ?? clientMsgId,
    })
    const outcome = (): RequestOutcome => {
      const isOpen = this.#connection?.live.hasSent(identity().clientMsgId) === true
      return isOpen || account.isOutcomeUnknown ? 'unknown' : 'not-sent'
    }
    const test = (): true | undefined => {
      const end = this.#said.ending.decided
      if (end !== undefined) throw new ConnectionLostError(identity(), outcome(), end.error)
      if (account.failure !== undefined && !account.isKept) throw account.failure.error
      return account.isUp ? true : undefined
    }
    try {
      await this.#conditions.until(test, {
        clock,
        timeoutMs,
        signal,
        onTimeout: () =>
          new RequestTimeoutError(identity(), timeoutMs, outcome(), account.failure?.error),
        onAbort: (reason) => new RequestAbortedError(identity(), outcome(), reason),
      })
    } catch (error) {
      if (!account.isKept && this.#keeper.get(accountId) === account) this.#keeper.remove(accountId)
      throw error
    } finally {
      this.#update()
    }
  }

  isAuthorized(accountId: number): boolean {
    return this.#connection?.live.isAuthorized(accountId) ?? false
  }

  close({ drainMs = defaultDrainMs }: CloseOptions = {}): Promise<void> {
    if (drainMs <= 0) this.#drained.abort()
    this.#closing ??= this.#close(drainMs)
    return this.#closing
  }

  async #close(drainMs: number): Promise<void> {
    const error = new SessionClosedError()
    if (this.#said.ending.decide({ kind: 'closed', error })) {
      this.#say({ phase: 'closing' })
      this.#keeper.close()
      this.#supervisor.retire(error)
      this.#conditions.check()
      const settled = this.#supervisor.settled().then(() => this.#drained.abort())
      if (drainMs > 0) await sleep(this.#options.clock, drainMs, this.#drained.signal)
      await this.#supervisor.close()
      await settled
    }
    await this.#said.ending.over
  }

  #finish(end: SessionEnd): void {
    this.#said.ending.decide(end)
    const decided = this.#said.ending.decided ?? end
    this.#options.logger.info({ kind: decided.kind, error: decided.error }, 'the session is over')
    this.#keeper.close()
    this.#say({ phase: 'closed', end: decided })
    this.#said.ending.tell(decided)
    this.#conditions.check()
  }

  #call<K extends RequestName>(
    request: K,
    payload: RequestMessage<K>,
    options: CallOptions,
  ): Promise<ResponseMessage<K>> {
    return this.#wishes.track(request, payload, () =>
      this.#requests.call(request, payload, options),
    )
  }

  #owner(): Omit<SessionOwner, 'linked' | 'ending'> {
    return {
      newId: this.#newId,
      dispatcher: this.#said.messages,
      accountLost: (accountId, loss) => {
        this.#keeper.lose(accountId, loss)
        // After this the whole connection has been seen to go mute.
        if (loss === 'disconnected') this.#connection?.live.probe()
      },
      unanswered: () => this.#connection?.live.probe(),
      refused: (accountId, error) => this.#refused(accountId, error),
    }
  }

  #refused(accountId: number, error: RequestRefusedError): void {
    const live = this.#connection?.live
    const verdict = judgeRefusal(error)
    if (verdict === 'application-lost') live?.drop(error)
    if (verdict === 'account-lost') this.#keeper.lose(accountId, 'token-invalidated')
    // Reading needs no right to trade: if that is refused too, the account is lost.
    if (verdict === 'account-in-doubt') {
      live?.call.trader({ ctidTraderAccountId: accountId }).catch(() => {})
    }
  }

  #begin(connection: Connection): void {
    this.#connection = connection
    const { generation, endpoint } = connection
    this.#options.logger.info({ generation, ...endpoint }, 'a link is up')
    this.#say({ phase: 'restoring', generation, endpoint })
    this.#keeper.begin(connection)
    this.#update()
  }

  #end({ generation }: Connection, { kind, error }: SessionEnd): void {
    this.#connection = undefined
    this.#options.logger.info({ generation, kind, error }, 'the link is gone')
    this.#keeper.end()
  }

  /** The link, when what a request needs is there. */
  #here(accountId: number | undefined): LiveSession | undefined {
    const live = this.#connection?.live
    if (live?.state.phase !== 'ready' || this.#said.ending.decided !== undefined) return undefined
    if (accountId === undefined) return live
    // An account that nobody has asked to be kept is the server's to judge.
    const account = this.#keeper.get(accountId)
    return account === undefined || account.isUp ? live : undefined
  }

  #obstacle(accountId: number | undefined): Obstacle {
    const { status } = this
    const account = accountId === undefined ? undefined : this.#keeper.get(accountId)
    if (this.#connection !== undefined && account?.isUp === false) {
      const { failure } = account
      return {
        what: `account ${accountId} is not authorised at the moment`,
        cause: failure?.error,
        isFinal: failure !== undefined && failure.retryAt === undefined,
      }
    }
    return {
      what: `there is no connection at the moment (${status.phase})`,
      cause: status.phase === 'waiting' ? status.error : undefined,
      isFinal: false,
    }
  }

  #say(status: SessionStatus): void {
    // Once it is being closed, how its link fares is no news.
    const { phase } = this.#board.current
    if (phase === 'closed' || (phase === 'closing' && status.phase !== 'closed')) return
    if (!isSame(this.#board.current, status)) this.#board.set(status)
  }

  /** Works out where the session stands from where its accounts stand. */
  #update(): void {
    const connection = this.#connection
    if (connection !== undefined && this.#said.ending.decided === undefined) {
      const next = standing([...this.#keeper], connection, this.#options.clock.now())
      this.#say(next)
    }
    this.#conditions.check()
  }
}
