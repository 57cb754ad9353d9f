import { sleep } from '../../async/sleep.ts'
import type { WaitOptions } from '../../async/wait-options.ts'
import type { IssuedToken } from '../grant/access-token-source.ts'
import type { GrantDoor } from '../grant/grant-door.ts'
import {
  GrantClosedError,
  NotLoggedInError,
  ReauthorizationRequiredError,
  TokenPersistError,
} from '../grant/grant-errors.ts'
import type { GrantEvent, GrantHealth } from '../grant/grant-events.ts'
import type { CheckedGrantOptions } from '../grant/grant-options.ts'
import { isSame, issued } from '../refresh/refresh-record.ts'
import { type RefreshResult, RefreshRun } from '../refresh/refresh-run.ts'
import { UnsavedPair } from '../refresh/unsaved-pair.ts'
import { RenewalPlan } from '../renewal/renewal-plan.ts'
import type { TokenRecord, TokenStoreLock } from '../store/token-store.ts'
import { CallerWait } from './caller-wait.ts'
import { healthOf } from './grant-health.ts'
import { Listeners } from './listeners.ts'
import { awaitNewer } from './reader-wait.ts'

type Work = (run: RefreshRun) => Promise<RefreshResult>

/** The life of one grant's tokens in this process, shared by its coordinators. */
export class GrantLife {
  readonly #options: CheckedGrantOptions
  readonly #tokens: Listeners<IssuedToken>
  readonly #events: Listeners<GrantEvent>
  readonly #plan: RenewalPlan
  readonly #closing = new AbortController()
  readonly #doors: GrantDoor[] = []
  #record: TokenRecord | undefined
  /** Whether an earlier program may have left something behind that only the lock lets us settle. */
  #unsettled = false
  #loading: Promise<TokenRecord> | undefined
  #flight: Promise<IssuedToken> | undefined
  #unsaved: UnsavedPair | undefined
  #refused: IssuedToken | undefined

