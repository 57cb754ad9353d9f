import type { GrantDoor } from '../../oauth/index.ts'
import type { Session } from '../session.ts'
import { isTokenRefusal } from './authorize-account.ts'

/**
 * A session as a way to renew tokens and to try them, for `GrantCoordinator.attach`. It waits for no connection: the
 * coordinator has another way, and must know at once that nothing was sent.
 */
export function grantDoor(session: Session): GrantDoor {
  const now = { whenOffline: 'fail' } as const
  return {
    refreshOverSocket: (refreshToken) =>
      session.call.refreshToken({ refreshToken: refreshToken.reveal() }, now),
    async probeToken(accessToken) {
      try {
        await session.listAccounts(accessToken, now)
        return 'accepted'
      } catch (error) {
        return isTokenRefusal(error) ? 'refused' : 'unknown'
      }
    },
  }
}
