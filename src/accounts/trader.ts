import type { WaitOptions } from '../async/wait-options.ts'
import { ProtoOAAccessRights, ProtoOAAccountType, type ProtoOATrader } from '../protocol/index.ts'
import type { Session } from '../session/index.ts'
import { Decimal, Money } from '../units/index.ts'
import { type Asset, assetName } from './assets.ts'

/**
 * How positions are kept: every order its own position (`hedged`), one position a symbol (`netted`), or spread betting.
 */
export type AccountType = 'hedged' | 'netted' | 'spread-betting' | 'unknown'

/** What the holder may do with the account. */
export type AccessRights = 'full-access' | 'close-only' | 'no-trading' | 'no-login' | 'unknown'

/** The account itself: its money and its terms. */
export interface Trader {
  readonly accountId: number
  /** The number shown in the terminal. */
  readonly login: number | undefined
  readonly broker: string | undefined
  readonly accountType: AccountType
  readonly accessRights: AccessRights
  /** The deposit currency's name. */
  readonly currency: string
  /** Money deposited plus everything realised. Profits of open positions are not in it. */
  readonly balance: Money
  /** Units of exposure for each unit of margin: 100 for 1:100. */
  readonly leverage: Decimal | undefined
  /** Nothing of the account's history is older. Undefined where the server does not say it, or no moment. */
  readonly registeredAt: Date | undefined
}

const accountTypes: Readonly<Record<number, AccountType>> = {
  [ProtoOAAccountType.HEDGED]: 'hedged',
  [ProtoOAAccountType.NETTED]: 'netted',
  [ProtoOAAccountType.SPREAD_BETTING]: 'spread-betting',
}

const rights: Readonly<Record<number, AccessRights>> = {
  [ProtoOAAccessRights.FULL_ACCESS]: 'full-access',
  [ProtoOAAccessRights.CLOSE_ONLY]: 'close-only',
  [ProtoOAAccessRights.NO_TRADING]: 'no-trading',
  [ProtoOAAccessRights.NO_LOGIN]: 'no-login',
}

/** The digits of amounts when the server names none (the schema has no default; two is what it was before the field). */
const defaultMoneyDigits = 2

/**
 * Reads the account's balance, currency, leverage and type.
 *
 * - Wire: `ProtoOATraderReq`
 */
export async function getTrader(
  session: Session,
  accountId: number,
  assets: readonly Asset[],
  options: WaitOptions = {},
): Promise<Trader> {
  const answer = await session.call.trader({ ctidTraderAccountId: accountId }, options)
  return toTrader(answer.trader, assets)
}

function toTrader(trader: ProtoOATrader, assets: readonly Asset[]): Trader {
  const currency = assetName(assets, trader.depositAssetId)
  return {
    accountId: trader.ctidTraderAccountId,
    login: trader.traderLogin,
    broker: trader.brokerName,
    accountType: accountTypes[trader.accountType ?? ProtoOAAccountType.HEDGED] ?? 'unknown',
    accessRights: rights[trader.accessRights ?? ProtoOAAccessRights.FULL_ACCESS] ?? 'unknown',
    currency,
    balance: Money.fromMinor(trader.balance, trader.moneyDigits ?? defaultMoneyDigits, currency),
    leverage: trader.leverageInCents === undefined ? undefined : shortest(trader.leverageInCents),
    registeredAt: momentOf(trader.registrationTimestamp),
  }
}

/** What no `Date` can hold is not known, rather than a moment that is none. */
function momentOf(ms: number | undefined): Date | undefined {
  const date = new Date(ms ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** Hundredths without needless zeros: 10000 is 100, 333 is 3.33. */
function shortest(hundredths: number): Decimal {
  const exact = new Decimal(BigInt(hundredths), 2)
  return exact.rescaled(0) ?? exact
}
