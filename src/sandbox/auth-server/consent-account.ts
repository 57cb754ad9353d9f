import type { SandboxAccount } from '../world/sandbox-account.ts'

/** What the pages show of an account. */
export type ConsentAccount = Pick<
  SandboxAccount,
  'accountId' | 'traderLogin' | 'isLive' | 'depositAsset' | 'accountType' | 'brokerName'
>
