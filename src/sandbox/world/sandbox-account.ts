import type {
  ProtoOAAccessRights,
  ProtoOAStopOutStrategy,
  ProtoOATotalMarginCalculationType,
} from '../../protocol/index.ts'

/** A trading account as it stands when the sandbox starts. */
export interface SandboxAccount {
  /** `ctidTraderAccountId`: what every request names. */
  readonly accountId: number
  /** The number shown to people; requests do not take it. */
  readonly traderLogin: number
  /** On which host the account lives. */
  readonly isLive: boolean
  /** Name of the asset the account is kept in. */
  readonly depositAsset: string
  readonly accountType: 'HEDGED' | 'NETTED'
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
  /** When the account was opened, ms. */
  readonly registeredAt: number
}
