import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Clock, systemClock } from '../async/clock.ts'
import { within } from '../async/within.ts'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import { type Logger, silentLogger } from '../log.ts'
import { requireDuration } from '../oauth/duration.ts'
import { SharedGrants } from '../oauth/store/shared-grants.ts'
import {
  formatGrantKey,
  type GrantKey,
  type LockOptions,
  requireSuccession,
  type TokenRecord,
  type TokenStore,
  type TokenStoreLock,
} from '../oauth/store/token-store.ts'
import {
  TokenStoreConflictError,
  TokenStoreLockLostError,
  TokenStoreTimeoutError,
} from '../oauth/store/token-store-errors.ts'
import { type Secret, toSecret } from '../secret.ts'
import { readRecordText, writeRecordText } from './record-text.ts'
import { type OwnRedisClient, openRedisClient, type RedisClient } from './redis-driver.ts'
import { acquireRedisLock, RedisLock, type SendLimits } from './redis-lock.ts'
import { saveScript } from './redis-scripts.ts'
import { requireKeptRecords } from './redis-settings.ts'
import { Seal, type SealingKey } from './sealing.ts'
import { type StoreAction, serverError } from './server-error.ts'

export type { RedisClient } from './redis-driver.ts'
export type { SealingKey } from './sealing.ts'

export interface RedisTokenStoreOptions {
  /** Your connected client of `redis`; it stays yours. Leave it out to have one opened with `url`. */
  readonly client?: RedisClient | undefined
  /** Of the primary, such as `redis://127.0.0.1:6379`. */
  readonly url?: string | Secret | undefined
  /** Begins the name of every key. @default 'ctrader' */
  readonly prefix?: string | undefined
  /**
   * After how long without a sign of life a holder of the lock counts as dead, in milliseconds. It shows three in that
   * time. @default 30_000
   */
  readonly lockTtlMs?: number | undefined
  /** Encrypts the tokens with AES-256-GCM before they leave this process. @default in the clear */
  readonly encryption?: SealingKey | undefined
  readonly previousKeys?: readonly SealingKey[] | undefined
  /**
   * How long the server may take for a command, in milliseconds. After that a connection the store opened is given up.
   * @default 10_000
   */
  readonly commandTimeoutMs?: number | undefined
  /** Told when the server may lose what it is given. */
  readonly logger?: Logger | undefined
  readonly clock?: Clock | undefined
  /** Numbers from 0 to below 1, to spread programs that wait for each other. @default the system's */
  readonly random?: (() => number) | undefined
}

// A misspelt `encryption` must not become tokens in the clear.
const optionNames: OptionNames<RedisTokenStoreOptions> = {
  client: true,
  url: true,
  prefix: true,
  lockTtlMs: true,
  encryption: true,
  previousKeys: true,
  commandTimeoutMs: true,
  logger: true,
  clock: true,
  random: true,
}

/**
 * Keeps each grant in Redis; for programs on several machines. Needs the package `redis`, or another client.
 *
 * Records have no time to live, and a server that evicts keys of that kind is refused. How safe they are is the
 * server's setting: with `appendfsync everysec`, its default, the last second can be lost when the machine goes down,
 * and a rotated refresh token with it; set `appendonly yes` and `appendfsync always`. Reads and writes belong on the
 * primary.
 *
 * @example
 * const store = createRedisTokenStore({ url: process.env.REDIS_URL })
 */
export function createRedisTokenStore(options: RedisTokenStoreOptions): TokenStore {
  checkOptionNames('createRedisTokenStore', options, optionNames)
  const { client, url, prefix = 'ctrader' } = options
  if ((client === undefined) === (url === undefined)) {
    throw new InvalidArgumentError('A Redis store needs either a client or a URL.')
  }
  if (!/^[A-Za-z0-9:._-]{1,100}$/.test(prefix)) {
    throw new InvalidArgumentError(
      'A prefix has 1 to 100 letters, digits, colons, dots, hyphens or underscores.',
    )
  }
  return new RedisTokenStore(options, prefix)
}

class RedisTokenStore implements TokenStore {
  readonly sharedGrants = new SharedGrants()
  readonly #options: RedisTokenStoreOptions
  readonly #prefix: string
  readonly #location: string
  readonly #clock: Clock
  readonly #seal: Seal | undefined
  readonly #timeoutMs: number
  readonly #own = new Set<OwnRedisClient>()
  #opening: Promise<RedisClient> | undefined

  constructor(options: RedisTokenStoreOptions, prefix: string) {
    this.#options = options
    this.#prefix = prefix
    this.#location = `Redis keys ${prefix}:*`
    this.#clock = options.clock ?? systemClock
    this.#timeoutMs = requireDuration('commandTimeoutMs', options.commandTimeoutMs ?? 10_000)
    const { encryption, previousKeys = [] } = options
    this.#seal = encryption && new Seal([encryption, ...previousKeys], (path) => readFile(path))
  }

