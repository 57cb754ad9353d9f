import { catalog, type RequestName } from '../../../src/protocol/index.ts'
import { type CommonFailure, commonFailures } from './documented.ts'
import type { FailureRow } from './row.ts'
import { requiredFields, samples } from './samples.ts'

type Row = Omit<FailureRow, 'request' | 'failure'>

// So many that authentication uses up what there is of the one, and the first request of the other.
const few = { generalPerSecond: 2, historicalPerSecond: 1 }

/** How each common failure of a request comes about. */
function rowOf(request: RequestName, failure: CommonFailure): Row {
  const fields = samples[request]
  const { send, budget, scope } = catalog[request]
  switch (failure) {
    case 'too many a second':
      return {
        own: { limits: few },
        async fields(scene) {
          if (budget === 'historical') await scene.ask(send, fields)
          else
            for (let sent = spentOn[scope]; sent < 2; sent++) await scene.ask('ProtoOAVersionReq')
          return fields
        },
        channel: 'error',
        ...(budget === 'historical'
          ? { code: 'BLOCKED_PAYLOAD_TYPE', text: 'You are being rate limited' }
          : {
              code: 'REQUEST_FREQUENCY_EXCEEDED',
              text: 'You have reached the rate limit of requests',
            }),
      }
    case 'maintenance':
    case 'a broker that is away':
      return {
        own: {},
        fields({ sandbox }) {
          sandbox.control.maintenance.begin({ of: failure === 'maintenance' ? 'server' : 'broker' })
          return fields
        },
        channel: 'error',
        ...(failure === 'maintenance'
          ? { code: 'SERVER_IS_UNDER_MAINTENANCE', text: /maintenance/ }
          : { code: 'CANT_ROUTE_REQUEST', text: 'Cannot route request' }),
      }
    case 'required fields missing':
      return {
        fields: {},
        empty: true,
        channel: 'error',
        code: 'INVALID_REQUEST',
        text: `Message missing required fields: ${requiredFields(request).join(', ')}`,
      }
    case 'before the application':
      return { state: 'connected', fields, channel: 'error', code: 'CH_CLIENT_NOT_AUTHENTICATED' }
    case 'before the account':
      return {
        ...{ state: 'application', fields, channel: 'error' },
        ...{ code: 'INVALID_REQUEST', text: 'Trading account is not authorized' },
      }
    case 'a token that may only look':
      return {
        token: (sandbox) => sandbox.issueTokens({ scope: 'accounts' }).accessToken,
        ...{ fields, channel: 'error', code: 'ACCOUNT_NOT_AUTHORIZED' },
      }
  }
}

/** Requests that reaching a scope's state has cost. */
const spentOn = { link: 0, application: 1, account: 2, trade: 2 } as const

export const commonRows: readonly FailureRow[] = (Object.keys(catalog) as RequestName[]).flatMap(
  (request) =>
    commonFailures(request).map((failure) => ({ request, failure, ...rowOf(request, failure) })),
)
