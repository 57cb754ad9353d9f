import type { AccountSummary } from '../accounts/index.ts'
import { systemClock } from '../async/clock.ts'
import { Deadline } from '../async/deadline.ts'
import { join } from '../async/join.ts'
import { Mailbox } from '../async/mailbox.ts'
import type { WaitOptions } from '../async/wait-options.ts'
import { within } from '../async/within.ts'
import { checkDuration } from '../duration.ts'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import { silentLogger } from '../log.ts'
import type { GrantCoordinator } from '../oauth/index.ts'
import { say } from '../say.ts'
import { Secret } from '../secret.ts'
import {
  type CloseOptions,
  defaultRequestTimeoutMs,
  grantDoor,
  Listeners,
  RequestTimeoutError,
} from '../session/index.ts'
import { Account } from './account.ts'
import { type Environment, type HostAddress, toEnvironment } from './environment.ts'
import { AccountNotFoundError, AccountOnOtherHostError, AccountOpenTimeoutError } from './errors.ts'
import {
  type Covered,
  type FailedGrant,
  type GrantedAccounts,
  listGrantedAccounts,
} from './grants.ts'
import type { ClientOptions } from './options.ts'
import { SessionPool } from './session-pool.ts'
import type { ConnectionStatus } from './status.ts'

/** Gives access to the accounts that the grants cover. Made by {@link createClient}. */
export interface Client extends AsyncDisposable {
  /** Every account that the grants cover, on either host. */
  readonly accounts: readonly AccountSummary[]
  /** Grants whose accounts could not be listed; the others work. */
  readonly failedGrants: readonly FailedGrant[]
  /** How each connection stands that was needed so far. */
  readonly status: readonly ConnectionStatus[]
  /** How each connection stands, and then every change, until the client is closed. */
  watchStatus(): AsyncIterableIterator<ConnectionStatus>
  /**
   * Opens an account: connects to its host if need be and authorises it. The same account is opened once, and stays open
   * when its connection is lost and replaced. Whoever asks while it is being opened waits for the same, each under their
   * own deadline and signal; without a deadline, as long as its steps may take.
   *
   * @throws `AccountOpenTimeoutError`, the signal's reason, `AccountNotFoundError`, `AccountOnOtherHostError`, `RequestRefusedError`
   */
  account(accountId: number, options?: WaitOptions): Promise<Account>
  /**
   * Takes no more orders, lets those under way come to their end and requests be answered for a while (`drainMs`, 5,000 unless given), and closes the
   * connections.
   */
  close(options?: CloseOptions): Promise<void>
}

/**
 * Connects, authenticates the application and lists the accounts that the grants cover. Connections that are lost later
 * are replaced by themselves.
 *
 * @throws `RequestRefusedError` when the server refuses the application or every token, and the transport's errors
 * (`HostNotFoundError`, `ConnectionRefusedError`, `CertificateError` ...) when it cannot be reached
 *
 * @example
 * const client = await createClient({ environment: 'demo', application: { clientId, clientSecret }, grants: [{ accessToken }] })
 */
export async function createClient(options: ClientOptions): Promise<Client> {
  const environment = toEnvironment(options.environment)
  checkOptions(options)
  const clock = options.clock ?? systemClock
  const changes = new Listeners<ConnectionStatus>(options.logger ?? silentLogger, 'the status')
  const pool = new SessionPool({
    ...options,
    clock,
    ca: environment.ca,
    onStatus: (status) => changes.tell(status),
  })
  const host = (environment.demo ?? environment.live) as HostAddress
  const { signal } = options
  const leave = (): void => void pool.close({ drainMs: 0 }, signal?.reason)
  signal?.addEventListener('abort', leave, { once: true })
  try {
    signal?.throwIfAborted()
    const session = await pool.get(host)
    const detach = options.grants.flatMap((grant) =>
      // A coordinator can renew over the connection as well, and use it to see whether a token still works.
      'attach' in grant ? [(grant as GrantCoordinator).attach(grantDoor(session))] : [],
    )
    session.onEnd(() => {
      for (const stop of detach) stop()
    })
    const { requestTimeoutMs = defaultRequestTimeoutMs } = options
    const wait = { signal, clock, requestTimeoutMs }
    const granted = await listGrantedAccounts(session, options.grants, wait)
    return new ConnectedClient({
      ...{ environment, pool, granted, clock, changes },
      metrics: options.metrics,
      requestTimeoutMs,
    })
  } catch (error) {
    await pool.close({ drainMs: 0 })
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', leave)
  }
}

