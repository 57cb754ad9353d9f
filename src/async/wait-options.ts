/** How long to wait, and how to stop waiting. */
export interface WaitOptions {
  /** Ends the wait when it aborts. */
  readonly signal?: AbortSignal | undefined
  /** The deadline in milliseconds. Without it the default of whoever waits applies; no wait is without one. */
  readonly timeoutMs?: number | undefined
}
