import { ProtoOAAccessRights as AccessRights } from '../../../protocol/index.ts'
import { findGrant } from '../access.ts'
import { accountDisabled, accountNotFound, cannotRoute } from '../account-refusals.ts'
import type { HandlersFor } from '../call.ts'
import { Refusal } from '../refusal.ts'

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
    const { accessRights } = services.desk.account(accountId)
    if (accessRights === AccessRights.NO_LOGIN) return accountDisabled(services.behaviour)
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

  positionUnrealizedPnL: ({ ctidTraderAccountId: accountId }, { services }) => ({
    ctidTraderAccountId: accountId,
    ...services.desk.unrealizedPnL(accountId),
  }),

  expectedMargin({ ctidTraderAccountId: accountId, symbolId, volume }, { services }) {
    const expected = services.desk.expectedMargin(accountId, symbolId, volume)
    if ('errorCode' in expected) return new Refusal(expected.errorCode, expected.description)
    return { ctidTraderAccountId: accountId, ...expected }
  },

  // Alone among the answers about an account, these two do not name it.
  marginCallList: ({ ctidTraderAccountId: accountId }, { services }) => ({
    marginCall: services.desk.marginCalls(accountId),
  }),

  marginCallUpdate({ ctidTraderAccountId: accountId, marginCall }, { services }) {
    const refused = services.desk.updateMarginCall(accountId, marginCall)
    return refused === undefined ? {} : new Refusal(refused.errorCode, refused.description)
  },
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
