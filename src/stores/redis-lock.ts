import { randomUUID } from 'node:crypto'
import type { Clock, Timer } from '../async/clock.ts'
import { sleep } from '../async/sleep.ts'
import type { TokenStoreLock } from '../oauth/token-store.ts'
import { TokenStoreLockedError } from '../oauth/token-store-errors.ts'
import { lockScript, releaseScript, renewScript } from './redis-scripts.ts'

export interface RedisLockOptions {
  readonly send: (command: string[]) => Promise<unknown>
  readonly lockKey: string
  readonly fenceKey: string
  readonly name: string
  readonly owner: string
  readonly timeoutMs: number
  readonly ttlMs: number
  readonly signal: AbortSignal | undefined
  readonly clock: Clock
  readonly random: () => number
}

/** Asks for the lock until it is free. */
export async function acquireRedisLock(options: RedisLockOptions): Promise<RedisLock> {
  const { send, lockKey, fenceKey, owner, timeoutMs, ttlMs, signal, clock, random } = options
  const until = clock.monotonic() + timeoutMs
  const value = `${owner} ${randomUUID()}`
  for (;;) {
    signal?.throwIfAborted()
    const askedAt = clock.monotonic()
    const command = ['EVAL', lockScript, '2', lockKey, fenceKey, value, String(ttlMs)]
    const [fence, holder] = (await send(command)) as [number, unknown]
    if (Number(fence) > 0) return new RedisLock(options, value, Number(fence), askedAt)
    if (clock.monotonic() >= until) {
      const who = String(holder).replace(/ [0-9a-f-]{36}$/, '')
      throw new TokenStoreLockedError(options.name, timeoutMs, who === '' ? undefined : who)
    }
    await sleep(10 + 20 * random(), clock, signal)
  }
}

/** A key that names its holder and ends by itself unless it is renewed. */
export class RedisLock implements TokenStoreLock {
  readonly owner: string
  readonly fence: number
  /** What stands under the key as long as this lock is the one. */
  readonly value: string
  readonly #options: RedisLockOptions
  readonly #lost = new AbortController()
  #timer: Timer | undefined
  #validUntil: number
  #released = false

  constructor(options: RedisLockOptions, value: string, fence: number, askedAt: number) {
    this.#options = options
    this.owner = options.owner
    this.value = value
    this.fence = fence
    this.#validUntil = askedAt + options.ttlMs
    this.#renewLater()
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  async release(): Promise<void> {
    if (this.#released) return
    this.#released = true
    this.#timer?.cancel()
    try {
      await this.#options.send(['EVAL', releaseScript, '1', this.#options.lockKey, this.value])
    } catch {
      // It ends by itself.
    }
  }

  #renewLater(): void {
    const { clock, ttlMs } = this.#options
    this.#timer = clock.after(ttlMs / 3, () => void this.#renew(), { keepAlive: false })
  }

  async #renew(): Promise<void> {
    const { send, lockKey, ttlMs, clock } = this.#options
    const askedAt = clock.monotonic()
    try {
      const command = ['EVAL', renewScript, '1', lockKey, this.value, String(ttlMs)]
      if (Number(await send(command)) === 1) this.#validUntil = askedAt + ttlMs
      else this.#lost.abort()
    } catch {
      if (clock.monotonic() >= this.#validUntil) this.#lost.abort()
    }
    if (!this.#released && !this.#lost.signal.aborted) this.#renewLater()
  }
}
