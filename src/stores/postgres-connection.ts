import type { Clock } from '../async/clock.ts'
import { within } from '../async/within.ts'
import { TokenStoreTimeoutError } from '../oauth/store/token-store-errors.ts'
import type { PostgresClient, PostgresPool } from './postgres-driver.ts'
import type { StoreAction } from './server-error.ts'

/** How long a query may take, and how the place is called in errors. */
export interface PostgresBound {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly location: string
}

/**
 * A connection lent by the pool. A query that is not answered in time ends the connection, because nothing that comes
 * after it could be answered either; the pool then has room for a new one at once.
 */
export class PostgresConnection {
  readonly #client: PostgresClient
  readonly #bound: PostgresBound
  readonly #dropped = new AbortController()
  #over = false
  readonly #drop = (): void => this.drop()

  private constructor(client: PostgresClient, bound: PostgresBound) {
    this.#client = client
    this.#bound = bound
    // An error of a connection in use that nobody listens to would end the process.
    client.on('error', this.#drop)
    client.on('end', this.#drop)
  }

  /** @throws TokenStoreTimeoutError, the reason of the signal, or what the driver throws. */
  static async borrow(
    pool: PostgresPool,
    action: StoreAction,
    bound: PostgresBound,
    signal?: AbortSignal,
  ): Promise<PostgresConnection> {
    const client = await within(pool.connect(), {
      ms: bound.timeoutMs,
      clock: bound.clock,
      signal,
      expired: () => new TokenStoreTimeoutError(action, bound.location, bound.timeoutMs),
      tooLate: (late) => new PostgresConnection(late, bound).drop(),
    })
    return new PostgresConnection(client, bound)
  }

  /** Aborted when the connection is of no use any more. */
  get dropped(): AbortSignal {
    return this.#dropped.signal
  }

  get isUsable(): boolean {
    return !this.#over
  }

  /**
   * @param options.waitMs how much longer than usual it may take, because it waits for others
   * @throws TokenStoreTimeoutError, the reason of the signal, or what the driver throws.
   */
  async query(
    action: StoreAction,
    text: string,
    values: unknown[],
    options: { readonly waitMs?: number; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { clock, timeoutMs, location } = this.#bound
    const ms = timeoutMs + (options.waitMs ?? 0)
    const { signal } = options
    const expired = (): Error => new TokenStoreTimeoutError(action, location, ms)
    try {
      const asked = this.#client.query(text, values)
      const { rows } = await within(asked, { ms, clock, signal, expired })
      return rows as Readonly<Record<string, unknown>>[]
    } catch (error) {
      // There is no other way to take a question back; the server ends its side by itself.
      if (error instanceof TokenStoreTimeoutError || signal?.aborted) this.drop()
      throw error
    }
  }

  /** Returns it to the pool for others. */
  giveBack(): void {
    if (this.#over) return
    this.#over = true
    this.#client.removeListener('error', this.#drop)
    this.#client.removeListener('end', this.#drop)
    this.#client.release()
  }

  /** Ends it. */
  drop(): void {
    if (this.#over) return
    this.#over = true
    this.#client.removeListener('end', this.#drop)
    // It stays listened to: one that is taken apart may still complain.
    this.#client.release(true)
    this.#dropped.abort()
  }
}

/** One query on a connection of the pool. */
export async function queryPool(
  pool: PostgresPool,
  action: StoreAction,
  text: string,
  values: unknown[],
  bound: PostgresBound,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const connection = await PostgresConnection.borrow(pool, action, bound)
  try {
    return await connection.query(action, text, values)
  } finally {
    connection.giveBack()
  }
}
