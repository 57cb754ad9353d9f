import type { Timer } from '../../async/clock.ts'
import { within } from '../../async/within.ts'
import { codeOf } from '../grant/error-code.ts'
import { NotLoggedInError } from '../grant/grant-errors.ts'
import type { GrantEvent } from '../grant/grant-events.ts'
import type { CheckedGrantOptions } from '../grant/grant-options.ts'
import { backoffMs } from '../renewal/grant-schedule.ts'
import type { TokenRecord, TokenStoreLock } from '../store/token-store.ts'
import { isSame, issued, replaces } from './refresh-record.ts'

export interface UnsavedPairPort {
  readonly options: CheckedGrantOptions
  /** Kept until the pair is saved, so that nobody else spends the old token once more. */
  readonly lock: TokenStoreLock
  readonly emit: (event: GrantEvent) => void
  /** The store has a record again that counts: this pair, or a newer one of somebody else. */
  readonly settled: (record: TokenRecord) => void
}

/** A new pair that the store did not take: kept in memory and in a second place, and offered to the store again. */
export class UnsavedPair {
  readonly record: TokenRecord
  readonly #noted: TokenRecord
  readonly #port: UnsavedPairPort
  #emergencyCopy: string | undefined
  #tries = 0
  #timer: Timer | undefined
  #trying: Promise<boolean> | undefined
  #over = false

  /** @param noted the record with the note of what was spent for it */
  constructor(noted: TokenRecord, port: UnsavedPairPort) {
    this.#noted = noted
    this.record = { ...noted, intent: undefined }
    this.#port = port
  }

  /** Where the second copy is, if there is one. */
  get emergencyCopy(): string | undefined {
    return this.#emergencyCopy
  }

  /** Puts the pair into safety as far as possible, tells about it, and begins to try again. */
  async begin(error: unknown): Promise<void> {
    const { options, emit } = this.#port
    const { logger, grant, emergency, onPersistFailure, clock, storeTimeoutMs } = options
    const { generation } = this.record
    try {
      this.#emergencyCopy = await emergency?.write(this.#noted)
    } catch (failure) {
      logger.error(
        { grant, generation, code: codeOf(failure) },
        'The emergency copy failed as well.',
      )
    }
    try {
      const told = Promise.resolve(onPersistFailure(this.record))
      const expired = (): Error => new Error('onPersistFailure takes too long.')
      await within(told, { ms: storeTimeoutMs, clock, expired })
    } catch (failure) {
      logger.error({ grant, generation, code: codeOf(failure) }, 'onPersistFailure failed.')
    }
    const code = codeOf(error)
    const emergencyCopy = this.#emergencyCopy
    logger.error(
      { grant, generation, code, emergencyCopy },
      'New tokens could not be saved: they are in use, and nothing is refreshed before they are saved.',
    )
    emit({ type: 'persistFailed', generation, code, emergencyCopy })
    this.#plan()
  }

  /** Tries now. Says whether it is settled. */
  async save(): Promise<boolean> {
    if (this.#over) return true
    this.#trying ??= this.#try().finally(() => {
      this.#trying = undefined
    })
    return this.#trying
  }

  /** Ends the trying, for better or worse. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#over = true
    await this.#port.options.storage.release(this.#port.lock)
  }

  #plan(): void {
    const { clock, random } = this.#port.options
    this.#tries += 1
    const wait = backoffMs(this.#tries, { firstMs: 250, longestMs: 30_000 }, random)
    const again = (): void => void this.save().then((done) => void (done || this.#plan()))
    if (!this.#over) this.#timer = clock.after(wait, again, { keepAlive: false })
  }

  async #try(): Promise<boolean> {
    const { options, lock, emit, settled } = this.#port
    const { storage, key, emergency, logger, grant } = options
    const { generation } = this.record
    try {
      const stored = await storage.load(key, lock)
      if (stored === undefined) throw new NotLoggedInError(grant)
      // A write that seemed to fail may have been carried out after all.
      const there = isSame(stored, issued(this.record))
      const ours = there || replaces(this.#noted, stored)
      if (ours && !there) await storage.save(this.record, stored.generation, lock)
      await emergency?.remove(key)
      await this.stop()
      logger.info({ grant, generation, ours }, 'The tokens in use are saved again.')
      if (ours) emit({ type: 'persisted', generation })
      settled(ours ? this.record : stored)
      return true
    } catch (error) {
      logger.warn({ grant, generation, code: codeOf(error) }, 'Saving the new tokens failed again.')
      return false
    }
  }
}
