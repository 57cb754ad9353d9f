import { checkDuration } from '../../duration.ts'
import { InvalidArgumentError } from '../../errors.ts'
import { checkOptionNames, type OptionNames } from '../../known-options.ts'
import { say } from '../../say.ts'
import type { Endpoint } from '../../transport/index.ts'
import { type ResolvedOptions, resolveOptions, type SessionOptions } from '../options.ts'
import type { WhenOffline } from '../requests/exchange.ts'

/** How a lost link is replaced. */
export interface ReconnectOptions {
  /**
   * The wait after the second failure in a row is random up to this, and the bound doubles from there; the first attempt
   * after a loss is made at once. In milliseconds. @defaultValue 500
   */
  readonly firstDelayMs?: number | undefined
  /** No wait between two attempts is longer, in milliseconds. @defaultValue 120,000 */
  readonly maxDelayMs?: number | undefined
  /** A link that held this long makes the failures before it forgotten, in milliseconds. @defaultValue 60,000 */
  readonly stableAfterMs?: number | undefined
  /** Gives up after this many attempts in a row; maintenance does not count. @defaultValue never */
  readonly maxAttempts?: number | undefined
  /** Gives up when there was no link for this long, in milliseconds; maintenance does not count. @defaultValue never */
  readonly giveUpAfterMs?: number | undefined
  /**
   * `wait` stops trying on a weekend (Friday 21:00 to Sunday 22:00 UTC) once an attempt has failed, until it is over. A
   * link that works is left alone. @defaultValue 'reconnect'
   */
  readonly weekend?: 'reconnect' | 'wait' | undefined
}

export interface OpenSessionOptions extends Omit<SessionOptions, 'endpoint'> {
  /** The server; or several that serve the same accounts, tried in turn when one cannot be reached. */
  readonly endpoint: Endpoint | readonly Endpoint[]
  readonly reconnect?: ReconnectOptions | undefined
  /** The deadline of authorising one account, getting its token included, in milliseconds. @defaultValue 15,000 */
  readonly accountTimeoutMs?: number | undefined
  /**
   * Whether requests wait, within their deadline, for a connection that is being replaced. Trading requests never do: a
   * market order is meant for this moment. @defaultValue 'wait'
   */
  readonly whenOffline?: WhenOffline | undefined
  /** Whether the first connection is tried as patiently as later ones, instead of failing at once. @defaultValue false */
  readonly waitForFirst?: boolean | undefined
}

export interface ResolvedReconnect {
  readonly firstDelayMs: number
  readonly maxDelayMs: number
  readonly stableAfterMs: number
  readonly maxAttempts: number
  readonly giveUpAfterMs: number
  readonly weekend: 'reconnect' | 'wait'
}

const reconnectNames: OptionNames<ReconnectOptions> = {
  firstDelayMs: true,
  maxDelayMs: true,
  stableAfterMs: true,
  maxAttempts: true,
  giveUpAfterMs: true,
  weekend: true,
}

/** @throws {@link InvalidArgumentError} */
function resolveReconnect(options: ReconnectOptions = {}): ResolvedReconnect {
  checkOptionNames('reconnect', options, reconnectNames)
  const { maxAttempts, giveUpAfterMs, weekend = 'reconnect' } = options
  if (maxAttempts !== undefined && !(Number.isInteger(maxAttempts) && maxAttempts > 0)) {
    throw new InvalidArgumentError(`${maxAttempts} attempts are not possible.`, {
      facts: { maxAttempts },
      remedy: 'Give a whole number above 0, or leave it out to try for ever.',
    })
  }
  if (weekend !== 'reconnect' && weekend !== 'wait') {
    throw new InvalidArgumentError(`The weekend cannot be ${say(weekend)}.`, {
      remedy: "Give 'reconnect' or 'wait'.",
    })
  }
  return {
    firstDelayMs: checkDuration('firstDelayMs', options.firstDelayMs ?? 500),
    maxDelayMs: checkDuration('maxDelayMs', options.maxDelayMs ?? 120_000),
    stableAfterMs: checkDuration('stableAfterMs', options.stableAfterMs ?? 60_000),
    maxAttempts: maxAttempts ?? Number.POSITIVE_INFINITY,
    giveUpAfterMs:
      giveUpAfterMs === undefined
        ? Number.POSITIVE_INFINITY
        : checkDuration('giveUpAfterMs', giveUpAfterMs),
    weekend,
  }
}

/** @throws {@link InvalidArgumentError} when there is none */
function toEndpoints(endpoint: Endpoint | readonly Endpoint[]): readonly [Endpoint, ...Endpoint[]] {
  const [first, ...others] = 'host' in endpoint ? [endpoint] : endpoint
  if (first === undefined) {
    throw new InvalidArgumentError('A session needs a server to connect to.', {
      remedy: 'Give at least one endpoint.',
    })
  }
  return [first, ...others]
}

export interface ResolvedOpenOptions extends ResolvedOptions {
  readonly endpoints: readonly [Endpoint, ...Endpoint[]]
  readonly reconnect: ResolvedReconnect
  readonly accountTimeoutMs: number
  readonly whenOffline: WhenOffline
  readonly waitForFirst: boolean
}

/** @throws {@link InvalidArgumentError} */
export function resolveOpenOptions(options: OpenSessionOptions): ResolvedOpenOptions {
  const endpoints = toEndpoints(options.endpoint)
  const { whenOffline = 'wait' } = options
  if (whenOffline !== 'wait' && whenOffline !== 'fail') {
    throw new InvalidArgumentError(`A request cannot ${say(whenOffline)} offline.`, {
      remedy: "Give 'wait' or 'fail'.",
    })
  }
  return {
    ...resolveOptions({ ...options, endpoint: endpoints[0] }),
    endpoints,
    reconnect: resolveReconnect(options.reconnect),
    accountTimeoutMs: checkDuration('accountTimeoutMs', options.accountTimeoutMs ?? 15_000),
    whenOffline,
    waitForFirst: options.waitForFirst ?? false,
  }
}
