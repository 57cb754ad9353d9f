import type { Clock } from '../../async/clock.ts'
import { CTraderError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import type { AccessTokenSource, IssuedToken } from '../../oauth/index.ts'
import { type AccountLoss, AccountLostError, ConnectionLostError } from '../errors.ts'
import { Backoff } from '../recovery/backoff.ts'
import type { Connection } from '../recovery/connection.ts'
import { AccountUnstableError, TokenUnavailableError } from '../recovery/reconnect-errors.ts'
import { retryWait } from '../recovery/retry-wait.ts'
import { endSubscription } from '../subscriptions/end-subscription.ts'
import { restoreSubscriptions } from '../subscriptions/restore-subscriptions.ts'
import type { Subscriptions, Wanted } from '../subscriptions/subscriptions.ts'
import { authorizeAccount, isTokenRefusal } from './authorize-account.ts'
import { Lanes } from './lanes.ts'
import { type TokenWatch, watchTokens } from './token-watch.ts'
import { WantedAccount } from './wanted-account.ts'

export interface AccountKeeperOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly random: () => number
  readonly subscriptions: Subscriptions
  readonly accountTimeoutMs: number
  /** Makes the ids of requests. */
  readonly newId: () => string
  /** An account that held this long is not counted as losing its authorisation again and again. */
  readonly stableAfterMs: number
  /** Whether an account goes before others. */
  readonly isUrgent: (accountId: number) => boolean
  /** Something about an account's standing has changed. */
  readonly onChange: () => void
  /** An account that was authorised no longer is. */
  readonly onLost: (accountId: number) => void
  /** An account is back, with its subscriptions as far as they could be restored. */
  readonly onRestored: (accountId: number) => void
}

// So many are asked for at once: enough to fill the server's budget over a long way, and few enough that the deadline
// of none runs out while it queues.
const parallel = 32
const firstRetryMs = 1_000
const longestRetryMs = 300_000

/** Keeps accounts authorised and their subscriptions made, on whatever link there is. */
export class AccountKeeper implements Iterable<WantedAccount> {
  readonly #options: AccountKeeperOptions
  readonly #accounts = new Map<number, WantedAccount>()
  readonly #tokens: TokenWatch
  readonly #lanes = new Lanes(parallel)
  #connection: Connection | undefined

  constructor(options: AccountKeeperOptions) {
    this.#options = options
    this.#tokens = watchTokens((source, token) => this.#tokenChanged(source, token))
  }

  get(accountId: number): WantedAccount | undefined {
    return this.#accounts.get(accountId)
  }

  [Symbol.iterator](): IterableIterator<WantedAccount> {
    return this.#accounts.values()
  }

  /** Adds an account, and begins to authorise it if there is a link; the first request travels under the id, if one is given. */
  add(accountId: number, tokens: AccessTokenSource, clientMsgId?: string): WantedAccount {
    const account = this.#create(accountId, tokens)
    account.givenId = clientMsgId
    this.#kick(account)
    return account
  }