  async load(key: GrantKey): Promise<TokenRecord | undefined> {
    const text = await this.#send('read', ['HGET', this.#keyOf(key, 'record'), 'record'])
    if (text === null || text === undefined) return undefined
    return (await readRecordText(String(text), this.#location, this.#seal, key)).record
  }

  async save(record: TokenRecord, expectedGeneration: number, lock?: TokenStoreLock) {
    requireSuccession(record, expectedGeneration)
    const { key, generation } = record
    const isNote = lock !== undefined && generation === expectedGeneration
    if (isNote && !(lock instanceof RedisLock)) {
      throw new TokenStoreLockLostError(formatGrantKey(key), lock.fence)
    }
    // Whoever has the lock has read the record; anyone else could write over a damaged one.
    if (lock === undefined) await this.load(key)
    const text = await writeRecordText(record, this.#seal)
    const holder = isNote && lock instanceof RedisLock ? lock.value : ''
    const [outcome, found] = (await this.#send('write', [
      'EVAL',
      saveScript,
      '2',
      this.#keyOf(key, 'record'),
      this.#keyOf(key, 'lock'),
      ...[expectedGeneration, generation, lock?.fence ?? 0].map(String),
      text,
      holder,
    ])) as [string, number]
    if (outcome === 'lost') throw new TokenStoreLockLostError(formatGrantKey(key), lock?.fence ?? 0)
    if (outcome === 'conflict') throw new TokenStoreConflictError(expectedGeneration, Number(found))
  }

  async delete(key: GrantKey): Promise<boolean> {
    return Number(await this.#send('delete', ['DEL', this.#keyOf(key, 'record')])) > 0
  }

  async list(): Promise<readonly GrantKey[]> {
    const names = new Set<string>()
    let cursor = '0'
    do {
      const pattern = `${this.#prefix}:{*}:record`
      const page = await this.#send('read', ['SCAN', cursor, 'MATCH', pattern, 'COUNT', '500'])
      const [next, found] = page as [unknown, unknown[]]
      cursor = String(next)
      for (const name of found) names.add(String(name))
    } while (cursor !== '0')
    const keys: GrantKey[] = []
    for (const name of names) {
      const text = await this.#send('read', ['HGET', name, 'record'])
      if (text === null || text === undefined) continue
      keys.push((await readRecordText(String(text), this.#location, this.#seal)).record.key)
    }
    return keys
  }

  async lock(key: GrantKey, options: LockOptions): Promise<TokenStoreLock> {
    const { owner, timeoutMs = 60_000, signal } = options
    return acquireRedisLock({
      send: (command, limits) => this.#send('lock', command, limits),
      lockKey: this.#keyOf(key, 'lock'),
      fenceKey: this.#keyOf(key, 'fence'),
      queueKey: this.#keyOf(key, 'queue'),
      seenKey: this.#keyOf(key, 'seen'),
      name: formatGrantKey(key),
      owner,
      timeoutMs,
      ttlMs: this.#options.lockTtlMs ?? 30_000,
      signal,
      clock: this.#clock,
      random: this.#options.random ?? fromCrypto,
    })
  }

  /** Commands under way fail at once. */
  async close(): Promise<void> {
    const opening = this.#opening
    this.#opening = undefined
    await this.#end([...this.#own])
    const opened = await opening?.catch(() => undefined)
    await this.#end([...this.#own].filter((client) => client === opened))
  }

  async #end(clients: readonly OwnRedisClient[]): Promise<void> {
    for (const client of clients) {
      this.#own.delete(client)
      await client.close()
    }
  }

  /** The keys of one grant are in one slot of a cluster. */
  #keyOf(key: GrantKey, part: 'record' | 'lock' | 'fence' | 'queue' | 'seen'): string {
    const digest = createHash('sha256').update(formatGrantKey(key)).digest('hex').slice(0, 32)
    return `${this.#prefix}:{${digest}}:${part}`
  }

  /** No longer than allowed, connecting included. */
  async #send(
    action: StoreAction,
    command: string[],
    { signal, timeoutMs = this.#timeoutMs }: SendLimits = {},
  ): Promise<unknown> {
    const ms = Math.min(timeoutMs, this.#timeoutMs)
    const expired = (): Error => new TokenStoreTimeoutError(action, this.#location, ms)
    const opening = this.#open(action)
    const sending = async (): Promise<unknown> => (await opening).sendCommand(command)
    try {
      return await within(sending(), { ms, clock: this.#clock, signal, expired })
    } catch (error) {
      if (signal?.aborted) throw error
      if (error instanceof TokenStoreTimeoutError && this.#opening === opening) await this.close()
      throw serverError(action, this.#location, error)
    }
  }

  #open(action: StoreAction): Promise<RedisClient> {
    if (this.#opening !== undefined) return this.#opening
    const opening = this.#prepare(action)
    this.#opening = opening
    opening.catch(() => {
      // The next use tries again.
      if (this.#opening === opening) this.#opening = undefined
    })
    return opening
  }

  async #prepare(action: StoreAction): Promise<RedisClient> {
    const { client: given, url, logger = silentLogger } = this.#options
    if (given !== undefined) {
      await requireKeptRecords(given, logger)
      return given
    }
    const [clock, timeoutMs] = [this.#clock, this.#timeoutMs]
    const expired = (): Error => new TokenStoreTimeoutError(action, this.#location, timeoutMs)
    const bound = { clock, timeoutMs, expired }
    const own = await openRedisClient(toSecret(url ?? '').reveal(), bound)
    this.#own.add(own)
    try {
      await requireKeptRecords(own, logger)
      return own
    } catch (error) {
      this.#own.delete(own)
      await own.close()
      throw error
    }
  }
}

function fromCrypto(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
}
