import { catalog, describeErrorCode, type RequestName } from '../protocol/index.ts'

export interface RefusalContext {
  readonly request: RequestName
  readonly serverCode: string
  readonly description: string | undefined
  readonly retryAfterSeconds?: number | undefined
  readonly maintenanceEndsAt?: number | undefined
}

const authoriseFirst =
  'Authorise the account on this connection first, with an access token that covers it.'
const newToken =
  'Refresh the access token; if that is refused as well, the user has to consent again.'

/** The code alone often does not say what is meant: the same one stands for several mistakes. */
function specificRemedy(context: RefusalContext): string | undefined {
  const { request, serverCode, description = '', retryAfterSeconds, maintenanceEndsAt } = context
  switch (serverCode) {
    case 'CH_CLIENT_AUTH_FAILURE':
      return /not in active state/i.test(description)
        ? 'The application has not been approved yet: wait until its status in the portal is Active.'
        : 'Check the client id and the client secret of the application.'
    case 'CH_CLIENT_NOT_AUTHENTICATED':
      return 'Authenticate the application on this connection first.'
    case 'CANT_ROUTE_REQUEST':
      return request === 'accountAuth'
        ? 'The account lives on the other host (isLive in the account list says which), is disabled, or its broker is down.'
        : 'The broker or the server behind is down; try again later.'
    case 'CH_CTID_TRADER_ACCOUNT_NOT_FOUND':
      return 'Use the account id of the account list, not the login number that the terminal shows.'
    case 'CH_ACCESS_TOKEN_INVALID':
      return request === 'refreshToken'
        ? 'The refresh token has been used or revoked: the user has to consent again.'
        : newToken
    case 'OA_AUTH_TOKEN_EXPIRED':
      return newToken
    case 'ACCOUNT_NOT_AUTHORIZED':
      return catalog[request].scope === 'trade'
        ? `${authoriseFirst} Trading needs one of scope trading.`
        : authoriseFirst
    case 'INVALID_REQUEST':
      return /not authorized/i.test(description) ? authoriseFirst : undefined
    case 'TIMEOUT_ERROR':
      return 'Look at the orders and positions of the account before sending it again.'
    case 'BLOCKED_PAYLOAD_TYPE':
    case 'REQUEST_FREQUENCY_EXCEEDED':
      return `Too many requests: wait ${retryAfterSeconds ?? 'at least 1'} s before the next ${request}.`
    case 'SERVER_IS_UNDER_MAINTENANCE':
      return maintenanceEndsAt === undefined
        ? 'Try again when the maintenance is over.'
        : `Try again after ${new Date(maintenanceEndsAt).toISOString()}.`
    default:
      return undefined
  }
}

/** One sentence that says what to do about a refusal; `undefined` where there is nothing to advise. */
export function remedyFor(context: RefusalContext): string | undefined {
  const specific = specificRemedy(context)
  if (specific !== undefined) return specific
  switch (describeErrorCode(context.serverCode)?.retry) {
    case 'no':
      return 'Correct the request; the same one would be refused again.'
    case 'after-repair':
      return 'Put right what the server names, then send it again.'
    case 'wait':
      return 'Try again later.'
    case 'success':
      return 'Nothing needs to be done: it is as the request wanted it.'
    default:
      return undefined
  }
}