  /** Adds an account that somebody else has authorised on the present link. */
  adopt(accountId: number, tokens: AccessTokenSource): void {
    if (this.#accounts.has(accountId) || this.#connection === undefined) return
    this.#raise(this.#create(accountId, tokens))
  }

  /** Uses another source of tokens for an account from now on. */
  setTokens(account: WantedAccount, tokens: AccessTokenSource): void {
    if (account.tokens === tokens) return
    this.#tokens.remove(account.tokens)
    this.#tokens.add(tokens)
    account.tokens = tokens
    account.token = undefined
    account.isTokenUseless = false
    if (!account.isUp) this.#kick(account)
  }

  /** Keeps an account no longer. */
  remove(accountId: number): void {
    const account = this.#accounts.get(accountId)
    if (account === undefined) return
    this.#accounts.delete(accountId)
    account.timer?.cancel()
    this.#tokens.remove(account.tokens)
    this.#options.subscriptions.forgetAccount(accountId)
  }

  /** A new link is there: restores everything on it, the urgent ones first. */
  begin(connection: Connection): void {
    this.#connection = connection
    this.#options.subscriptions.forgetLink()
    const all = [...this.#accounts.values()]
    const urgent = new Set(all.filter(({ accountId }) => this.#options.isUrgent(accountId)))
    // The lanes keep their order.
    for (const account of [...urgent, ...all.filter((one) => !urgent.has(one))]) this.#kick(account)
  }

  /** The link is gone, and every authorisation with it. */
  end(): void {
    this.#connection = undefined
    for (const account of this.#accounts.values()) {
      this.#lower(account)
      account.worker = undefined
      account.failure = undefined
      account.missing = []
      account.losses = 0
    }
  }

  /** Keeps nothing any longer. */
  close(): void {
    this.end()
    for (const account of this.#accounts.values()) account.timer?.cancel()
    this.#tokens.close()
  }

  /** The server says that an account has lost its authorisation, or lets it be seen. */
  lose(accountId: number, loss: AccountLoss): void {
    const account = this.#accounts.get(accountId)
    if (account === undefined || !account.isUp || account.isLeaving) return
    const { clock, logger, stableAfterMs, onChange } = this.#options
    logger.info({ accountId, loss }, 'an account has lost its authorisation')
    if (clock.monotonic() - account.upSince >= stableAfterMs) account.losses = 0
    this.#lower(account)
    account.isTokenInDoubt = true
    if (account.losses++ === 0) this.#kick(account)
    else this.#retryLater(account, new AccountUnstableError(accountId, loss))
    onChange()
  }

  /** Makes subscriptions that were put back after the others had been restored. */
  resubscribe(accountId: number): void {
    const account = this.#accounts.get(accountId)
    if (account?.isUp === true) this.#kick(account)
  }

  #create(accountId: number, tokens: AccessTokenSource): WantedAccount {
    const { random } = this.#options
    const backoff = new Backoff({ firstMs: firstRetryMs, maxMs: longestRetryMs, random })
    const account = new WantedAccount(accountId, tokens, backoff)
    this.#accounts.set(accountId, account)
    this.#tokens.add(tokens)
    return account
  }

  /** Works on an account now, unless nobody could. */
  #kick(account: WantedAccount): void {
    account.timer?.cancel()
    if (this.#connection !== undefined) void this.#work(account)
  }

  async #work(account: WantedAccount): Promise<void> {
    const connection = this.#connection
    if (connection === undefined) return
    if (account.worker === connection) {
      account.workAgain = true
      return
    }
    account.worker = connection
    account.timer?.cancel()
    await this.#lanes.run(async () => {
      // It may have had to wait so long that there is another link.
      while (this.#isCurrent(account, connection)) {
        account.workAgain = false
        await this.#pass(account, connection)
        if (!account.workAgain) break
      }
    })
    if (account.worker === connection) account.worker = undefined
    this.#options.onChange()
  }

  /** One attempt at everything an account needs. Never rejects. */
  async #pass(account: WantedAccount, connection: Connection): Promise<void> {
    const { accountId } = account
    const wasUp = account.isUp
    try {
      if (!wasUp) {
        const { clock, newId, accountTimeoutMs: timeoutMs } = this.#options
        await authorizeAccount(account, connection, { clock, newId, timeoutMs })
        if (!this.#isCurrent(account, connection)) return
        if (!connection.live.isAuthorized(accountId)) {
          // It was lost again before anybody could look.
          account.workAgain = true
          return
        }
        this.#raise(account)
      }
      await this.#resubscribe(account, connection)
      if (!wasUp && account.epoch > 1 && account.isUp) this.#options.onRestored(accountId)
    } catch (error) {
      if (!this.#isCurrent(account, connection)) return
      if (isLoss(error)) return
      this.#lower(account)
      this.#retryLater(account, toKnown(accountId, error))
      const facts = { accountId, error, retryAt: account.failure?.retryAt }
      this.#options.logger.warn(facts, 'an account could not be authorised')
    }
  }

  async #resubscribe(account: WantedAccount, connection: Connection): Promise<void> {
    const { subscriptions, accountTimeoutMs: timeoutMs, logger } = this.#options
    const { accountId, epoch } = account
    // It may be lost between two requests, when nothing is under way that could fail.
    const isStill = (): boolean =>
      account.isUp && account.epoch === epoch && this.#isCurrent(account, connection)
    // Its end may have been asked for while its beginning was still under way.
    const leaveBehind = ({ subscription }: Wanted): void =>
      subscriptions.leaveBehind(accountId, subscription)
    const list = subscriptions.of(accountId).filter((wanted) => wanted.epoch !== epoch)
    const failed = await restoreSubscriptions(
      connection.live,
      list,
      { timeoutMs },
      {
        isWanted: (wanted) => isStill() && subscriptions.has(wanted),
        taken: (wanted) => {
          wanted.epoch = epoch
          if (!subscriptions.has(wanted)) leaveBehind(wanted)
        },
        uncertain: (wanted) => {
          if (!subscriptions.has(wanted)) leaveBehind(wanted)
        },
      },
    )
    if (!isStill()) return
    await this.#endLeftovers(account, connection)
    if (!isStill()) return
    const [first] = failed
    if (first === undefined) {
      account.missing = []
      return
    }
    const retryAt = this.#schedule(account, first.error)
    account.missing = failed.map(({ wanted, error }) => ({
      kind: 'subscription',
      accountId,
      subscription: wanted.subscription,
      error,
      retryAt,
    }))
    const facts = { accountId, missing: failed.length, error: first.error, retryAt }
    logger.warn(facts, 'subscriptions could not be restored')
  }

  /** Ends what the server may have for an account though nobody wants it any longer. */
  async #endLeftovers({ accountId }: WantedAccount, { live }: Connection): Promise<void> {
    const { subscriptions, accountTimeoutMs: timeoutMs, logger } = this.#options
    for (const left of subscriptions.takeLeftovers(accountId)) {
      try {
        await endSubscription(live, accountId, left, { timeoutMs })
      } catch (error) {
        if (isLoss(error)) {
          subscriptions.leaveBehind(accountId, left)
          throw error
        }
        logger.debug({ accountId, error }, 'a subscription that nobody wants could not be ended')
      }
    }
  }

