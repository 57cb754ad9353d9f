import type { Logger } from '../../log.ts'
import {
  catalog,
  type DecodeError,
  type EnvelopeName,
  type Messages,
  MissingFieldsError,
  messageNameOf,
  type RequestName,
} from '../../protocol/index.ts'
import { accountNotAuthorized, viewOnly } from './account-refusals.ts'
import type { Services } from './call.ts'
import type { Connection, Receiver } from './connection.ts'
import { handlers } from './handlers/index.ts'
import { allSteps, type Steps } from './pacer.ts'
import { OrderRefusal, Refusal } from './refusal.ts'

type Row = (typeof catalog)[RequestName]
type AnyHandler = (request: object, call: object) => object | undefined

const requests: ReadonlyMap<string, { readonly name: RequestName; readonly row: Row }> = new Map(
  (Object.entries(catalog) as [RequestName, Row][]).map(([name, row]) => [row.send, { name, row }]),
)

export interface RouterOptions {
  readonly services: Services
  readonly logger: Logger
  /** The longest `clientMsgId` that is echoed. */
  readonly clientMsgIdLength: number
}

/**
 * Decides what becomes of a message: rate limit first, then whether it is a request at all, then what the catalogue says
 * about authentication, account and scope; what passes is handed to its handler. Every request gets an answer.
 */
export class Router implements Receiver {
  readonly #services: Services
  readonly #logger: Logger
  readonly #idLength: number

  constructor(options: RouterOptions) {
    this.#services = options.services
    this.#logger = options.logger
    this.#idLength = options.clientMsgIdLength
  }

  message(
    connection: Connection,
    payloadType: number,
    payload: object,
    id: string | undefined,
  ): void {
    const name = messageNameOf(payloadType)
    if (name === 'ProtoHeartbeatEvent') return
    const refusal = this.#refuseEarly(connection, payloadType, id)
    if (refusal !== undefined) return this.#refuse(connection, refusal, payload, id)
    const request = requests.get(name ?? '')
    if (request === undefined) {
      const refused = unsupportedMessage(payloadType, name)
      return this.#refuse(connection, refused, payload, id)
    }
    connection.holdingEvents(() => this.#carryOut(connection, request, payload, id))
  }

  unknown(connection: Connection, payloadType: number, id: string | undefined): void {
    const refusal =
      this.#refuseEarly(connection, payloadType, id) ?? unsupportedMessage(payloadType, undefined)
    this.#refuse(connection, refusal, {}, id)
  }

  malformed(
    connection: Connection,
    error: DecodeError,
    payloadType: number,
    id: string | undefined,
  ): void {
    const refusal =
      this.#refuseEarly(connection, payloadType, id) ??
      new Refusal('INVALID_REQUEST', describeMalformed(error))
    this.#refuse(connection, refusal, {}, id)
  }

  /** What holds for every message, whatever is in it. */
  #refuseEarly(
    connection: Connection,
    payloadType: number,
    id: string | undefined,
  ): Refusal | undefined {
    const budget = requests.get(messageNameOf(payloadType) ?? '')?.row.budget ?? 'general'
    // Counted as of its arrival: it may have waited behind another one.
    const breach = connection.rates.refuse(budget, payloadType, connection.arrivedAt)
    if (breach !== undefined) return breach
    if (id === undefined || id.length <= this.#idLength) return undefined
    return new Refusal(
      'INVALID_REQUEST',
      `clientMsgId has ${id.length} characters; the limit is ${this.#idLength}`,
    )
  }

  #carryOut(
    connection: Connection,
    { name, row }: { readonly name: RequestName; readonly row: Row },
    payload: object,
    id: string | undefined,
  ): void {
    const refusal = this.#checkScope(connection, name, row, payload)
    if (refusal !== undefined) return this.#refuse(connection, refusal, payload, id)
    const answer = (outcomeOf: () => object | undefined): void => {
      try {
        const outcome = outcomeOf()
        if (outcome instanceof Refusal) return this.#refuse(connection, outcome, payload, id)
        if (outcome instanceof OrderRefusal) {
          return this.#refuseOrder(connection, outcome, payload, id)
        }
        if (outcome === undefined) return
        // The handler's type ties the response to the row.
        connection.reply(row.expect, outcome as Messages[EnvelopeName], id)
      } catch (error) {
        this.#logger.error({ error, request: name }, 'A handler failed')
        const apology = 'The sandbox failed on this request; its log says why'
        this.#refuse(connection, new Refusal('UNKNOWN_ERROR', apology), payload, id)
      }
    }
    answer(() => {
      const outcome = this.#handle(connection, name, payload, id)
      return isSteps(outcome) ? this.#pace(connection, outcome, answer) : outcome
    })
  }

