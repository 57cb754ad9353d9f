import type { ProtoOACtidTraderAccount } from '../../../protocol/index.ts'
import { ProtoOAClientPermissionScope as PermissionScope } from '../../../protocol/index.ts'
import { isRefusal } from '../../identity/index.ts'
import type { SandboxAccount } from '../../world/index.ts'
import { findGrant } from '../access.ts'
import type { HandlersFor, Services } from '../call.ts'
import { Refusal } from '../refusal.ts'

// The release of the schema; what the original answers is not known.
const version = '91'

/** What an application asks for itself: authentication, tokens, and whose they are. */
export const applicationHandlers = {
  applicationAuth({ clientId, clientSecret }, { connection, services }) {
    if (connection.application !== undefined) {
      return new Refusal(
        'CH_CLIENT_ALREADY_AUTHENTICATED',
        'Application is already authorized in this channel',
      )
    }
    const { identity } = services
    const outcome = identity.authenticateApplication(clientId, clientSecret)
    const application = outcome === 'ok' ? identity.findApplication(clientId) : undefined
    if (application === undefined) {
      const text =
        outcome === 'inactive'
          ? 'OA client is not in active state'
          : 'clientId or clientSecret is incorrect'
      return new Refusal('CH_CLIENT_AUTH_FAILURE', text, { closes: true })
    }
    if (connectionsOf(clientId, services) >= services.limits.connectionsPerApplication) {
      return new Refusal('CONNECTIONS_LIMIT_EXCEEDED', 'Too many connections of this application', {
        closes: true,
      })
    }
    connection.application = application
    return {}
  },

  version: () => ({ version }),

  accountListByAccessToken({ accessToken }, call) {
    const grant = findGrant(accessToken, call)
    if (grant instanceof Refusal) return grant
    const shared = call.services.world.accounts.filter(({ accountId }) =>
      grant.accountIds.includes(accountId),
    )
    return {
      accessToken,
      permissionScope:
        grant.scope === 'trading' ? PermissionScope.SCOPE_TRADE : PermissionScope.SCOPE_VIEW,
      ctidTraderAccount: shared.map((account) => listed(account, call.services)),
    }
  },

  ctidProfileByToken({ accessToken }, call) {
    const grant = findGrant(accessToken, call)
    return grant instanceof Refusal ? grant : { profile: { userId: grant.userId } }
  },

  refreshToken({ refreshToken }, { application, services }) {
    const { clientId } = application
    const outcome = services.identity.refresh({ refreshToken, clientId })
    if (isRefusal(outcome)) {
      // The application may have lost its approval since it authenticated.
      return outcome.reason === 'inactive-application'
        ? new Refusal('CH_CLIENT_AUTH_FAILURE', 'OA client is not in active state')
        : new Refusal('CH_ACCESS_TOKEN_INVALID', 'Invalid refresh token')
    }
    return {
      accessToken: outcome.accessToken,
      tokenType: 'bearer',
      expiresIn: outcome.expiresIn,
      refreshToken: outcome.refreshToken,
    }
  },
} satisfies HandlersFor<
  'applicationAuth' | 'version' | 'accountListByAccessToken' | 'ctidProfileByToken' | 'refreshToken'
>

function connectionsOf(clientId: string, { connections }: Services): number {
  let count = 0
  for (const { application } of connections) if (application?.clientId === clientId) count++
  return count
}

function listed(account: SandboxAccount, { desk }: Services): ProtoOACtidTraderAccount {
  const { balanceUpdatedAt, closingDealAt } = desk.lastActivity(account.accountId)
  return {
    ctidTraderAccountId: account.accountId,
    isLive: account.isLive,
    traderLogin: account.traderLogin,
    lastClosingDealTimestamp: closingDealAt,
    lastBalanceUpdateTimestamp: balanceUpdatedAt,
    brokerTitleShort: account.brokerTitleShort,
  }
}
