import type { Grant } from '../identity/index.ts'
import type { ApplicationCall } from './call.ts'
import { Refusal } from './refusal.ts'

/** The grant behind an access token, as far as the application on this connection may use it. */
export function findGrant(accessToken: string, call: ApplicationCall): Grant | Refusal {
  const access = call.services.identity.access(accessToken)
  if (access.kind === 'expired') {
    return new Refusal('CH_ACCESS_TOKEN_INVALID', 'Access token expired')
  }
  // A token of another application is none of this one's business, not even that it exists.
  if (access.kind === 'unknown' || access.grant.clientId !== call.application.clientId) {
    return new Refusal('CH_ACCESS_TOKEN_INVALID', 'Invalid access token')
  }
  return access.grant
}
