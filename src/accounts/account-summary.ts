import { ProtoOAClientPermissionScope, type ProtoOACtidTraderAccount } from '../protocol/index.ts'
import type { Secret } from '../secret.ts'
import type { CallOptions, Session } from '../session/index.ts'

/** What a token allows: reading (`accounts`) or reading and trading (`trading`). */
export type GrantScope = 'accounts' | 'trading'

/** An account that a token covers, as the account list tells it. */
export interface AccountSummary {
  /** The id used in every request (`ctidTraderAccountId`), not the login number that people see. */
  readonly accountId: number
  /** The number shown in the terminal. For display only. */
  readonly login: number | undefined
  /** Which host serves it: live or demo. Says nothing about whether the money is real. */
  readonly isLive: boolean
  /** The broker's short name. */
  readonly broker: string | undefined
  /** What the token that covers it allows. */
  readonly scope: GrantScope
}

/**
 * Lists the accounts a token covers, demo and live alike, whichever host is asked.
 *
 * - Wire: `ProtoOAGetAccountListByAccessTokenReq`
 */
export async function listAccounts(
  session: Session,
  accessToken: Secret,
  options: CallOptions = {},
): Promise<readonly AccountSummary[]> {
  const list = await session.call.accountListByAccessToken(
    { accessToken: accessToken.reveal() },
    options,
  )
  const scope =
    list.permissionScope === ProtoOAClientPermissionScope.SCOPE_TRADE ? 'trading' : 'accounts'
  return list.ctidTraderAccount.map((account) => summaryOf(account, scope))
}

function summaryOf(account: ProtoOACtidTraderAccount, scope: GrantScope): AccountSummary {
  return {
    accountId: account.ctidTraderAccountId,
    login: account.traderLogin,
    isLive: account.isLive ?? false,
    broker: account.brokerTitleShort,
    scope,
  }
}
