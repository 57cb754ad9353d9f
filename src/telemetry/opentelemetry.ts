/**
 * A session's numbers as OpenTelemetry metrics.
 *
 * @packageDocumentation
 */
import { InvalidArgumentError } from '../errors.ts'
import type { Counters, Histograms, Metrics } from '../session/index.ts'

type Attributes = Readonly<Record<string, string>>

/** As much of a `Meter` of `@opentelemetry/api` as is used here, so that these types do not need that package. */
export interface MeterLike {
  createCounter(
    name: string,
    options: { description: string },
  ): { add(value: number, attributes: { [name: string]: string }): void }
  createHistogram(
    name: string,
    options: { description: string; unit: string; advice: { explicitBucketBoundaries: number[] } },
  ): { record(value: number, attributes: { [name: string]: string }): void }
}

export interface OpenTelemetryMetricsOptions {
  /** The meter to use. @defaultValue the one named `ctrader-open-api` of the globally registered provider */
  readonly meter?: MeterLike | undefined
}

const counters: { readonly [K in keyof Counters]: readonly [name: string, description: string] } = {
  requests: ['ctrader.requests', 'Requests that have ended, by how'],
  rateLimited: ['ctrader.requests.rate_limited', 'Requests refused because of rate limits'],
  linksOpened: ['ctrader.links.opened', 'Connections that were established'],
  reconnects: ['ctrader.reconnects', 'Connections that took the place of a lost one'],
  linksEnded: ['ctrader.links.ended', 'Connections that have ended, by how'],
  drops: ['ctrader.stream.drops', 'Items that the reader of a stream was too slow to see'],
}

const histograms: {
  readonly [K in keyof Histograms]: readonly [name: string, description: string]
} = {
  queueTime: ['ctrader.request.queue_time', 'How long requests waited before they were sent'],
  roundTrip: ['ctrader.request.round_trip', 'From sending a request to its first answer'],
}

// In seconds, as OpenTelemetry measures durations; its usual borders are made for milliseconds.
const explicitBucketBoundaries = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
]

/**
 * Makes metrics for the `metrics` option of clients and sessions. Needs the package `@opentelemetry/api`.
 *
 * @throws `InvalidArgumentError` when that package is not installed and no meter was given
 *
 * @example
 * const client = await createClient({ ...options, metrics: await openTelemetryMetrics() })
 */
export async function openTelemetryMetrics(
  options: OpenTelemetryMetricsOptions = {},
): Promise<Metrics> {
  const meter = options.meter ?? (await globalMeter())
  const made = {
    ...mapValues(counters, ([name, description]) => meter.createCounter(name, { description })),
    ...mapValues(histograms, ([name, description]) =>
      meter.createHistogram(name, {
        ...{ description, unit: 's', advice: { explicitBucketBoundaries } },
      }),
    ),
  } as Record<keyof Counters, ReturnType<MeterLike['createCounter']>> &
    Record<keyof Histograms, ReturnType<MeterLike['createHistogram']>>
  return {
    count: (counter, labels) => made[counter].add(1, toAttributes(labels)),
    record: (histogram, ms, labels) => made[histogram].record(ms / 1000, toAttributes(labels)),
  }
}

async function globalMeter(): Promise<MeterLike> {
  try {
    const { metrics } = await import('@opentelemetry/api')
    return metrics.getMeter('ctrader-open-api')
  } catch (cause) {
    throw new InvalidArgumentError('The package @opentelemetry/api is not installed.', {
      remedy: 'npm install @opentelemetry/api, or give a meter.',
      cause,
    })
  }
}

function mapValues<K extends string, From, To>(
  from: Readonly<Record<K, From>>,
  convert: (value: From) => To,
): Record<K, To> {
  return Object.fromEntries(
    Object.entries<From>(from).map(([key, value]) => [key, convert(value)]),
  ) as Record<K, To>
}

function toAttributes(labels: object): Attributes {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`ctrader.${name}`, String(value)]),
  )
}
