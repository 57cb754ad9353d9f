import type { Invalidation } from '../identity/index.ts'
import type { AccountSession } from './account-sessions.ts'
import type { Services } from './call.ts'
import type { Connection } from './connection.ts'

/** A token has died: the sessions that were begun with it end, and the client is told. */
export function endSessions(connection: Connection, event: Invalidation, services: Services): void {
  const ended = [...connection.accounts.values()].filter(
    ({ accessToken }) => accessToken === event.accessToken,
  )
  if (ended.length === 0) return
  const { sessionsSurviveRefresh, refreshPush, subscriptionsSurviveRefresh } = services.behaviour
  const { cause, reason, successor } = event
  const refreshed = cause === 'refreshed'
  const pushes = (what: 'token' | 'disconnect'): boolean =>
    !refreshed || refreshPush === 'both' || refreshPush === what
  if (pushes('token')) {
    connection.push('ProtoOAAccountsTokenInvalidatedEvent', {
      ctidTraderAccountIds: ended.map(({ accountId }) => accountId),
      reason,
    })
  }
  for (const session of ended) {
    const goesOn = refreshed && sessionsSurviveRefresh && successor !== undefined
    endSession(session, services, {
      keepsSpots: goesOn || (refreshed && subscriptionsSurviveRefresh),
      silent: !pushes('disconnect'),
    })
    if (goesOn) services.sessions.begin({ ...session, accessToken: successor })
  }
}

/** Which account sessions the server ends. What is left out means all. */
export interface AccountEnd {
  readonly accountId?: number | undefined
  /** Id of a connection. */
  readonly connection?: number | undefined
}

/** Ends account sessions without a token having died, as when a person signs out in the desktop terminal. */
export function disconnectAccounts(
  connections: Iterable<Connection>,
  { accountId, connection: id }: AccountEnd,
  services: Services,
): number {
  let count = 0
  for (const connection of connections) {
    if (id !== undefined && connection.id !== id) continue
    for (const session of [...connection.accounts.values()]) {
      if (accountId !== undefined && session.accountId !== accountId) continue
      endSession(session, services, { keepsSpots: false, silent: false })
      count++
    }
  }
  return count
}

function endSession(
  session: AccountSession,
  services: Services,
  how: { readonly keepsSpots: boolean; readonly silent: boolean },
): void {
  const { connection, accountId } = session
  services.sessions.end(session)
  if (!how.keepsSpots) services.spots.forget(connection, accountId)
  if (!how.silent) {
    connection.push('ProtoOAAccountDisconnectEvent', { ctidTraderAccountId: accountId })
  }
}