  #isCurrent(account: WantedAccount, connection: Connection): boolean {
    return this.#connection === connection && this.#accounts.get(account.accountId) === account
  }

  #raise(account: WantedAccount): void {
    account.isUp = true
    account.isKept = true
    account.epoch++
    account.upSince = this.#options.clock.monotonic()
    account.failure = undefined
    account.backoff.reset()
    this.#options.onChange()
  }

  #lower(account: WantedAccount): void {
    account.timer?.cancel()
    if (!account.isUp) return
    account.isUp = false
    this.#options.onLost(account.accountId)
  }

  #retryLater(account: WantedAccount, error: CTraderError): void {
    account.failure = { error, retryAt: this.#schedule(account, error) }
    this.#options.onChange()
  }

  /** Arranges the next attempt; returns when it is, if there is one. */
  #schedule(account: WantedAccount, error: CTraderError): number | undefined {
    const { clock } = this.#options
    if (account.isTokenUseless && isTokenRefusal(error)) return undefined
    const waitMs = retryWait(error, account.backoff, clock)
    if (waitMs === undefined) return undefined
    account.timer?.cancel()
    account.timer = clock.after(waitMs, () => this.#kick(account))
    return clock.now() + waitMs
  }

  /** A source has a new token: whoever could not use the old one tries again, and the others are told of it. */
  #tokenChanged(source: AccessTokenSource, token: IssuedToken): void {
    for (const account of this.#accounts.values()) {
      if (account.tokens !== source || account.tokenGeneration >= token.generation) continue
      if (account.isUp) void this.#renew(account, token)
      else this.#kick(account)
    }
  }

  /** Hands the server the new token of an account that is still authorised with the old one. */
  async #renew(account: WantedAccount, token: IssuedToken): Promise<void> {
    const connection = this.#connection
    if (connection === undefined) return
    const { accountTimeoutMs: timeoutMs, logger } = this.#options
    const { accountId } = account
    try {
      await connection.live.authorizeAccount(accountId, token.accessToken, { timeoutMs })
      if (account.tokenGeneration < token.generation) account.token = token
    } catch (error) {
      logger.debug({ accountId, error }, 'the new token could not be handed over')
      if (this.#isCurrent(account, connection) && isTokenRefusal(error)) {
        this.lose(accountId, 'token-invalidated')
      }
    }
  }
}

/** The link or the authorisation ended under the request: whoever noticed that sees to the rest. */
function isLoss(error: unknown): boolean {
  return error instanceof ConnectionLostError || error instanceof AccountLostError
}

function toKnown(accountId: number, error: unknown): CTraderError {
  if (error instanceof CTraderError) return error
  return new TokenUnavailableError(accountId, 'its source failed', error)
}
