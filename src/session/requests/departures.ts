import type { Clock } from '../../async/clock.ts'
import type { Logger } from '../../log.ts'
import { catalog, type RecordedMessage, type RequestName } from '../../protocol/index.ts'
import {
  AccountLostError,
  ConnectionLostError,
  RequestAbortedError,
  RequestTimeoutError,
} from '../errors.ts'
import type { Outgoing } from '../link/outbox.ts'
import type { LinkTap } from '../link/tap.ts'
import type { Metrics, RequestEnd } from '../metrics.ts'
import {
  type QueueStatus,
  type RateLimits,
  Scheduler,
  type Ticket,
} from '../scheduler/scheduler.ts'
import type { OpenExchange } from './exchange.ts'
import { RequestRefusedError } from './refusal.ts'

type AnyExchange = OpenExchange<RequestName>

export interface DeparturesOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly limits: RateLimits
  readonly metrics: Metrics | undefined
  readonly tap: LinkTap | undefined
  /** Hands a message to the link, or to what holds messages back while the link is congested. */
  readonly transmit: (outgoing: Outgoing, bytes: Uint8Array) => void
}

const limitCodes: readonly string[] = ['BLOCKED_PAYLOAD_TYPE', 'REQUEST_FREQUENCY_EXCEEDED']

/** One request between its exchange and the link. */
class Departure implements Outgoing, Ticket {
  readonly request: RequestName
  readonly sinceMs: number
  sentMs = 0
  readonly #exchange: AnyExchange
  readonly #bytes: Uint8Array
  readonly #recorded: RecordedMessage | undefined
  readonly #options: DeparturesOptions

  constructor(
    exchange: AnyExchange,
    bytes: Uint8Array,
    recorded: RecordedMessage | undefined,
    options: DeparturesOptions,
  ) {
    this.request = exchange.request
    this.sinceMs = options.clock.monotonic()
    this.#exchange = exchange
    this.#bytes = bytes
    this.#recorded = recorded
    this.#options = options
  }

  get over(): boolean {
    return this.#exchange.over
  }

  send(): void {
    this.#options.transmit(this, this.#bytes)
  }

  markSent(): void {
    this.sentMs = this.#options.clock.monotonic()
    if (this.#recorded !== undefined) this.#options.tap?.sent(this.#recorded)
    this.#exchange.markSent()
  }

  loseConnection(cause: Error): void {
    this.#exchange.loseConnection(cause)
  }
}

/**
 * Sees every request off: when its turn has come, again when the server refused it because of its limits and a repetition
 * changes nothing, and counted when it has ended.
 */
export class Departures {
  readonly #options: DeparturesOptions
  readonly #scheduler: Scheduler
  readonly #departures = new Map<AnyExchange, Departure>()

  constructor(options: DeparturesOptions) {
    this.#options = options
    const { clock, limits, metrics } = options
    this.#scheduler = new Scheduler({
      clock,
      limits,
      onSent: metrics && ((request, ms) => metrics.record('queueTime', ms, { request })),
    })
  }

  get queued(): QueueStatus {
    return this.#scheduler.status
  }

  /** Sends a request as soon as the limits allow. */
  add(exchange: AnyExchange, bytes: Uint8Array, recorded: RecordedMessage | undefined): void {
    const departure = new Departure(exchange, bytes, recorded, this.#options)
    this.#departures.set(exchange, departure)
    this.#scheduler.submit(departure)
  }

  /** The server has refused a request. Returns whether it is sent again, so that it is not refused yet. */
  refused(exchange: AnyExchange, error: RequestRefusedError): boolean {
    const departure = this.#departures.get(exchange)
    if (departure === undefined || !limitCodes.includes(error.serverCode)) return false
    const { clock, logger, metrics } = this.#options
    const { request } = exchange
    const { retryAfterSeconds } = error
    this.#scheduler.answered(departure)
    const asked = retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1_000
    const pauseMs = this.#scheduler.refused(departure, asked)
    // Waiting helps nobody whose deadline comes first.
    const isRepeated =
      catalog[request].repeatable && clock.monotonic() + pauseMs < exchange.deadlineMs
    const { serverCode } = error
    logger.warn(
      { request, serverCode, pauseMs: Math.round(pauseMs), isRepeated },
      'the server refused a request because of its rate limits',
    )
    metrics?.count('rateLimited', { request })
    if (!isRepeated) return false
    exchange.markUnsent()
    this.#scheduler.again(departure)
    return true
  }

  /** A request has its first answer, or has failed. */
  settled(exchange: AnyExchange, error: Error | undefined): void {
    const departure = this.#departures.get(exchange)
    if (departure === undefined) return
    this.#departures.delete(exchange)
    const end = endOf(error)
    if (exchange.sent && (end === 'answered' || end === 'refused')) {
      this.#scheduler.answered(departure)
    }
    if (!exchange.sent) this.#scheduler.withdraw(departure)
    else if (error === undefined || (end === 'refused' && !isLimit(error))) {
      this.#scheduler.taken(departure)
    }
    const { clock, metrics } = this.#options
    if (metrics === undefined) return
    const { request } = exchange
    metrics.count('requests', { request, outcome: end })
    if (end === 'answered' || end === 'refused') {
      metrics.record('roundTrip', clock.monotonic() - departure.sentMs, { request })
    }
  }

  /** Sends nothing any more. */
  stop(): void {
    this.#scheduler.stop()
  }
}

function isLimit(error: Error | undefined): boolean {
  return error instanceof RequestRefusedError && limitCodes.includes(error.serverCode)
}

function endOf(error: Error | undefined): RequestEnd {
  if (error === undefined) return 'answered'
  if (error instanceof RequestRefusedError) return 'refused'
  if (error instanceof RequestTimeoutError) return 'timeout'
  if (error instanceof RequestAbortedError) return 'aborted'
  return error instanceof ConnectionLostError || error instanceof AccountLostError
    ? 'lost'
    : 'failed'
}