  constructor(options: CheckedGrantOptions) {
    this.#options = options
    this.#tokens = new Listeners(options.logger)
    this.#events = new Listeners(options.logger)
    this.#plan = new RenewalPlan({
      options,
      emit: (event) => this.#events.tell(event),
      renew: () => this.#renewInBackground(),
      poll: () => this.#poll(),
    })
  }

  async current(wait?: WaitOptions): Promise<IssuedToken> {
    return this.#wait(this.#current(), wait)
  }

  async replace(refused: IssuedToken, wait?: WaitOptions): Promise<IssuedToken> {
    return this.#wait(this.#replace(refused), wait)
  }

  async invalidated(token: IssuedToken, wait?: WaitOptions): Promise<IssuedToken> {
    return this.#wait(this.#afterInvalidation(token), wait)
  }

  async refresh(wait?: WaitOptions): Promise<IssuedToken> {
    return this.#wait(this.#refresh(), wait)
  }

  async start(wait?: WaitOptions): Promise<void> {
    await this.#wait(this.#start(), wait)
  }

  attach(door: GrantDoor): () => void {
    this.#doors.push(door)
    return () => {
      const at = this.#doors.indexOf(door)
      if (at !== -1) this.#doors.splice(at, 1)
    }
  }

  onChange(listener: (token: IssuedToken) => void): () => void {
    return this.#tokens.add(listener)
  }

  onEvent(listener: (event: GrantEvent) => void): () => void {
    return this.#events.add(listener)
  }

  health(): GrantHealth {
    const refreshing = this.#flight !== undefined
    return healthOf(this.#record, this.#plan, {
      refreshing,
      persisted: this.#unsaved === undefined,
    })
  }

  closedError(): GrantClosedError {
    return new GrantClosedError(this.#options.grant)
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#plan.stop()
    this.#closing.abort(this.closedError())
    const { clock, closeTimeoutMs, logger, grant } = this.#options
    // What was sent is waited for: without its answer the grant would be lost.
    const settled = (async () => {
      await this.#flight?.catch(() => {})
      await this.#unsaved?.save()
    })()
    const bound = new AbortController()
    await Promise.race([settled, sleep(closeTimeoutMs, clock, bound.signal)])
    bound.abort()
    settled.catch(() => {})
    if (this.#unsaved === undefined) return
    const { emergencyCopy } = this.#unsaved
    logger.error({ grant, emergencyCopy }, 'Closed with tokens that the store did not take.')
    await this.#unsaved.stop()
  }

  async #current(): Promise<IssuedToken> {
    const record = await this.#settled()
    if (this.#unsaved !== undefined) return issued(this.#unsaved.record)
    if (!this.#mustRenew(record)) return issued(record)
    try {
      return await this.#renew(issued(record))
    } catch (error) {
      return this.#orStillUsable(error)
    }
  }

  async #replace(refused: IssuedToken): Promise<IssuedToken> {
    await this.#loaded()
    this.#refused = refused
    return this.#renew(refused)
  }

  async #refresh(): Promise<IssuedToken> {
    this.#plan.forgetFailure()
    const before = await this.#loaded()
    const record = await this.#settled()
    // Settling what was left behind may have renewed them already.
    return isSame(record, issued(before)) ? this.#renew(issued(record)) : issued(record)
  }

  async #start(): Promise<void> {
    await this.#current()
  }

  /** The record, after what an earlier program left behind has been settled. */
  async #settled(): Promise<TokenRecord> {
    const record = await this.#loaded()
    if (!this.#unsettled) return record
    try {
      if (this.#flight === undefined) this.#plan.throwIfTooSoon()
      await (this.#flight ?? this.#fly((run) => run.settle()))
    } catch (error) {
      this.#orStillUsable(error)
    }
    return this.#record ?? record
  }

  /** A failure counts only when there is nothing left to go on with. */
  #orStillUsable(error: unknown): IssuedToken {
    const record = this.#record
    if (record === undefined || !this.#isUsable(record)) throw error
    return issued(record)
  }

  /** RF-15: a pushed announcement is mostly the echo of a refresh of our own. */
  async #afterInvalidation(token: IssuedToken): Promise<IssuedToken> {
    await this.#loaded()
    if (this.#flight !== undefined) await this.#flight.catch(() => {})
    const record = (await this.#reload()) ?? (await this.#loaded())
    if (this.#unsaved !== undefined) return issued(this.#unsaved.record)
    if (!isSame(record, token)) return issued(record)
    const verdict = await this.#doors
      .at(-1)
      ?.probeToken(token.accessToken)
      .catch(() => undefined)
    return verdict === 'accepted' ? token : this.#replace(token)
  }

  /** Whether the token must not be handed out before something was tried. */
  #mustRenew(record: TokenRecord): boolean {
    if (!this.#isUsable(record)) return true
    return record.status === 'live' && this.#plan.isMandatory()
  }

  /** Whether the server takes this token, as far as is known here. */
  #isUsable(record: TokenRecord): boolean {
    if (this.#refused !== undefined && isSame(record, this.#refused)) return false
    return (this.#plan.left() ?? 1) > 0
  }

  /** A later token than the one seen. Whoever asks at the same time gets the same one. */
  async #renew(seen: IssuedToken): Promise<IssuedToken> {
    for (;;) {
      this.#closing.signal.throwIfAborted()
      if (this.#unsaved !== undefined) return this.#insteadOfUnsaved(this.#unsaved, seen)
      const record = this.#record
      if (record !== undefined && record.generation > seen.generation) return issued(record)
      if (this.#options.role === 'reader') {
        return awaitNewer(seen, this.#options, () => this.#reload(), this.#closing.signal)
      }
      if (this.#flight === undefined) {
        this.#plan.throwIfTooSoon()
        return this.#fly((run) => run.replace(seen))
      }
      const token = await this.#flight
      if (token.generation !== seen.generation || !token.accessToken.equals(seen.accessToken)) {
        return token
      }
    }
  }

  #insteadOfUnsaved(unsaved: UnsavedPair, seen: IssuedToken): IssuedToken {
    if (!isSame(unsaved.record, seen)) return issued(unsaved.record)
    throw new TokenPersistError(this.#options.grant, seen.generation, unsaved.emergencyCopy)
  }

  #fly(work: Work): Promise<IssuedToken> {
    const flight = this.#underLock(work).finally(() => {
      this.#flight = undefined
    })
    this.#flight = flight
    return flight
  }

  async #underLock(work: Work): Promise<IssuedToken> {
    const { storage, key, owner, lockTimeoutMs } = this.#options
    let lock: TokenStoreLock | undefined
    try {
      const { signal } = this.#closing
      lock = await storage.lock(key, { owner, timeoutMs: lockTimeoutMs, signal })
      const run = new RefreshRun({
        options: this.#options,
        lock,
        door: () => this.#doors.at(-1),
        emit: (event) => this.#events.tell(event),
      })
      const result = await work(run)
      this.#unsettled = false
      if (result.kind === 'unsaved') {
        const kept = lock
        lock = undefined
        return await this.#keep(result.record, result.error, kept)
      }
      this.#adopt(result.record, result.kind === 'refreshed')
      return issued(result.record)
    } catch (error) {
      this.#failed(error)
      throw error
    } finally {
      if (lock !== undefined) await storage.release(lock)
    }
  }

  /** RF-7: the pair is in use at once, because the old one is spent. */
  async #keep(noted: TokenRecord, error: unknown, lock: TokenStoreLock): Promise<IssuedToken> {
    const unsaved = new UnsavedPair(noted, {
      options: this.#options,
      lock,
      emit: (event) => this.#events.tell(event),
      settled: (record) => {
        this.#unsaved = undefined
        this.#adopt(record, false)
      },
    })
    this.#unsaved = unsaved
    await unsaved.begin(error)
    this.#adopt(unsaved.record, true)
    return issued(unsaved.record)
  }

  #failed(error: unknown): void {
    const record = this.#record
    if (this.#closing.signal.aborted || record === undefined) return
    if (error instanceof ReauthorizationRequiredError) {
      if (record.status === 'live') {
        this.#record = { ...record, status: 'dead', intent: undefined }
        this.#tellEnd(record, error.reason)
      }
      this.#unsettled = false
    }
    this.#plan.failed(error, record.generation)
  }

  #tellEnd({ generation }: TokenRecord, reason: string): void {
    const { logger, grant } = this.#options
    logger.error({ grant, generation, reason }, 'The grant has ended: a new login is needed.')
    this.#events.tell({ type: 'reauthorizationRequired', generation, reason })
  }

  #adopt(record: TokenRecord, own: boolean): void {
    const before = this.#record
    this.#record = record
    if (before !== undefined && isSame(before, issued(record))) {
      this.#plan.update(record)
      if (before.status === 'live' && record.status === 'dead') this.#tellEnd(record, 'unknown')
      return
    }
    this.#plan.renewed(record)
    if (before === undefined) return
    const { generation, tokens } = record
    this.#events.tell({ type: 'refreshed', generation, expiresAt: tokens.expiresAt, own })
    this.#tokens.tell(issued(record))
  }

  async #loaded(): Promise<TokenRecord> {
    this.#closing.signal.throwIfAborted()
    if (this.#record !== undefined) return this.#record
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined
    })
    return this.#loading
  }

  async #load(): Promise<TokenRecord> {
    const { storage, key, grant, emergency, role } = this.#options
    const record = await storage.load(key)
    if (record === undefined) throw new NotLoggedInError(grant)
    const copy = role === 'refresher' ? await emergency?.read(key) : undefined
    const interrupted = record.intent !== undefined && record.status === 'live'
    this.#unsettled = role === 'refresher' && (interrupted || copy !== undefined)
    this.#adopt(record, false)
    return record
  }

  /** What the store has now; undefined when it cannot be asked or must not be. */
  async #reload(): Promise<TokenRecord | undefined> {
    const { storage, key, logger, grant } = this.#options
    if (this.#flight !== undefined || this.#unsaved !== undefined) return undefined
    const record = await storage.load(key)
    // While it was read, something newer may have come about here.
    if (this.#flight !== undefined || this.#unsaved !== undefined) return undefined
    if (record === undefined) {
      logger.warn({ grant }, 'The tokens have been removed from the store.')
      this.#record = undefined
      this.#plan.pause()
      throw new NotLoggedInError(grant)
    }
    this.#adopt(record, false)
    return record
  }

  async #renewInBackground(): Promise<void> {
    const record = this.#record
    if (record === undefined || this.#unsaved !== undefined) return
    try {
      await this.#renew(issued(record))
    } catch {
      // Told as an event, and kept for `health`.
    }
  }

  async #poll(): Promise<void> {
    try {
      await this.#reload()
    } catch {
      // The next look, or whoever needs the token, will find the same.
    }
  }

  #wait<T>(work: Promise<T>, options: WaitOptions = {}): Promise<T> {
    const { clock, waitMs, grant } = this.#options
    return new CallerWait(clock, waitMs, grant).for(work, options)
  }
}
