import type { WaitOptions } from '../async/wait-options.ts'
import type { Secret } from '../secret.ts'
import type { Session } from '../session/index.ts'
import { type AccountSummary, type GrantScope, listAccounts } from './account-summary.ts'

/** Whose consent a token stands for, and for what. */
export interface GrantIdentity {
  /** Number of the cTrader ID that allowed access. */
  readonly userId: number
  /** What the server says the token allows; undefined when it covers no account. */
  readonly scope: GrantScope | undefined
  /** The accounts that were ticked on the consent page, demo and live. */
  readonly accounts: readonly AccountSummary[]
}

/**
 * Asks the server whose token this is. No account needs to be authorised.
 *
 * - Wire: `ProtoOAGetCtidProfileByTokenReq`, `ProtoOAGetAccountListByAccessTokenReq`
 */
export async function getGrantIdentity(
  session: Session,
  accessToken: Secret,
  options: WaitOptions = {},
): Promise<GrantIdentity> {
  const { profile } = await session.call.ctidProfileByToken(
    { accessToken: accessToken.reveal() },
    options,
  )
  const accounts = await listAccounts(session, accessToken, options)
  return { userId: profile.userId, scope: accounts[0]?.scope, accounts }
}
