import type { Clock } from '../../async/clock.ts'
import { checkDuration } from '../../duration.ts'
import { InvalidArgumentError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import {
  catalog,
  type DecodeError,
  type ProtoErrorRes,
  type ProtoOAErrorRes,
  type ProtoOAExecutionEvent,
  type ProtoOAOrderErrorEvent,
  payloadTypes,
  type RequestName,
  type ResponseMessage,
} from '../../protocol/index.ts'
import { type AccountLoss, UnreadableAnswerError } from '../errors.ts'
import { type CallOptions, OpenExchange } from './exchange.ts'
import {
  type RequestRefusedError,
  toExecutionRejected,
  toOrderRejected,
  toRequestRefused,
} from './refusal.ts'

export interface ExchangesOptions {
  readonly clock: Clock
  readonly logger: Logger
  /** Makes the ids of requests that are given none. */
  readonly newId: () => string
  readonly timeoutMs: number
  /** A request that had been sent was not answered in time. */
  readonly onUnanswered?: (request: RequestName) => void
  /** A request has its first answer, or has failed. */
  readonly onSettled?: (exchange: OpenExchange<RequestName>, error: Error | undefined) => void
  /** Told of every refusal. Returns whether the request is sent again, so that it is not refused yet. */
  readonly isRepeated?: (exchange: OpenExchange<RequestName>, error: RequestRefusedError) => boolean
  /** The server refused a request for an account. */
  readonly onRefused?: (accountId: number, error: RequestRefusedError) => void
}

type AnyExchange = OpenExchange<RequestName>

const { ProtoOAErrorRes: openApiError, ProtoErrorRes: carrierError } = payloadTypes
const { ProtoOAOrderErrorEvent: orderError, ProtoOAExecutionEvent: execution } = payloadTypes

/** The requests under way on one connection, each under its id. */
export class Exchanges {
  readonly #options: ExchangesOptions
  readonly #open = new Map<string, AnyExchange>()

  constructor(options: ExchangesOptions) {
    this.#options = options
  }

  /** How many are under way. */
  get size(): number {
    return this.#open.size
  }

  /**
   * Opens an exchange; its deadline runs from now.
   *
   * @param keep whether answers after the first are wanted
   * @throws {@link InvalidArgumentError} for an id in use, or a deadline that is none
   */
  open<K extends RequestName>(
    request: K,
    payload: object,
    options: CallOptions,
    keep: boolean,
  ): OpenExchange<K> {
    const { clock, logger, newId, timeoutMs: usual } = this.#options
    const { signal, timeoutMs = usual, clientMsgId = newId() } = options
    checkDuration('timeoutMs', timeoutMs)
    if (clientMsgId === '' || this.#open.has(clientMsgId)) {
      throw new InvalidArgumentError(`"${clientMsgId}" cannot be used as the id of a request.`, {
        facts: { clientMsgId },
        remedy: 'Give an id that is not empty and not in use on this session, or none at all.',
      })
    }
    const exchange: OpenExchange<K> = new OpenExchange<K>({
      request,
      clientMsgId,
      accountId: accountOf(payload),
      secrets: secretsOf(request, payload),
      keep,
      timeoutMs,
      signal,
      // The table holds exchanges of every kind; the id leads back to the kind that was opened.
      onSettled: (error) => this.#options.onSettled?.(exchange as unknown as AnyExchange, error),
      onOver: (id) => void this.#open.delete(id),
      onUnanswered: () => this.#options.onUnanswered?.(request),
      onThrow: (error, id) =>
        logger.error({ request, clientMsgId: id, error }, 'a follower of an exchange threw'),
    })
    this.#open.set(clientMsgId, exchange as unknown as AnyExchange)
    exchange.start(clock)
    return exchange
  }

  /** Whether a request of this id is under way and has been handed to the connection. */
  hasSent(clientMsgId: string): boolean {
    return this.#open.get(clientMsgId)?.sent === true
  }

  /** Hands a message to the exchange of its id. Returns whether it was one of its answers. */
  accept(payloadType: number, payload: object, clientMsgId: string): boolean {
    const exchange = this.#open.get(clientMsgId)
    if (exchange === undefined) return false
    if (payloadType === openApiError || payloadType === carrierError) {
      this.#refuse(exchange, toRequestRefused(exchange, payload as ProtoOAErrorRes | ProtoErrorRes))
      return true
    }
    if (accountOf(payload) !== exchange.accountId && accountOf(payload) !== undefined) {
      const { request, accountId } = exchange
      const facts = { request, clientMsgId, accountId, answered: accountOf(payload) }
      this.#options.logger.warn(facts, 'an answer for another account was not taken')
      return false
    }
    if (payloadType === orderError) {
      this.#refuse(exchange, toOrderRejected(exchange, payload as ProtoOAOrderErrorEvent))
      return true
    }
    if (payloadType !== payloadTypes[catalog[exchange.request].expect]) return false
    const rejected =
      payloadType === execution
        ? toExecutionRejected(exchange, payload as ProtoOAExecutionEvent)
        : undefined
    if (rejected === undefined) exchange.answer(payload as ResponseMessage<RequestName>)
    else this.#refuse(exchange, rejected)
    return true
  }

  /** An answer came that cannot be read. Returns whether somebody waited for it. */
  unreadable(error: DecodeError, clientMsgId: string): boolean {
    const exchange = this.#open.get(clientMsgId)
    exchange?.fail(new UnreadableAnswerError(exchange, error))
    return exchange !== undefined
  }

  /** Lets an error without an id answer the only request under way. Returns whether there was exactly one. */
  refuseOnly(message: ProtoOAErrorRes | ProtoErrorRes): boolean {
    const [exchange, another] = this.#open.values()
    if (exchange === undefined || another !== undefined) return false
    exchange.fail(toRequestRefused(exchange, message))
    return true
  }

  /** Resolves when everything now under way has had its first answer, or failed. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map((exchange) => exchange.first))
  }

  /** Fails what needs the authorisation of an account that has lost it. */
  loseAccount(accountId: number, loss: AccountLoss): void {
    for (const exchange of this.#open.values()) {
      const { scope } = catalog[exchange.request]
      const needsAccount = scope === 'account' || scope === 'trade'
      if (needsAccount && exchange.accountId === accountId) exchange.loseAccount(loss)
    }
  }

  /** Fails everything. */
  loseConnection(cause: Error | undefined): void {
    for (const exchange of this.#open.values()) exchange.loseConnection(cause)
  }

  #refuse(exchange: AnyExchange, error: RequestRefusedError): void {
    if (this.#options.isRepeated?.(exchange, error)) return
    exchange.fail(error)
    if (exchange.accountId !== undefined) this.#options.onRefused?.(exchange.accountId, error)
  }
}

function accountOf(payload: object | null): number | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const id: unknown = 'ctidTraderAccountId' in payload ? payload.ctidTraderAccountId : undefined
  return typeof id === 'number' ? id : undefined
}

const secretFields = ['clientSecret', 'accessToken', 'refreshToken']
const none: readonly string[] = []

/** Only requests about the application and its tokens carry secrets. */
function secretsOf(request: RequestName, payload: object | null): readonly string[] {
  const { scope } = catalog[request]
  if (scope !== 'link' && scope !== 'application') return none
  if (typeof payload !== 'object' || payload === null) return none
  return secretFields
    .map((field): unknown => Reflect.get(payload, field))
    .filter((value): value is string => typeof value === 'string' && value !== '')
}
