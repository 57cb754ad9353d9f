import type { OptionNames } from '../../known-options.ts'
import type { Credentials } from '../credentials.ts'
import type { TradingDesk } from '../desk/index.ts'
import type { Ctid, Identity } from '../identity/index.ts'
import type { AccountType, SandboxAccount, World } from '../world/index.ts'
import {
  type AccountAccess,
  type AccountTerms,
  accessRights,
  readTerms,
  termNames,
  termsOf,
} from './account-terms.ts'
import { ControlArgumentError, ControlNotFoundError } from './errors.ts'
import { checkFields, named, requireAccount, wrong } from './field-values.ts'

/** Money as decimal text such as `'250.00'`, or as a number without more decimals than the account has. */
export type Amount = string | number

export interface NewAccount extends AccountTerms {
  /** On which host it lives. @defaultValue false */
  readonly isLive?: boolean
  /** @defaultValue 'USD' */
  readonly depositAsset?: string
  /** @defaultValue 'HEDGED' */
  readonly accountType?: AccountType
  /** Its first deposit. @defaultValue '10000.00' */
  readonly deposit?: Amount
  /** User id of the person it belongs to. @defaultValue the sandbox's own person */
  readonly userId?: number
}

const newAccountNames: OptionNames<NewAccount> = {
  ...termNames,
  isLive: true,
  depositAsset: true,
  accountType: true,
  deposit: true,
  userId: true,
}

/** An account as it stands. */
export interface AccountState extends Required<AccountTerms> {
  readonly account: number
  readonly traderLogin: number
  readonly isLive: boolean
  readonly depositAsset: string
  readonly accountType: AccountType
  /** What its owner may do. */
  readonly access: AccountAccess
  /** Decimal text. */
  readonly balance: string
}

const accountTypes: readonly AccountType[] = ['HEDGED', 'NETTED', 'SPREAD_BETTING']

/** Accounts and the people who own them. */
export class AccountsControl {
  readonly #world: World
  readonly #desk: TradingDesk
  readonly #identity: Identity
  readonly #credentials: Credentials

  constructor(parts: {
    readonly world: World
    readonly desk: TradingDesk
    readonly identity: Identity
    readonly credentials: Credentials
  }) {
    this.#world = parts.world
    this.#desk = parts.desk
    this.#identity = parts.identity
    this.#credentials = parts.credentials
  }

  list(): readonly AccountState[] {
    return this.#world.accounts.map((account) => this.#state(account))
  }

  /** @throws ControlNotFoundError */
  get(account: number): AccountState {
    return this.#state(requireAccount(this.#world, account))
  }

