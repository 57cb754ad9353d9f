import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Clock, systemClock } from '../async/clock.ts'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
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
} from '../oauth/store/token-store-errors.ts'
import { type Secret, toSecret } from '../secret.ts'
import { type PostgresBound, queryPool } from './postgres-connection.ts'
import { openPostgresPool, type PostgresPool } from './postgres-driver.ts'
import { acquirePostgresLock, PostgresLock } from './postgres-lock.ts'
import { prepareTable } from './postgres-table.ts'
import { readRecordText, writeRecordText } from './record-text.ts'
import { Seal, type SealingKey } from './sealing.ts'
import { type StoreAction, serverError } from './server-error.ts'

export type { PostgresClient, PostgresPool } from './postgres-driver.ts'
export type { SealingKey } from './sealing.ts'

export interface PostgresTokenStoreOptions {
  /** Your pool of `pg`; it stays yours. Leave it out to have one opened with `connectionString`. */
  readonly pool?: PostgresPool | undefined
  /** The primary, never a replica, and not through a pooler that shares connections between transactions. */
  readonly connectionString?: string | Secret | undefined
  /** The most connections to open with `connectionString`; a refresh under way holds one. @default 4 */
  readonly connections?: number | undefined
  /** Made when it is missing, with a sequence of the same name and `_fence`. @default 'ctrader_grants' */
  readonly table?: string | undefined
  /** Encrypts the tokens with AES-256-GCM before they leave this process. @default in the clear */
  readonly encryption?: SealingKey | undefined
  readonly previousKeys?: readonly SealingKey[] | undefined
  /**
   * How long the server may take for a query, in milliseconds; waiting for the lock comes on top. After that the
   * connection is given up. @default 10_000
   */
  readonly queryTimeoutMs?: number | undefined
  readonly clock?: Clock | undefined
}

// A misspelt `encryption` must not become tokens in the clear.
const optionNames: OptionNames<PostgresTokenStoreOptions> = {
  pool: true,
  connectionString: true,
  connections: true,
  table: true,
  encryption: true,
  previousKeys: true,
  queryTimeoutMs: true,
  clock: true,
}

/**
 * Keeps each grant in a row of a PostgreSQL table; for programs on several machines. Needs the package `pg`.
 *
 * The lock is an advisory lock of the session: whoever waits is served in turn, and it ends with the connection of its
 * holder, so that a killed process frees it at once. It therefore does not work through a pooler in transaction mode
 * (PgBouncer's `pool_mode=transaction`), which is noticed and refused. Without `pool` the store opens connections when
 * they are needed and `close` ends them; none of them keeps a process alive.
 *
 * @example
 * const store = createPostgresTokenStore({ connectionString: process.env.DATABASE_URL })
 */
export function createPostgresTokenStore(options: PostgresTokenStoreOptions): TokenStore {
  checkOptionNames('createPostgresTokenStore', options, optionNames)
  const { pool, connectionString, table = 'ctrader_grants' } = options
  if ((pool === undefined) === (connectionString === undefined)) {
    throw new InvalidArgumentError('A PostgreSQL store needs either a pool or a connection string.')
  }
  if (!/^[a-z_][a-z0-9_]{0,55}(\.[a-z_][a-z0-9_]{0,55})?$/.test(table)) {
    throw new InvalidArgumentError('The name of the table is not one that needs no quotes.', {
      facts: { table: table.slice(0, 60) },
      remedy: 'Use small letters, digits and underscores, after a schema and a dot if need be.',
    })
  }
  return new PostgresTokenStore(options, table)
}

class PostgresTokenStore implements TokenStore {
  readonly sharedGrants = new SharedGrants()
  readonly #table: string
  readonly #location: string
  readonly #bound: PostgresBound
  readonly #options: PostgresTokenStoreOptions
  readonly #seal: Seal | undefined
  #opening: Promise<PostgresPool> | undefined

  constructor(options: PostgresTokenStoreOptions, table: string) {
    this.#options = options
    this.#table = table
    this.#location = `PostgreSQL table ${table}`
    const { encryption, previousKeys = [], clock = systemClock } = options
    const timeoutMs = requireDuration('queryTimeoutMs', options.queryTimeoutMs ?? 10_000)
    this.#bound = { clock, timeoutMs, location: this.#location }
    this.#seal = encryption && new Seal([encryption, ...previousKeys], (path) => readFile(path))
  }

