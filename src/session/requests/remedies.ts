import { describeErrorCode, type RequestName } from '../../protocol/index.ts'

export interface RefusalContext {
  readonly request: RequestName
  readonly serverCode: string
  readonly description: string | undefined
  readonly retryAfterSeconds?: number | undefined
  readonly maintenanceEndsAt?: number | undefined
}

/**
 * One sentence that says what to do about a refusal. The table of error codes knows what a code means in general; here
 * stands what only this request, the server's words or its numbers tell.
 */
export function remedyFor(context: RefusalContext): string {
  const { request, serverCode, description = '', retryAfterSeconds, maintenanceEndsAt } = context
  switch (serverCode) {
    case 'CH_CLIENT_AUTH_FAILURE':
      return /not in active state/i.test(description)
        ? 'The application has not been approved yet: wait until its status in the portal is Active.'
        : 'Check the client id and the client secret of the application.'
    case 'CANT_ROUTE_REQUEST':
      // An account that could be authorised is on the right host.
      if (request !== 'accountAuth') return "The broker's server is down; try again later."
      break
    case 'CH_ACCESS_TOKEN_INVALID':
      if (request !== 'refreshToken') break
      return 'The refresh token has been used or revoked: the owner has to consent again.'
    case 'INVALID_REQUEST':
      if (!/not authorized/i.test(description)) break
      return 'Authorise the account on this connection first, with an access token that covers it.'
    case 'BLOCKED_PAYLOAD_TYPE':
    case 'REQUEST_FREQUENCY_EXCEEDED':
      if (retryAfterSeconds === undefined) break
      return `Wait ${retryAfterSeconds} s before the next ${request}, and longer each time it happens again.`
    case 'SERVER_IS_UNDER_MAINTENANCE':
      if (maintenanceEndsAt === undefined) return 'Try again in some minutes.'
      return `Try again after ${new Date(maintenanceEndsAt).toISOString()}.`
  }
  return describeErrorCode(serverCode).remedy
}