  /**
   * Opens an account. Its owner has not shared it with any application yet: that takes a new consent, or
   * `sandbox.issueTokens`.
   *
   * @throws ControlArgumentError, ControlNotFoundError
   */
  create(given: NewAccount = {}): AccountState {
    checkFields('accounts.create', given, newAccountNames)
    const { isLive = false, depositAsset = 'USD', accountType = 'HEDGED' } = given
    const [usual] = this.#world.accounts
    if (usual === undefined) throw new Error('The world has no account to go by.')
    const assets = this.#world.assets.map(({ name }) => name)
    if (!assets.includes(depositAsset))
      throw new ControlNotFoundError('asset', depositAsset, assets)
    if (!accountTypes.includes(accountType)) {
      throw wrong('accountType', accountType, `Choose one of ${accountTypes.join(', ')}.`)
    }
    const terms = readTerms(given, usual.maxLeverage)
    const owner = this.#owner(given.userId)
    const highest = (pick: (one: SandboxAccount) => number): number =>
      Math.max(...this.#world.accounts.map(pick))
    const account: SandboxAccount = {
      ...usual,
      ...{ isLive, depositAsset, accountType, leverageInCents: 10_000 },
      ...terms,
      accountId: highest((one) => one.accountId) + 1,
      traderLogin: highest((one) => one.traderLogin) + 1,
      deposit: amountOf(given.deposit ?? '10000', usual.moneyDigits),
    }
    this.#desk.openAccount(account)
    this.#world.accounts.push(account)
    this.#identity.giveAccount(owner.userId, account.accountId)
    return this.#state(account)
  }

  /** Pays money in. Clients are told (events 2126 and 2123). @throws ControlArgumentError, ControlNotFoundError */
  deposit(account: number, amount: Amount, note?: string): AccountState {
    return this.#pay(account, amount, 1n, note)
  }

  /** Pays money out, also more than there is. @throws ControlArgumentError, ControlNotFoundError */
  withdraw(account: number, amount: Amount, note?: string): AccountState {
    return this.#pay(account, amount, -1n, note)
  }

  /**
   * Says what the account's owner may do from now on. Clients are told (event 2123). Who may not log in any more loses the
   * sessions that are open (event 2164).
   *
   * @throws ControlArgumentError, ControlNotFoundError
   */
  setAccess(account: number, access: AccountAccess): AccountState {
    const found = requireAccount(this.#world, account)
    this.#desk.changeAccount(account, { accessRights: named('access', accessRights, access) })
    return this.#state(found)
  }

  /**
   * Changes terms of an account, for what it does from now on. Clients are told (event 2123).
   *
   * @throws ControlArgumentError, ControlNotFoundError
   */
  change(account: number, terms: AccountTerms): AccountState {
    checkFields('accounts.change', terms, termNames)
    const found = requireAccount(this.#world, account)
    const change = readTerms(terms, found.maxLeverage)
    if (Object.keys(change).length === 0) {
      throw new ControlArgumentError(`No term of account ${account} was given.`, {
        facts: { account },
        remedy: 'Give any of leverage, maxPositions, limitedRisk, limitedRiskMargin.',
      })
    }
    this.#desk.changeAccount(account, change)
    return this.#state(found)
  }

  /** Another person, without accounts. Signs in on the consent page. @throws ControlArgumentError */
  createTrader(username: string): Ctid {
    const taken = this.#identity.ctids.some((ctid) => ctid.username === username)
    if (typeof username !== 'string' || username === '' || taken) {
      throw wrong('username', username, 'Give a name that nobody has.')
    }
    const ctid = this.#credentials.ctid(username, [])
    this.#identity.addCtid(ctid)
    return ctid
  }

  #pay(account: number, amount: Amount, sign: bigint, note: string | undefined): AccountState {
    const found = requireAccount(this.#world, account)
    const delta = amountOf(amount, found.moneyDigits) * sign
    const { balance, moneyDigits = 2 } = this.#desk.trader(account)
    const after = balance + delta
    if (after > largestAmount || after < -largestAmount) {
      const largest = moneyText(largestAmount, moneyDigits)
      throw wrong('The balance', moneyText(after, moneyDigits), `It stays within ${largest}.`)
    }
    this.#desk.changeBalance(account, delta, note === undefined ? {} : { note })
    return this.#state(found)
  }

  #owner(userId: number | undefined): Ctid {
    const { ctids } = this.#identity
    const found = userId === undefined ? ctids[0] : ctids.find((ctid) => ctid.userId === userId)
    if (found !== undefined) return found
    throw new ControlNotFoundError(
      'person',
      userId ?? 0,
      ctids.map((ctid) => ctid.userId),
    )
  }

  #state({
    accountId,
    traderLogin,
    isLive,
    depositAsset,
    accountType,
  }: SandboxAccount): AccountState {
    const { balance, moneyDigits = 2 } = this.#desk.trader(accountId)
    return {
      ...{ account: accountId, traderLogin, isLive, depositAsset, accountType },
      ...termsOf(this.#desk.account(accountId)),
      balance: moneyText(balance, moneyDigits),
    }
  }
}

/** What every client can read exactly; the protocol's own fields hold a thousand times as much. */
const largestAmount = BigInt(Number.MAX_SAFE_INTEGER)

/** An amount above zero in whole units of money, exactly. @throws ControlArgumentError */
function amountOf(given: Amount, digits: number): bigint {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(String(given))
  const [, whole = '', part = ''] = match ?? []
  const value =
    match === null || part.length > digits ? 0n : BigInt(whole + part.padEnd(digits, '0'))
  if (value > 0n && value <= largestAmount) return value
  const largest = moneyText(largestAmount, digits)
  throw wrong(
    'The amount',
    given,
    `Give money above 0, with at most ${digits} decimals and up to ${largest}: '250.00'.`,
  )
}

/** Whole units of money as decimal text, exactly. */
export function moneyText(amount: bigint, digits: number): string {
  const text = String(amount < 0n ? -amount : amount).padStart(digits + 1, '0')
  const cut = text.length - digits
  return `${amount < 0n ? '-' : ''}${text.slice(0, cut)}${digits === 0 ? '' : `.${text.slice(cut)}`}`
}