const mostConnections = 25

const optionNames: OptionNames<ClientOptions> = {
  environment: true,
  application: true,
  grants: true,
  carrier: true,
  reconnect: true,
  whenOffline: true,
  connectionsPerHost: true,
  probeAfterMs: true,
  rateLimits: true,
  logger: true,
  metrics: true,
  tap: true,
  clock: true,
  requestTimeoutMs: true,
  connectTimeoutMs: true,
  signal: true,
}

function checkOptions(options: ClientOptions): void {
  checkOptionNames('createClient', options, optionNames)
  const { application, grants, connectionsPerHost = 1 } = options
  if (!Array.isArray(grants)) {
    throw new InvalidArgumentError(`The client's grants are a list, not ${say(grants)}.`, {
      remedy: 'Give grants: [{ accessToken }], or a coordinator in place of the token.',
    })
  }
  if (typeof application !== 'object' || application === null) {
    throw new InvalidArgumentError(`The client's application is not ${say(application)}.`, {
      remedy: 'Give application: { clientId, clientSecret }.',
    })
  }
  if (grants.length === 0) {
    throw new InvalidArgumentError('The client has no grant.', {
      remedy: 'Give at least one access token: run the OAuth flow, or `ctrader login`.',
    })
  }
  for (const [index, grant] of grants.entries()) checkGrant(grant, index)
  const isPossible = Number.isInteger(connectionsPerHost) && connectionsPerHost >= 1
  if (!isPossible || connectionsPerHost > mostConnections) {
    throw new InvalidArgumentError(
      `${connectionsPerHost} connections to a host are not possible.`,
      {
        facts: { connectionsPerHost },
        remedy: `Give a whole number from 1 to ${mostConnections}.`,
      },
    )
  }
}

/** @throws {@link InvalidArgumentError} for what is neither a token nor a source of tokens */
function checkGrant(grant: unknown, index: number): void {
  const given: object = Object(grant)
  const isSource = ['current', 'replace', 'onChange'].every(
    (name) => typeof Reflect.get(given, name) === 'function',
  )
  const token: unknown = Reflect.get(given, 'accessToken')
  if (isSource || token instanceof Secret || (typeof token === 'string' && token !== '')) return
  throw new InvalidArgumentError(`grants[${index}] is neither a token nor a source of tokens.`, {
    facts: { index },
    remedy: 'Give { accessToken }, or a coordinator in place of the token.',
  })
}

interface ClientParts {
  readonly environment: Environment
  readonly pool: SessionPool
  readonly granted: GrantedAccounts
  readonly clock: NonNullable<ClientOptions['clock']>
  readonly changes: Listeners<ConnectionStatus>
  readonly metrics: ClientOptions['metrics']
  readonly requestTimeoutMs: number
}

/** For who names no deadline: longer than the steps of opening an account together. */
const longestMs = 600_000

/** How long what is under way may still be answered. */
const defaultDrainMs = 5_000

// A reader who is this far behind wants to know how it stands, not how it came to it.
const statusLimit = 256

class ConnectedClient implements Client {
  readonly accounts: readonly AccountSummary[]
  readonly failedGrants: readonly FailedGrant[]
  readonly #parts: ClientParts
  readonly #open = new Map<number, Promise<Account>>()
  readonly #accounts = new Set<Account>()
  /** Aborts when what is under way is not waited for any more. */
  readonly #drained = new AbortController()
  readonly #watchers = new Set<Mailbox<ConnectionStatus>>()
  #isClosed = false

