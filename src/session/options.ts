import { type Clock, systemClock } from '../async/clock.ts'
import { checkDuration } from '../duration.ts'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import { type Logger, silentLogger } from '../log.ts'
import { say } from '../say.ts'
import { type Secret, toSecret } from '../secret.ts'
import type { Endpoint, Transport } from '../transport/index.ts'
import { type Carrier, formatOf, transportOf, type WireFormat } from './link/carrier.ts'
import { Tap, type WireTap } from './link/tap.ts'
import type { Metrics } from './metrics.ts'
import { secureRandom } from './requests/message-ids.ts'
import type { RateLimits } from './scheduler/scheduler.ts'

export interface SessionOptions {
  /** The server to connect to; protobuf and JSON have different ports. */
  readonly endpoint: Endpoint
  /** The application as it is registered with cTrader. */
  readonly application: { readonly clientId: string; readonly clientSecret: string | Secret }
  /** What carries the messages. Only without a `transport` of your own. @defaultValue 'protobuf-tcp' */
  readonly carrier?: Carrier | undefined
  /** A transport of your own, such as `memoryTransport`. */
  readonly transport?: Transport | undefined
  /** How messages look on a `transport` of your own. @defaultValue 'protobuf' */
  readonly format?: WireFormat | undefined
  /** Certificate authority (PEM) to trust instead of the system's. Only without a `transport` of your own. */
  readonly ca?: string | readonly string[] | undefined
  readonly clock?: Clock | undefined
  /** Where to write what happens. @defaultValue nowhere */
  readonly logger?: Logger | undefined
  /** The deadline of a request that names none, in milliseconds. @defaultValue 15,000 */
  readonly requestTimeoutMs?: number | undefined
  /** The deadline of opening the link, in milliseconds. @defaultValue 10,000 */
  readonly connectTimeoutMs?: number | undefined
  /** The deadline of authenticating the application, in milliseconds. @defaultValue 15,000 */
  readonly applicationTimeoutMs?: number | undefined
  /** A heartbeat is sent when nothing else was for this long, in milliseconds; 10,000 at most. @defaultValue 9,000 */
  readonly heartbeatMs?: number | undefined
  /** After this long without a byte the server counts as gone, in milliseconds. @defaultValue 60,000 */
  readonly silenceMs?: number | undefined
  /**
   * After this long without a byte the server is asked for its version, so that a dead one is found sooner, in
   * milliseconds. @defaultValue never
   */
  readonly probeAfterMs?: number | undefined
  /** How long a server may take to answer when it is asked whether it is still there, in milliseconds. @defaultValue 5,000 */
  readonly probeTimeoutMs?: number | undefined
  /** The longest frame to accept, in bytes. @defaultValue 15,000,000 */
  readonly frameLimit?: number | undefined
  /** How many requests a second the server takes on one connection; more than that wait. @defaultValue 50 and 5 */
  readonly rateLimits?: Partial<RateLimits> | undefined
  /** Where the session's numbers go. @defaultValue nowhere */
  readonly metrics?: Metrics | undefined
  /** Called with every message in either direction, without its secrets: for recordings. @defaultValue nobody */
  readonly tap?: WireTap | undefined
  /** Random numbers from 0 up to, but not including, 1, for the ids of requests. @defaultValue unforeseeable ones */
  readonly random?: (() => number) | undefined
  /** Gives up connecting when it aborts; without effect once the session is open. */
  readonly signal?: AbortSignal | undefined
}

/** The options with everything decided. */
export interface ResolvedOptions {
  readonly endpoint: Endpoint
  readonly application: { readonly clientId: string; readonly clientSecret: Secret }
  readonly transport: Transport
  readonly format: WireFormat
  readonly clock: Clock
  readonly logger: Logger
  readonly random: () => number
  readonly requestTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly applicationTimeoutMs: number
  readonly heartbeatMs: number
  readonly silenceMs: number
  readonly probeAfterMs: number | undefined
  readonly probeTimeoutMs: number
  readonly frameLimit: number | undefined
  readonly rateLimits: RateLimits
  readonly metrics: Metrics | undefined
  readonly tap: Tap | undefined
}

