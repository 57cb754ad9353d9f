import { ProtoOAAccountType as AccountType, type ProtoOATrader } from '../../protocol/index.ts'
import type { AccountBook } from '../engine/index.ts'

/** An account as it is sent, with its balance of now. */
export function traderToWire(book: AccountBook, depositAssetId: number): ProtoOATrader {
  const { account } = book
  return {
    ctidTraderAccountId: account.accountId,
    balance: book.balance,
    balanceVersion: book.balanceVersion,
    managerBonus: book.managerBonus,
    ibBonus: book.ibBonus,
    nonWithdrawableBonus: 0n,
    accessRights: account.accessRights,
    depositAssetId,
    swapFree: account.swapFree,
    leverageInCents: account.leverageInCents,
    totalMarginCalculationType: account.totalMargin,
    maxLeverage: account.maxLeverage,
    traderLogin: account.traderLogin,
    accountType: AccountType[account.accountType],
    brokerName: account.brokerName,
    registrationTimestamp: account.registeredAt,
    isLimitedRisk: account.isLimitedRisk,
    limitedRiskMarginCalculationStrategy: account.limitedRiskStrategy,
    moneyDigits: account.moneyDigits,
    fairStopOut: account.fairStopOut,
    stopOutStrategy: account.stopOutStrategy,
  }
}
