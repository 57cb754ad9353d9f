import { findGrant } from '../access.ts'
import { accountNotFound, cannotRoute } from '../account-refusals.ts'
import type { HandlersFor } from '../call.ts'
import { Refusal } from '../refusal.ts'
import { unsupported } from './unsupported.ts'

/** Account sessions, and what an account holds. */
export const accountHandlers = {
  accountAuth({ ctidTraderAccountId: accountId, accessToken }, call) {
    const { connection, services } = call
    const grant = findGrant(accessToken, call)
    if (grant instanceof Refusal) return grant
    const account = services.world.accounts.find((known) => known.accountId === accountId)
    if (account === undefined || !grant.accountIds.includes(accountId)) return accountNotFound()
    if (account.isLive !== (services.kind === 'live')) return cannotRoute()
    if (connection.accounts.has(accountId)) {
      return new Refusal(
        'ALREADY_LOGGED_IN',
        'Trading account is already authorized in this channel',
      )
    }
    services.sessions.begin({ connection, accountId, scope: grant.scope, accessToken })
    return { ctidTraderAccountId: accountId }
  },

  accountLogout({ ctidTraderAccountId: accountId }, { connection, session, services }) {
    services.sessions.end(session)
    services.spots.forget(connection, accountId)
    connection.push('ProtoOAAccountDisconnectEvent', { ctidTraderAccountId: accountId })
    return { ctidTraderAccountId: accountId }
  },

  trader: ({ ctidTraderAccountId: accountId }, { services }) => ({
    ctidTraderAccountId: accountId,
    trader: services.desk.trader(accountId),
  }),

  reconcile({ ctidTraderAccountId: accountId, returnProtectionOrders }, { services }) {
    const open = services.desk.reconcile(accountId, returnProtectionOrders ?? false)
    return { ctidTraderAccountId: accountId, ...open }
  },

  positionUnrealizedPnL: unsupported('unrealized profit and loss'),
  expectedMargin: unsupported('expected margin'),
  marginCallList: unsupported('margin calls'),
  marginCallUpdate: unsupported('margin calls'),
} satisfies HandlersFor<
  | 'accountAuth'
  | 'accountLogout'
  | 'trader'
  | 'reconcile'
  | 'positionUnrealizedPnL'
  | 'expectedMargin'
  | 'marginCallList'
  | 'marginCallUpdate'
>
