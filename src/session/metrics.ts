/** What is counted. */
export interface Counters {
  /** Requests that have ended, by kind and by how. */
  readonly requests: { readonly request: string; readonly outcome: RequestEnd }
  /** Requests that the server refused because of its rate limits. */
  readonly rateLimited: { readonly request: string }
  /** Links that were up. */
  readonly linksOpened: { readonly carrier: string }
  /** Links that took the place of one that was lost, with the application authenticated. */
  readonly reconnects: Readonly<Record<string, never>>
  /** Links that ended: by their owner, by the server, or by a failure. */
  readonly linksEnded: { readonly end: 'closed' | 'server' | 'failure'; readonly code: string }
  /** Items of a stream that its reader never saw, because newer ones came before it had taken them. */
  readonly drops: { readonly stream: DroppingStream }
}

/** The streams that drop rather than fail: quotes (unless told otherwise), and where sessions and connections stand. */
export type DroppingStream = 'quotes' | 'session-status' | 'connection-status'

/**
 * How a request ended: `answered`, `refused` by the server, `timeout`, given up by its caller (`aborted`), with the
 * connection or the account (`lost`), or before it left (`failed`).
 */
export type RequestEnd = 'answered' | 'refused' | 'timeout' | 'aborted' | 'lost' | 'failed'

/** What is measured, in milliseconds. */
export interface Histograms {
  /** How long a request waited before it was sent: 0 below the server's rate limits. */
  readonly queueTime: { readonly request: string }
  /** From sending a request to its first answer. */
  readonly roundTrip: { readonly request: string }
}

/**
 * Where a session's numbers go. Both are called synchronously and must neither throw nor wait. `metrics` of
 * `ctrader-open-api/opentelemetry` is one.
 */
export interface Metrics {
  /** Adds one. */
  count<K extends keyof Counters>(counter: K, labels: Counters[K]): void
  /** Adds a measurement. */
  record<K extends keyof Histograms>(histogram: K, ms: number, labels: Histograms[K]): void
}