  constructor(parts: ClientParts) {
    this.#parts = parts
    const { covered, failed } = parts.granted
    this.accounts = covered.map((item) => item.summary)
    this.failedGrants = failed
  }

  get status(): readonly ConnectionStatus[] {
    return this.#parts.pool.status
  }

  watchStatus(): AsyncIterableIterator<ConnectionStatus> {
    const { metrics } = this.#parts
    let stop = (): void => {}
    const statuses = new Mailbox<ConnectionStatus>({
      limit: statusLimit,
      overflow: 'drop-oldest',
      onDrop: () => metrics?.count('drops', { stream: 'connection-status' }),
      onClose: () => stop(),
    })
    const leave = this.#parts.changes.add((status) => statuses.push(status))
    stop = () => {
      leave()
      this.#watchers.delete(statuses)
    }
    for (const status of this.status) statuses.push(status)
    this.#watchers.add(statuses)
    if (this.#isClosed) statuses.end()
    return statuses
  }

  async account(accountId: number, options: WaitOptions = {}): Promise<Account> {
    const { clock } = this.#parts
    const { signal, timeoutMs } = options
    const work = (): Promise<Account> => this.#open.get(accountId) ?? this.#begin(accountId)
    if (timeoutMs === undefined && signal === undefined) return work()
    return join(work, {
      // Each step of the work has a deadline of its own.
      ms: timeoutMs === undefined ? longestMs : checkDuration('timeoutMs', timeoutMs),
      ...{ clock, signal },
      expired: () => new AccountOpenTimeoutError(accountId, timeoutMs ?? longestMs),
      ranOut: (error) => timeoutMs !== undefined && error instanceof RequestTimeoutError,
    })
  }

  /** Opens an account for all who ask for it: none of them can end it for the others. */
  #begin(accountId: number): Promise<Account> {
    const account = this.#openAccount(accountId)
    this.#open.set(accountId, account)
    const forget = (): void => {
      if (this.#open.get(accountId) === account) this.#open.delete(accountId)
    }
    account.then((open) => {
      this.#accounts.add(open)
      open.session.onEnd(() => {
        this.#accounts.delete(open)
        open.close()
        forget()
      })
    }, forget)
    return account
  }

  async close({ drainMs = defaultDrainMs }: CloseOptions = {}): Promise<void> {
    const { clock, pool } = this.#parts
    const deadline = new Deadline(clock, drainMs)
    if (drainMs <= 0) this.#drained.abort()
    else await this.#drainOrders(drainMs)
    await pool.close({ drainMs: deadline.leftMs })
    this.#isClosed = true
    for (const statuses of [...this.#watchers]) statuses.end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** An order that was accepted is a moment away from its end, which nobody learns without a connection. */
  async #drainOrders(drainMs: number): Promise<void> {
    const ends = Promise.all([...this.#accounts].map((account) => account.drain()))
    const expired = (): Error => new Error('The orders did not end in time.')
    const { clock } = this.#parts
    // Orders' ends reject nothing here: what throws is the time or somebody's impatience, and then it is over as well.
    await within(ends, { ms: drainMs, clock, signal: this.#drained.signal, expired }).catch(
      () => {},
    )
  }

  async #openAccount(accountId: number): Promise<Account> {
    const { summary, tokens } = this.#find(accountId)
    const { environment, pool, clock, metrics, requestTimeoutMs } = this.#parts
    const host = summary.isLive ? environment.live : environment.demo
    if (host === undefined) {
      throw new AccountOnOtherHostError(accountId, summary.isLive, environment.name)
    }
    const session = await pool.forAccount(host, accountId)
    await session.authorizeAccount(accountId, tokens)
    return Account.open(summary, session, { clock, metrics, requestTimeoutMs })
  }

  #find(accountId: number): Covered {
    const found = this.#parts.granted.covered.find((item) => item.summary.accountId === accountId)
    if (found !== undefined) return found
    const known = this.accounts.map((account) => account.accountId)
    const isLogin = this.accounts.some((account) => account.login === accountId)
    throw new AccountNotFoundError(accountId, known, isLogin)
  }
}
