import type {
  ProtoOAAccessRights,
  ProtoOALimitedRiskMarginCalculationStrategy,
  ProtoOAStopOutStrategy,
  ProtoOATotalMarginCalculationType,
} from '../../protocol/index.ts'

/**
 * How positions are kept. `HEDGED`: every order its own position. `NETTED`: one position for each symbol.
 * `SPREAD_BETTING`: as hedged, under its own name: what a broker does differently about it (stakes for each point, taxes)
 * is not in any message of the protocol.
 */
export type AccountType = 'HEDGED' | 'NETTED' | 'SPREAD_BETTING'

/** The terms of a trading account, with its first deposit. */
export interface SandboxAccount {
  /** `ctidTraderAccountId`: what every request names. */
  readonly accountId: number
  /** The number shown to people; requests do not take it. */
  readonly traderLogin: number
  /** On which host the account lives. */
  readonly isLive: boolean
  /** Name of the asset the account is kept in. */
  readonly depositAsset: string
  readonly accountType: AccountType
  readonly brokerName: string
  readonly brokerTitleShort: string
  /** First deposit, in units of 10^-moneyDigits. */
  readonly deposit: bigint
  readonly moneyDigits: number
  /** Leverage in hundredths: 10000 is 1:100. */
  readonly leverageInCents: number
  readonly maxLeverage: number
  readonly totalMargin: ProtoOATotalMarginCalculationType
  readonly accessRights: ProtoOAAccessRights
  readonly swapFree: boolean
  readonly fairStopOut: boolean
  readonly stopOutStrategy: ProtoOAStopOutStrategy
  /** Margin level in percent at or below which the server closes positions. */
  readonly stopOutLevel: number
  /** Margin levels in percent of the three margin calls, as they are before the owner changes them. */
  readonly marginCallLevels: readonly [first: number, second: number, third: number]
  /** Whether the broker makes up for a balance below zero once nothing is open any more. */
  readonly negativeBalanceProtection: boolean
  /** Whether stop losses must be guaranteed, so that no more than the margin can be lost. */
  readonly isLimitedRisk: boolean
  readonly limitedRiskStrategy: ProtoOALimitedRiskMarginCalculationStrategy
  /** Most positions at a time, pending orders' own ones included. */
  readonly maxPositions: number
  /** When the account was opened, ms. */
  readonly registeredAt: number
}
