import { type AccountSummary, listAccounts } from '../accounts/index.ts'
import { systemClock } from '../async/clock.ts'
import type { WaitOptions } from '../async/wait-options.ts'
import { InvalidArgumentError } from '../errors.ts'
import { type Secret, toSecret } from '../secret.ts'
import type { Session } from '../session/index.ts'
import { Account } from './account.ts'
import { type Environment, type HostAddress, toEnvironment } from './environment.ts'
import { AccountNotFoundError, AccountOnOtherHostError } from './errors.ts'
import type { ClientOptions } from './options.ts'
import { SessionPool } from './session-pool.ts'

interface Covered {
  readonly summary: AccountSummary
  readonly accessToken: Secret
}

/** Gives access to the accounts that the grants cover. Made by {@link createClient}. */
export interface Client extends AsyncDisposable {
  /** Every account that the grants cover, on either host. */
  readonly accounts: readonly AccountSummary[]
  /**
   * Opens an account: connects to its host if need be and authorises it. The same account is opened once.
   *
   * @throws `AccountNotFoundError`, `AccountOnOtherHostError`, `RequestRefusedError`
   */
  account(accountId: number, options?: WaitOptions): Promise<Account>
  /** Closes the connections. Everything that waits fails at once. */
  close(): Promise<void>
}

/**
 * Connects, authenticates the application and lists the accounts that the grants cover.
 *
 * @throws `RequestRefusedError` when the server refuses the application or a token, and the transport's errors
 * (`HostNotFoundError`, `ConnectionRefusedError`, `CertificateError` ...) when it cannot be reached
 *
 * @example
 * const client = await createClient({ environment: 'demo', application: { clientId, clientSecret }, grants: [{ accessToken }] })
 */
export async function createClient(options: ClientOptions): Promise<Client> {
  const environment = toEnvironment(options.environment)
  if (options.grants.length === 0) {
    throw new InvalidArgumentError('The client has no grant.', {
      remedy: 'Give at least one access token: run the OAuth flow, or `ctrader login`.',
    })
  }
  const clock = options.clock ?? systemClock
  const pool = new SessionPool({ ...options, clock, ca: environment.ca })
  const host = (environment.demo ?? environment.live) as HostAddress
  try {
    const session = await pool.get(host, options.signal)
    const covered: Covered[] = []
    for (const grant of options.grants) {
      const accessToken = toSecret(grant.accessToken)
      const summaries = await listAccounts(session, accessToken, { signal: options.signal })
      covered.push(...summaries.map((summary) => ({ summary, accessToken })))
    }
    return new ConnectedClient(environment, pool, covered, clock)
  } catch (error) {
    await pool.close()
    throw error
  }
}

class ConnectedClient implements Client {
  readonly accounts: readonly AccountSummary[]
  readonly #environment: Environment
  readonly #pool: SessionPool
  readonly #covered: readonly Covered[]
  readonly #clock: NonNullable<ClientOptions['clock']>
  readonly #open = new Map<number, Promise<Account>>()

  constructor(
    environment: Environment,
    pool: SessionPool,
    covered: readonly Covered[],
    clock: NonNullable<ClientOptions['clock']>,
  ) {
    this.#environment = environment
    this.#pool = pool
    this.#covered = covered
    this.#clock = clock
    this.accounts = covered.map((item) => item.summary)
  }

  async account(accountId: number, options: WaitOptions = {}): Promise<Account> {
    const known = this.#open.get(accountId)
    if (known !== undefined) return known
    const account = this.#openAccount(accountId, options)
    this.#open.set(accountId, account)
    const forget = (): void => {
      if (this.#open.get(accountId) === account) this.#open.delete(accountId)
    }
    account.then((open) => {
      open.session.onEnd(() => {
        open.close()
        forget()
      })
    }, forget)
    return account
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #openAccount(accountId: number, options: WaitOptions): Promise<Account> {
    const { summary, accessToken } = this.#find(accountId)
    const host = summary.isLive ? this.#environment.live : this.#environment.demo
    if (host === undefined) {
      throw new AccountOnOtherHostError(accountId, summary.isLive, this.#environment.name)
    }
    const session: Session = await this.#pool.get(host, options.signal)
    await session.authorizeAccount(accountId, accessToken, options)
    return Account.open(summary, session, this.#clock, options)
  }

  #find(accountId: number): Covered {
    const found = this.#covered.find((item) => item.summary.accountId === accountId)
    if (found !== undefined) return found
    const known = this.accounts.map((account) => account.accountId)
    const isLogin = this.accounts.some((account) => account.login === accountId)
    throw new AccountNotFoundError(accountId, known, isLogin)
  }
}
