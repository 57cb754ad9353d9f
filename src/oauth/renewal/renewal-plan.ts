import { OAuthError } from '../errors.ts'
import { codeOf } from '../grant/error-code.ts'
import type { GrantEvent } from '../grant/grant-events.ts'
import type { CheckedGrantOptions } from '../grant/grant-options.ts'
import { classifyRefreshFailure, type RefreshFailureKind } from '../grant/refresh-outcome.ts'
import type { TokenRecord } from '../store/token-store.ts'
import { Alarm, backoffMs, Lifetime, type Windows, windowsOf } from './grant-schedule.ts'

const minute = 60_000

/** A refresh that did not work, and until when it is not tried again. */
interface Failure {
  readonly error: unknown
  readonly code: string
  readonly kind: RefreshFailureKind
  /** Milliseconds since 1970. */
  readonly at: number
  /** On the monotonic clock. */
  readonly notBefore: number
  readonly count: number
}

export interface RenewalPlanPort {
  readonly options: CheckedGrantOptions
  readonly emit: (event: GrantEvent) => void
  /** Does not reject. */
  readonly renew: () => Promise<void>
  /** Does not reject. */
  readonly poll: () => Promise<void>
}

/** When the token of a grant is renewed, when that is tried again, and when people are warned. */
export class RenewalPlan {
  readonly #port: RenewalPlanPort
  readonly #alarm: Alarm
  readonly #polling: Alarm
  #record: TokenRecord | undefined
  #lifetime: Lifetime
  #windows: Windows | undefined
  #failure: Failure | undefined
  #nextAt: number | undefined
  #warnedAt = Number.POSITIVE_INFINITY
  #stopped = false

  constructor(port: RenewalPlanPort) {
    this.#port = port
    const { clock } = port.options
    this.#lifetime = new Lifetime(clock, undefined)
    this.#alarm = new Alarm(clock, () => void this.#ring())
    this.#polling = new Alarm(clock, () => void this.#lookAround())
  }

  get failure(): Failure | undefined {
    return this.#failure
  }

  /** When the next renewal is planned, in milliseconds since 1970. */
  get nextAt(): number | undefined {
    return this.#nextAt
  }

  /** Whether nothing is tried by itself before a person has acted. */
  get isBlocked(): boolean {
    return this.#failure?.kind === 'configuration' || this.#failure?.kind === 'terminal'
  }

  /** How long the access token still lives, in milliseconds; undefined when nobody knows. */
  left(): number | undefined {
    return this.#lifetime.left()
  }