/** The deadline of a request, where neither it nor its session names one. */
export const defaultRequestTimeoutMs = 15_000

/** The server wants to hear from a client every ten seconds; a little less leaves room for a busy moment. */
const longestHeartbeatMs = 10_000

/** @throws {@link InvalidArgumentError} */
export function resolveOptions(options: SessionOptions): ResolvedOptions {
  const { application, heartbeatMs = 9_000 } = options
  if (typeof application.clientId !== 'string' || application.clientId === '') {
    throw new InvalidArgumentError('The application has no client id.', {
      remedy: 'Take it from the page of the application on the portal of the Open API.',
    })
  }
  if (!(heartbeatMs > 0 && heartbeatMs <= longestHeartbeatMs)) {
    throw new InvalidArgumentError(`A heartbeat every ${heartbeatMs} ms is not possible.`, {
      facts: { heartbeatMs },
      remedy: `Give at most ${longestHeartbeatMs} ms: the server ends connections that are silent for longer.`,
    })
  }
  return {
    endpoint: options.endpoint,
    application: {
      clientId: application.clientId,
      clientSecret: toSecret(application.clientSecret),
    },
    ...resolveTransport(options),
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
    random: options.random ?? secureRandom,
    requestTimeoutMs: checkDuration(
      'requestTimeoutMs',
      options.requestTimeoutMs ?? defaultRequestTimeoutMs,
    ),
    connectTimeoutMs: checkDuration('connectTimeoutMs', options.connectTimeoutMs ?? 10_000),
    applicationTimeoutMs: checkDuration(
      'applicationTimeoutMs',
      options.applicationTimeoutMs ?? 15_000,
    ),
    heartbeatMs,
    silenceMs: checkDuration('silenceMs', options.silenceMs ?? 60_000),
    probeAfterMs:
      options.probeAfterMs === undefined
        ? undefined
        : checkDuration('probeAfterMs', options.probeAfterMs),
    probeTimeoutMs: checkDuration('probeTimeoutMs', options.probeTimeoutMs ?? 5_000),
    frameLimit: options.frameLimit,
    rateLimits: resolveRateLimits(options.rateLimits),
    metrics: options.metrics,
    tap: resolveTap(options),
  }
}

const rateLimitNames: OptionNames<RateLimits> = {
  generalPerSecond: true,
  historicalPerSecond: true,
}

function resolveRateLimits(given: Partial<RateLimits> = {}): RateLimits {
  checkOptionNames('rateLimits', given, rateLimitNames)
  const { generalPerSecond = 50, historicalPerSecond = 5 } = given
  const limits = { generalPerSecond, historicalPerSecond }
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isInteger(value) && value > 0 && value <= 100_000) continue
    throw new InvalidArgumentError(`The rate limit ${name} cannot be ${say(value)}.`, {
      facts: { option: name },
      remedy: 'Give a whole number of requests a second, from 1 to 100000.',
    })
  }
  return limits
}

function resolveTap({ application, clock, logger, tap }: SessionOptions): Tap | undefined {
  if (tap === undefined) return undefined
  return new Tap({
    ...{ clock: clock ?? systemClock, logger: logger ?? silentLogger, listener: tap },
    secrets: [toSecret(application.clientSecret).reveal()],
  })
}

function resolveTransport(options: SessionOptions): Pick<ResolvedOptions, 'transport' | 'format'> {
  const { ca, carrier, format, frameLimit, transport } = options
  if (transport === undefined) {
    if (format !== undefined) {
      throw new InvalidArgumentError('A format was given without a transport.', {
        remedy: 'Choose a carrier: it says how messages look as well.',
      })
    }
    const chosen = carrier ?? 'protobuf-tcp'
    return { transport: transportOf(chosen, { ca, frameLimit }), format: formatOf(chosen) }
  }
  if (ca !== undefined) {
    throw new InvalidArgumentError('Both a transport and a certificate authority were given.', {
      remedy: 'Give the authority to the transport.',
    })
  }
  if (carrier !== undefined) {
    throw new InvalidArgumentError('Both a transport and a carrier were given.', {
      remedy: 'Leave one of them out.',
    })
  }
  return { transport, format: format ?? 'protobuf' }
}