  async load(key: GrantKey, lock?: TokenStoreLock): Promise<TokenRecord | undefined> {
    const text = `select record from ${this.#table} where grant_key = $1`
    const [row] = await this.#query('read', text, [formatGrantKey(key)], lock)
    if (row === undefined) return undefined
    return (await this.#read(row['record'], key)).record
  }

  async save(record: TokenRecord, expectedGeneration: number, lock?: TokenStoreLock) {
    requireSuccession(record, expectedGeneration)
    const name = formatGrantKey(record.key)
    const isNote = record.generation === expectedGeneration
    if (isNote && lock !== undefined && !isHeld(lock)) {
      throw new TokenStoreLockLostError(name, lock.fence)
    }
    // Whoever has the lock has read the record; anyone else could write over a damaged one.
    if (lock === undefined) await this.load(record.key)
    const text = await writeRecordText(record, this.#seal)
    const fence = lock?.fence ?? 0
    const values = [name, record.generation, fence, text]
    const written =
      expectedGeneration === 0
        ? await this.#query(
            'write',
            `insert into ${this.#table} (grant_key, generation, fence, record) values ($1, $2, $3, $4)
             on conflict do nothing returning 1 as done`,
            values,
            lock,
          )
        : await this.#query(
            'write',
            `update ${this.#table}
             set generation = $2, fence = greatest(fence, $3), record = $4, updated_at = now()
             where grant_key = $1 and generation = $5 and (not $6::boolean or fence <= $3) returning 1 as done`,
            [...values, expectedGeneration, isNote && lock !== undefined],
            lock,
          )
    if (written.length > 0) return
    const select = `select generation from ${this.#table} where grant_key = $1`
    const [row] = await this.#query('read', select, [name], lock)
    const found = Number(row?.['generation'] ?? 0)
    if (found === expectedGeneration) throw new TokenStoreLockLostError(name, fence)
    throw new TokenStoreConflictError(expectedGeneration, found)
  }

  async delete(key: GrantKey, lock?: TokenStoreLock): Promise<boolean> {
    const text = `delete from ${this.#table} where grant_key = $1 returning 1 as done`
    return (await this.#query('delete', text, [formatGrantKey(key)], lock)).length > 0
  }

  async list(): Promise<readonly GrantKey[]> {
    const rows = await this.#query('read', `select record from ${this.#table}`, [])
    const records = await Promise.all(rows.map((row) => this.#read(row['record'])))
    return records.map(({ record }) => record.key)
  }

  async lock(key: GrantKey, options: LockOptions): Promise<TokenStoreLock> {
    const name = formatGrantKey(key)
    const number = createHash('sha256').update(`${this.#table} ${name}`).digest().readBigInt64BE()
    const pool = await this.#open('lock')
    const { owner, timeoutMs = 60_000, signal } = options
    const [table, bound] = [this.#table, this.#bound]
    return acquirePostgresLock({ pool, bound, number, name, table, owner, timeoutMs, signal })
  }

  async close(): Promise<void> {
    if (this.#options.pool !== undefined || this.#opening === undefined) return
    const pool = await this.#opening.catch(() => undefined)
    this.#opening = undefined
    await pool?.end()
  }

  #read(text: unknown, key?: GrantKey) {
    return readRecordText(String(text), this.#location, this.#seal, key)
  }

  /** On the connection of the lock, if there is one that still works: a pool of one has no other. */
  async #query(
    action: StoreAction,
    text: string,
    values: unknown[],
    lock?: TokenStoreLock,
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const pool = await this.#open(action)
    try {
      return lock instanceof PostgresLock && lock.isHeld
        ? await lock.query(action, text, values)
        : await queryPool(pool, action, text, values, this.#bound)
    } catch (error) {
      throw serverError(action, this.#location, error)
    }
  }

  async #open(action: StoreAction): Promise<PostgresPool> {
    this.#opening ??= this.#prepare().catch((error) => {
      // The next use tries again.
      this.#opening = undefined
      throw error
    })
    try {
      return await this.#opening
    } catch (error) {
      throw serverError(action, this.#location, error)
    }
  }

  async #prepare(): Promise<PostgresPool> {
    const { pool: given, connectionString, connections = 4 } = this.#options
    const pool =
      given ??
      (await openPostgresPool(toSecret(connectionString ?? '').reveal(), connections, this.#bound))
    try {
      await prepareTable(pool, this.#table, this.#bound)
    } catch (error) {
      if (given === undefined) await pool.end()
      throw error
    }
    return pool
  }
}

function isHeld(lock: TokenStoreLock): boolean {
  return lock instanceof PostgresLock && lock.isHeld
}