  isMandatory(): boolean {
    return (this.left() ?? Number.POSITIVE_INFINITY) <= (this.#windows?.mandatoryMs ?? 0)
  }

  /** A token that was not there before. */
  renewed(record: TokenRecord): void {
    const { clock, random } = this.#port.options
    this.#record = record
    this.#lifetime = new Lifetime(clock, record.tokens.expiresAt)
    this.#windows = windowsOf(record.tokens, random())
    this.#failure = undefined
    this.#warnedAt = Number.POSITIVE_INFINITY
    this.#arm()
    this.#armPolling()
  }

  /** The same token; what is noted on it has changed. */
  update(record: TokenRecord): void {
    const revived = this.#record?.status === 'dead' && record.status === 'live'
    this.#record = record
    if (revived) this.#failure = undefined
  }

  failed(error: unknown, generation: number): void {
    const { clock, random } = this.#port.options
    const kind = classifyRefreshFailure(error)
    const count = (this.#failure?.count ?? 0) + 1
    const asked = error instanceof OAuthError ? (error.retryAfterMs ?? 0) : 0
    const firstMs = kind === 'transient' || kind === 'unknown' ? 1_000 : 5_000
    const wait = Math.max(asked, backoffMs(count, { firstMs, longestMs: minute }, random))
    const notBefore = clock.monotonic() + wait
    this.#failure = { error, code: codeOf(error), kind, at: clock.now(), notBefore, count }
    // In the background at most once a minute; and not at all where only a person can help.
    const nextMs = this.isBlocked ? undefined : Math.max(wait, minute)
    const retryAt = nextMs === undefined ? undefined : clock.now() + nextMs
    this.#port.emit({
      type: 'refreshFailed',
      generation,
      kind,
      code: this.#failure.code,
      retryAt,
    })
    this.#nextAt = retryAt
    if (!this.#stopped) this.#alarm.set(nextMs ?? minute)
    this.#port.options.logger.warn(
      { grant: this.#port.options.grant, generation, kind, code: this.#failure.code, retryAt },
      'The access token could not be renewed.',
    )
  }

  /** A person asks for another try. */
  forgetFailure(): void {
    this.#failure = undefined
  }

  /** @throws the last error, while it is too early for another try. */
  throwIfTooSoon(): void {
    const failure = this.#failure
    if (failure === undefined) return
    if (this.#port.options.clock.monotonic() < failure.notBefore) throw failure.error
  }

  /** Nothing to plan until there are tokens again. */
  pause(): void {
    this.#record = undefined
    this.#nextAt = undefined
    this.#alarm.cancel()
  }

  stop(): void {
    this.#stopped = true
    this.#nextAt = undefined
    this.#alarm.cancel()
    this.#polling.cancel()
  }

  #arm(): void {
    const { clock } = this.#port.options
    const left = this.left()
    this.#nextAt = undefined
    if (this.#stopped || left === undefined || this.#windows === undefined) return
    const due = left - this.#windows.advisoryMs
    this.#alarm.set(due)
    if (!this.#renewsItself()) return
    const at = clock.now() + Math.max(0, due)
    this.#nextAt = at
    const generation = this.#record?.generation ?? 0
    this.#port.emit({ type: 'refreshScheduled', generation, at })
  }

  async #ring(): Promise<void> {
    const left = this.left()
    if (this.#stopped || left === undefined || this.#windows === undefined) return
    const { advisoryMs } = this.#windows
    if (left > advisoryMs) {
      // A piece of a long wait is over, or the clock was set.
      this.#alarm.set(left - advisoryMs)
      return
    }
    this.#alarm.set(minute)
    this.#warn(left)
    if (!this.#renewsItself() || this.isBlocked) return
    const failure = this.#failure
    const wait = (failure?.notBefore ?? 0) - this.#port.options.clock.monotonic()
    if (wait > 0) return this.#alarm.set(wait)
    if (this.isMandatory() || (await this.#suits())) await this.#port.renew()
  }

  async #suits(): Promise<boolean> {
    const { refreshWindow, clock, logger, grant } = this.#port.options
    try {
      return await refreshWindow(new Date(clock.now()))
    } catch (error) {
      logger.error({ grant, code: codeOf(error) }, 'refreshWindow failed; it counts as yes.')
      return true
    }
  }

  /** Whether anybody here will renew the token when its time comes. */
  #renewsItself(): boolean {
    const record = this.#record
    return (
      this.#port.options.role === 'refresher' &&
      record?.status === 'live' &&
      record.tokens.refreshToken !== undefined
    )
  }

  /** At a fifth, a twentieth and a hundredth of the lifetime, unless it is only waiting for a good moment. */
  #warn(left: number): void {
    const tokens = this.#record?.tokens
    if (tokens?.expiresAt === undefined || left <= 0) return
    if (this.#renewsItself() && this.#failure === undefined) return
    const share = left / Math.max(1, tokens.expiresAt - tokens.obtainedAt)
    const level = share <= 0.01 ? 0.01 : share <= 0.05 ? 0.05 : 0.2
    if (level >= this.#warnedAt) return
    this.#warnedAt = level
    const generation = this.#record?.generation ?? 0
    const { expiresAt } = tokens
    this.#port.emit({ type: 'expiring', generation, expiresAt, leftMs: Math.round(left) })
    const { logger, grant } = this.#port.options
    logger.warn({ grant, generation, expiresAt }, 'The access token will end and is not renewed.')
  }

  async #lookAround(): Promise<void> {
    await this.#port.poll()
    this.#armPolling()
  }

  #armPolling(): void {
    if (!this.#stopped) this.#polling.set(this.#port.options.pollMs)
  }
}
