import {
  ProtoOAAccessRights as AccessRights,
  ProtoOAStopOutStrategy as StopOutStrategy,
  ProtoOATotalMarginCalculationType as TotalMargin,
} from '../../protocol/index.ts'
import type { SandboxAccount } from './sandbox-account.ts'

const usual = {
  brokerName: 'Sandbox Markets',
  brokerTitleShort: 'Sandbox',
  moneyDigits: 2,
  leverageInCents: 10_000,
  maxLeverage: 50_000,
  totalMargin: TotalMargin.SUM,
  accessRights: AccessRights.FULL_ACCESS,
  swapFree: false,
  fairStopOut: false,
  stopOutStrategy: StopOutStrategy.MOST_MARGIN_USED_FIRST,
  registeredAt: Date.UTC(2025, 0, 6, 9, 30),
} as const

/** One of each kind: the first is the one that newcomers meet. */
export const accounts: readonly SandboxAccount[] = [
  {
    ...usual,
    accountId: 1001,
    traderLogin: 5001,
    isLive: false,
    depositAsset: 'USD',
    accountType: 'HEDGED',
    deposit: 1_000_000n,
  },
  {
    ...usual,
    accountId: 1002,
    traderLogin: 5002,
    isLive: false,
    depositAsset: 'EUR',
    accountType: 'HEDGED',
    deposit: 2_500_000n,
    totalMargin: TotalMargin.MAX,
    leverageInCents: 3_000,
  },
  {
    ...usual,
    accountId: 1003,
    traderLogin: 5003,
    isLive: false,
    depositAsset: 'USD',
    accountType: 'NETTED',
    deposit: 5_000_000n,
    totalMargin: TotalMargin.NET,
  },
  {
    ...usual,
    accountId: 1004,
    traderLogin: 5004,
    isLive: true,
    depositAsset: 'USD',
    accountType: 'HEDGED',
    deposit: 250_000n,
  },
  {
    ...usual,
    accountId: 1005,
    traderLogin: 5005,
    isLive: true,
    depositAsset: 'EUR',
    accountType: 'NETTED',
    deposit: 1_200_000n,
    totalMargin: TotalMargin.NET,
    leverageInCents: 3_000,
    fairStopOut: true,
    stopOutStrategy: StopOutStrategy.MOST_LOSING_FIRST,
  },
]