  /** Takes the steps of a request; where they take long, in later turns of the event loop, and answers then. */
  #pace(
    connection: Connection,
    steps: Steps<object | undefined>,
    answer: (outcomeOf: () => object | undefined) => void,
  ): object | undefined {
    const { pacer } = this.#services
    if (pacer === undefined) return allSteps(steps)
    const begun = pacer.begin(steps)
    if (begun.done) return begun.value
    const complete = connection.postpone()
    pacer.goOn(
      steps,
      () => connection.isOpen,
      (result) => complete(() => answer(result)),
    )
    return undefined
  }

  #checkScope(
    connection: Connection,
    name: RequestName,
    row: Row,
    payload: object,
  ): Refusal | undefined {
    if (row.scope === 'link') return undefined
    if (connection.application === undefined) {
      if (name === 'version' && this.#services.behaviour.versionBeforeAuthentication) {
        return undefined
      }
      return new Refusal('CH_CLIENT_NOT_AUTHENTICATED', 'Application is not authenticated')
    }
    if (row.scope === 'application') return undefined
    const session = connection.accounts.get(accountIdOf(payload) ?? Number.NaN)
    if (session === undefined) return accountNotAuthorized()
    return row.scope === 'trade' && session.scope !== 'trading' ? viewOnly() : undefined
  }

  #handle(
    connection: Connection,
    name: RequestName,
    payload: object,
    clientMsgId: string | undefined,
  ): object | undefined {
    const { application } = connection
    const session = connection.accounts.get(accountIdOf(payload) ?? Number.NaN)
    // Each handler's own type says what it needs; #checkScope has made sure that it is there.
    const handler = handlers[name] as unknown as AnyHandler
    const services = this.#services
    return handler(payload, { connection, clientMsgId, services, application, session })
  }

  #refuse(connection: Connection, refusal: Refusal, payload: object, id: string | undefined): void {
    const { errorCode, description, retryAfter } = refusal
    const echo = id === undefined || id.length > this.#idLength ? undefined : id
    const ctidTraderAccountId = accountIdOf(payload)
    const answer = { ctidTraderAccountId, errorCode, description, retryAfter }
    connection.reply('ProtoOAErrorRes', answer, echo)
    if (refusal.closes) connection.close(description)
  }

  #refuseOrder(
    connection: Connection,
    refusal: OrderRefusal,
    payload: object,
    id: string | undefined,
  ): void {
    const { errorCode, description, orderId, positionId } = refusal
    const ctidTraderAccountId = accountIdOf(payload)
    if (ctidTraderAccountId === undefined) throw new Error('A trading request names no account.')
    const answer = { errorCode, orderId, ctidTraderAccountId, positionId, description }
    connection.reply('ProtoOAOrderErrorEvent', answer, id)
  }
}

function isSteps(outcome: object | undefined): outcome is Steps<object | undefined> {
  return outcome !== undefined && 'next' in outcome && typeof outcome.next === 'function'
}

function accountIdOf(payload: object): number | undefined {
  if (!('ctidTraderAccountId' in payload)) return undefined
  return typeof payload.ctidTraderAccountId === 'number' ? payload.ctidTraderAccountId : undefined
}

function unsupportedMessage(payloadType: number, name: EnvelopeName | undefined): Refusal {
  const what = name === undefined ? 'unknown' : `${name}, which is not a request`
  return new Refusal('UNSUPPORTED_MESSAGE', `Payload type ${payloadType} is ${what}`)
}

function describeMalformed(error: DecodeError): string {
  if (error instanceof MissingFieldsError) {
    return `Message missing required fields: ${error.missing.join(', ')}`
  }
  return `Malformed message: ${error.message.slice(0, error.message.length - error.remedy.length).trim()}`
}
