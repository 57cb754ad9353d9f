import { InvalidArgumentError } from '../../errors.ts'

/** What one connection may do before it is refused or cut, and how much it gets at once. */
export interface ApiLimits {
  /** Requests per second that are not about history. @defaultValue 50 */
  readonly generalPerSecond: number
  /** Requests per second about history. @defaultValue 5 */
  readonly historicalPerSecond: number
  /**
   * Connections of one application on one host; one more is refused and closed. The original has a limit, the advice is one
   * connection to each host, and nobody has written down where it lies.
   * @defaultValue 2,147,483,647: none
   */
  readonly connectionsPerApplication: number
  /** The longest frame that is accepted, in bytes without its length. @defaultValue 15,000,000 */
  readonly frameBytes: number
  /** The longest `clientMsgId` that is echoed, in UTF-16 units; a longer one is refused. @defaultValue 1024 */
  readonly clientMsgIdLength: number
  /** Bytes that may wait for a reader that does not read; beyond them the connection is cut. @defaultValue 8 MiB */
  readonly queuedBytes: number
  /** Most trend bars in one answer. Not published; 5,000 and, once, 14,000 were seen. @defaultValue 14,000 */
  readonly trendbarsPerAnswer: number
  /** Most ticks in one answer, those of one moment together. Not published. @defaultValue 10,000 */
  readonly ticksPerAnswer: number
  /** How long a connection may stay without application authentication, in ms. @defaultValue 30,000 */
  readonly unauthenticatedMs: number
  /** How long an authenticated connection may send nothing, in ms. @defaultValue 30,000 */
  readonly silenceMs: number
  /** After how long without sending anything the server sends a heartbeat, in ms. @defaultValue 25,000 */
  readonly heartbeatMs: number
  /** Most deals in one answer, those of one moment together. The original's number is not published. @defaultValue 10,000 */
  readonly dealsPerAnswer: number
  /** Most orders in one answer, those of one moment together. @defaultValue 10,000 */
  readonly ordersPerAnswer: number
}

const defaults: ApiLimits = {
  generalPerSecond: 50,
  historicalPerSecond: 5,
  connectionsPerApplication: 2_147_483_647,
  frameBytes: 15_000_000,
  clientMsgIdLength: 1024,
  queuedBytes: 8 * 1024 * 1024,
  trendbarsPerAnswer: 14_000,
  ticksPerAnswer: 10_000,
  unauthenticatedMs: 30_000,
  silenceMs: 30_000,
  heartbeatMs: 25_000,
  dealsPerAnswer: 10_000,
  ordersPerAnswer: 10_000,
}

/**
 * The limits with what was left out filled in.
 *
 * @throws InvalidArgumentError for a limit that is no whole number above zero
 */
export function resolveLimits(given: Partial<ApiLimits> = {}): ApiLimits {
  const limits = { ...defaults }
  for (const name of Object.keys(given) as (keyof ApiLimits)[]) {
    const value = given[name]
    if (value === undefined) continue
    if (!(name in defaults && Number.isInteger(value) && value > 0 && value <= 0x7fffffff)) {
      throw new InvalidArgumentError(`The limit ${name} cannot be ${value}.`, {
        facts: { limit: name, value },
        remedy: `The limits are ${Object.keys(defaults).join(', ')}; each is a whole number from 1 to 2147483647.`,
      })
    }
    limits[name] = value
  }
  return limits
}
