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
  connection.push('ProtoOAAccountsTokenInvalidatedEvent', {
    ctidTraderAccountIds: ended.map(({ accountId }) => accountId),
    reason: event.reason,
  })
  for (const session of ended) {
    endSession(session, services, services.behaviour.subscriptionsSurviveRefresh)
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
      endSession(session, services, false)
      count++
    }
  }
  return count
}

function endSession(session: AccountSession, services: Services, keepsSpots: boolean): void {
  const { connection, accountId } = session
  services.sessions.end(session)
  if (!keepsSpots) services.spots.forget(connection, accountId)
  connection.push('ProtoOAAccountDisconnectEvent', { ctidTraderAccountId: accountId })
}
