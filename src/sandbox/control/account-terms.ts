import type { OptionNames } from '../../known-options.ts'
import {
  ProtoOAAccessRights as AccessRights,
  ProtoOALimitedRiskMarginCalculationStrategy as Strategy,
} from '../../protocol/index.ts'
import type { AccountChange } from '../desk/index.ts'
import type { SandboxAccount } from '../world/index.ts'
import { named, nameOf, wrong } from './field-values.ts'

/** What an account's owner may do. */
export type AccountAccess = 'full' | 'close-only' | 'no-trading' | 'no-login'

export const accessRights: Readonly<Record<AccountAccess, AccessRights>> = {
  full: AccessRights.FULL_ACCESS,
  'close-only': AccessRights.CLOSE_ONLY,
  'no-trading': AccessRights.NO_TRADING,
  'no-login': AccessRights.NO_LOGIN,
}

/** What the margin of a limited risk account goes by: leverage, what guaranteed stop losses can lose, or the larger. */
export type LimitedRiskMargin = 'leverage' | 'guaranteed-stop-loss' | 'larger'

const strategies: Readonly<Record<LimitedRiskMargin, Strategy>> = {
  leverage: Strategy.ACCORDING_TO_LEVERAGE,
  'guaranteed-stop-loss': Strategy.ACCORDING_TO_GSL,
  larger: Strategy.ACCORDING_TO_GSL_AND_LEVERAGE,
}

/** Terms of an account that can be chosen and changed. */
export interface AccountTerms {
  /** 100 is 1:100. @defaultValue 100 for a new account */
  readonly leverage?: number
  /** Most positions at a time, those that pending orders would open included. @defaultValue 500 for a new account */
  readonly maxPositions?: number
  /** Whether every order needs a guaranteed stop loss. @defaultValue false for a new account */
  readonly limitedRisk?: boolean
  /** What its margin goes by if its risk is limited. @defaultValue 'leverage' for a new account */
  readonly limitedRiskMargin?: LimitedRiskMargin
}

export const termNames: OptionNames<AccountTerms> = {
  leverage: true,
  maxPositions: true,
  limitedRisk: true,
  limitedRiskMargin: true,
}

/** Terms as the desk knows them. Those that were left out are left out. @throws ControlArgumentError */
export function readTerms(
  { leverage, maxPositions, limitedRisk, limitedRiskMargin }: AccountTerms,
  maxLeverage: number,
): AccountChange {
  return {
    ...(leverage === undefined ? {} : { leverageInCents: inCents(leverage, maxLeverage) }),
    ...(maxPositions === undefined ? {} : { maxPositions: positions(maxPositions) }),
    ...(limitedRisk === undefined ? {} : { isLimitedRisk: flag(limitedRisk) }),
    ...(limitedRiskMargin === undefined
      ? {}
      : { limitedRiskStrategy: named('limitedRiskMargin', strategies, limitedRiskMargin) }),
  }
}

/** Terms as they are told. */
export function termsOf(account: SandboxAccount): Required<AccountTerms> & {
  readonly access: AccountAccess
} {
  return {
    access: nameOf(accessRights, account.accessRights),
    leverage: account.leverageInCents / 100,
    maxPositions: account.maxPositions,
    limitedRisk: account.isLimitedRisk,
    limitedRiskMargin: nameOf(strategies, account.limitedRiskStrategy),
  }
}

function inCents(leverage: number, maxLeverage: number): number {
  const most = maxLeverage / 100
  const cents = Math.round(leverage * 100)
  // Not by whole cents: 1.1 times 100 is a little more than 110.
  if (cents / 100 === leverage && leverage >= 1 && leverage <= most) return cents
  throw wrong('leverage', leverage, `Give 1 to ${most}: 100 is 1:100.`)
}

function positions(most: number): number {
  if (Number.isSafeInteger(most) && most >= 0) return most
  throw wrong('maxPositions', most, 'Give a whole number from 0.')
}

function flag(value: boolean): boolean {
  if (typeof value === 'boolean') return value
  throw wrong('limitedRisk', value, 'Give true or false.')
}
