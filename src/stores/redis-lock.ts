import { randomUUID } from 'node:crypto'
import type { Clock, Timer } from '../async/clock.ts'
import { sleep } from '../async/sleep.ts'
import type { TokenStoreLock } from '../oauth/store/token-store.ts'
import { TokenStoreLockedError } from '../oauth/store/token-store-errors.ts'
import { leaveScript, lockScript, releaseScript, renewScript } from './redis-scripts.ts'

/** How long a command is waited for; at most as long as for every other. */
export interface SendLimits {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

export interface RedisLockOptions {
  readonly send: (command: string[], limits?: SendLimits) => Promise<unknown>
  readonly lockKey: string
  readonly fenceKey: string
  readonly queueKey: string
  readonly seenKey: string
  readonly name: string
  readonly owner: string
  readonly timeoutMs: number
  readonly ttlMs: number
  readonly signal: AbortSignal | undefined
  readonly clock: Clock
  readonly random: () => number
}

/** How long a waiter that shows no sign of life keeps its place, in milliseconds. */
const patienceMs = 3_000

/** Stands in the queue and asks for the lock until it is free. */
export async function acquireRedisLock(options: RedisLockOptions): Promise<RedisLock> {
  const { send, queueKey, seenKey, lockKey, owner } = options
  const value = `${owner} ${randomUUID()}`
  try {
    return await waitForLock(options, value)
  } catch (error) {
    // Whoever stands behind need not wait until the place is found empty; but the reason to leave is what counts.
    // Nor is it waited for: a server that hangs would hold up the reason as well.
    send(['EVAL', leaveScript, '3', queueKey, seenKey, lockKey, value]).catch(() => {})
    throw error
  }
}

async function waitForLock(options: RedisLockOptions, value: string): Promise<RedisLock> {
  const { send, lockKey, fenceKey, queueKey, seenKey, timeoutMs, ttlMs, signal, clock } = options
  const until = clock.monotonic() + timeoutMs
  const keys = [lockKey, fenceKey, queueKey, seenKey]
  const values = [value, String(ttlMs), String(patienceMs)]
  for (;;) {
    signal?.throwIfAborted()
    const askedAt = clock.monotonic()
    const answer = await send(['EVAL', lockScript, '4', ...keys, ...values], { signal })
    const [fence, holder, before] = answer as [number, unknown, number]
    if (Number(fence) > 0) return new RedisLock(options, value, Number(fence), askedAt)
    if (clock.monotonic() >= until) {
      const who = String(holder).replace(/ [0-9a-f-]{36}$/, '')
      throw new TokenStoreLockedError(options.name, timeoutMs, who === '' ? undefined : who)
    }
    // Only the first of the queue can succeed; the others ask to keep their places, and the less often the longer it is.
    const turns = 1 + Math.min(Number(before), 19)
    await sleep(turns * (10 + 20 * options.random()), clock, signal)
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
      const timeoutMs = Math.max(1, this.#validUntil - askedAt)
      if (Number(await send(command, { timeoutMs })) === 1) this.#validUntil = askedAt + ttlMs
      else this.#lost.abort()
    } catch {
      if (clock.monotonic() >= this.#validUntil) this.#lost.abort()
    }
    if (!this.#released && !this.#lost.signal.aborted) this.#renewLater()
  }
}
