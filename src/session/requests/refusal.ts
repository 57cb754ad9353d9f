import type { CTraderErrorOptions } from '../../errors.ts'
import type {
  ProtoErrorRes,
  ProtoOAErrorRes,
  ProtoOAExecutionEvent,
  ProtoOAOrderErrorEvent,
} from '../../protocol/index.ts'
import { ProtoOAExecutionType } from '../../protocol/index.ts'
import { RequestError, type RequestIdentity } from '../errors.ts'
import { remedyFor } from './remedies.ts'

interface RefusalFacts {
  readonly serverCode: string
  readonly description: string | undefined
  readonly retryAfterSeconds?: number | undefined
  readonly maintenanceEndsAt?: number | undefined
}

/** The server answered a request with an error. */
export class RequestRefusedError extends RequestError {
  /** The server's code, such as `CH_ACCESS_TOKEN_INVALID`. Codes this release does not know occur as well. */
  readonly serverCode: string
  /** The server's own words, if it said any. */
  readonly description: string | undefined
  /** How long requests of this kind are refused, in seconds, where the server said so. */
  readonly retryAfterSeconds: number | undefined
  /** When maintenance ends, in milliseconds since 1970-01-01 UTC, where the server said so. */
  readonly maintenanceEndsAt: number | undefined

  /** @internal Made by the session. */
  constructor(identity: RequestIdentity, refusal: RefusalFacts, order?: OrderRefusal) {
    const { serverCode, description, retryAfterSeconds, maintenanceEndsAt } = refusal
    const said = description === undefined ? '' : ` (${description.replace(/[.\s]+$/, '')})`
    const options: CTraderErrorOptions = {
      facts: { serverCode, description, retryAfterSeconds, maintenanceEndsAt, ...order?.facts },
      remedy: remedyFor({ request: identity.request, ...refusal }),
    }
    super(
      order?.code ?? 'REQUEST_REFUSED',
      `The server refused ${identity.request}: ${serverCode}${said}.`,
      identity,
      'refused',
      options,
    )
    this.serverCode = serverCode
    this.description = description
    this.retryAfterSeconds = retryAfterSeconds
    this.maintenanceEndsAt = maintenanceEndsAt
  }
}

interface OrderRefusal {
  readonly code: string
  readonly facts: { readonly orderId: number | undefined; readonly positionId: number | undefined }
}

/** The server refused what a trading request asked for. */
export class OrderRejectedError extends RequestRefusedError {
  /** The order it is about, where the server named one. */
  readonly orderId: number | undefined
  /** The position it is about, where the server named one. */
  readonly positionId: number | undefined

  /** @internal Made by the session. */
  constructor(
    identity: RequestIdentity,
    refusal: RefusalFacts,
    orderId: number | undefined,
    positionId: number | undefined,
  ) {
    super(identity, refusal, { code: 'ORDER_REJECTED', facts: { orderId, positionId } })
    this.orderId = orderId
    this.positionId = positionId
  }
}

// The same field is in seconds in one message and in milliseconds in the other; no date before 1973 is meant.
const smallestMilliseconds = 1e11
// The last moment a Date can hold.
const largestMilliseconds = 8.64e15

function toMilliseconds(timestamp: number | undefined): number | undefined {
  if (timestamp === undefined || timestamp <= 0) return undefined
  const milliseconds = timestamp < smallestMilliseconds ? timestamp * 1000 : timestamp
  return milliseconds <= largestMilliseconds ? milliseconds : undefined
}

/** A request as the refusal needs to know it. */
export interface Refused extends RequestIdentity {
  /** Secrets that travelled in the request; a server that repeats them in its words must not carry them into a log. */
  readonly secrets: readonly string[]
}

function withoutSecrets(text: string | undefined, secrets: readonly string[]): string | undefined {
  if (text === undefined || text === '') return undefined
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)
}

/** The error that an error message (2142 or 50) means for the request it answers. */
export function toRequestRefused(
  request: Refused,
  message: ProtoOAErrorRes | ProtoErrorRes,
): RequestRefusedError {
  return new RequestRefusedError(request, {
    serverCode: message.errorCode,
    description: withoutSecrets(message.description, request.secrets),
    retryAfterSeconds: 'retryAfter' in message ? message.retryAfter : undefined,
    maintenanceEndsAt: toMilliseconds(message.maintenanceEndTimestamp),
  })
}

/** The error that an order error (2132) means for the request it answers. */
export function toOrderRejected(
  request: Refused,
  message: ProtoOAOrderErrorEvent,
): OrderRejectedError {
  const { errorCode: serverCode, description, orderId, positionId } = message
  return new OrderRejectedError(
    request,
    { serverCode, description: withoutSecrets(description, request.secrets) },
    named(orderId),
    named(positionId),
  )
}

/** What these say was executed, whatever code stands beside it. To call it refused would have it sent again. */
const fills = new Set<number>([
  ProtoOAExecutionType.ORDER_FILLED,
  ProtoOAExecutionType.ORDER_PARTIAL_FILL,
])

/** The error that an execution event means, when it is the news of a rejection; `undefined` for all others. */
export function toExecutionRejected(
  request: Refused,
  event: ProtoOAExecutionEvent,
): OrderRejectedError | undefined {
  const { executionType, errorCode, order, position } = event
  const rejected =
    executionType === ProtoOAExecutionType.ORDER_REJECTED ||
    executionType === ProtoOAExecutionType.ORDER_CANCEL_REJECTED
  const hasExecuted =
    fills.has(executionType) || event.deal !== undefined || Number(order?.executedVolume ?? 0) > 0
  // By the original's own rule an execution event with a code says that the validation failed.
  if (!rejected && (!errorCode || hasExecuted)) return undefined
  return new OrderRejectedError(
    request,
    { serverCode: errorCode || 'ORDER_REJECTED', description: undefined },
    named(order?.orderId),
    named(position?.positionId ?? order?.positionId),
  )
}

/** The server writes 0 where it names nothing. */
function named(id: number | undefined): number | undefined {
  return id === 0 ? undefined : id
}
