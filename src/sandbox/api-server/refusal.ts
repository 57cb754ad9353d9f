export interface RefusalOptions {
  /** Seconds after which the payload type is served again. */
  readonly retryAfter?: number
  /** Whether the connection is closed behind the answer. @defaultValue false */
  readonly closes?: boolean
}

/** A request is not carried out; the client is told by an error message (payload type 2142) with this code. */
export class Refusal {
  readonly errorCode: string
  readonly description: string
  readonly retryAfter: number | undefined
  readonly closes: boolean

  constructor(errorCode: string, description: string, options: RefusalOptions = {}) {
    this.errorCode = errorCode
    this.description = description
    this.retryAfter = options.retryAfter
    this.closes = options.closes ?? false
  }
}

/** A trading request is refused after it was understood; the client is told by an order error (payload type 2132). */
export class OrderRefusal {
  readonly errorCode: string
  readonly description: string
  readonly orderId: number | undefined
  readonly positionId: number | undefined

  constructor(
    errorCode: string,
    description: string,
    ids: { readonly orderId?: number | undefined; readonly positionId?: number | undefined } = {},
  ) {
    this.errorCode = errorCode
    this.description = description
    this.orderId = ids.orderId
    this.positionId = ids.positionId
  }
}
