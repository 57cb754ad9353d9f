import { OAuthConfigurationError } from '../oauth/errors.ts'
import type { TokenStoreLock } from '../oauth/store/token-store.ts'
import { TokenStoreLockedError } from '../oauth/store/token-store-errors.ts'
import { type PostgresBound, PostgresConnection } from './postgres-connection.ts'
import type { PostgresPool } from './postgres-driver.ts'
import { codeOf, type StoreAction, serverError } from './server-error.ts'

export interface PostgresLockOptions {
  readonly pool: PostgresPool
  readonly bound: PostgresBound
  readonly number: bigint
  readonly name: string
  readonly table: string
  readonly owner: string
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

interface LockDetails {
  readonly number: bigint
  readonly owner: string
  /** What the connection called itself before. */
  readonly name: string
  readonly fence: number
  /** The server's process behind the connection. */
  readonly pid: number
}

/** Waits for the advisory lock on a connection of its own, which is kept for as long as the lock is. */
export async function acquirePostgresLock(options: PostgresLockOptions): Promise<PostgresLock> {
  const { pool, signal, bound } = options
  signal?.throwIfAborted()
  let connection: PostgresConnection | undefined
  try {
    connection = await PostgresConnection.borrow(pool, 'lock', bound, signal)
    return await takeLock(connection, options)
  } catch (error) {
    if (signal?.aborted) {
      connection?.giveBack()
      throw signal.reason
    }
    if (connection === undefined || codeOf(error) !== '55P03') {
      connection?.drop()
      throw serverError('lock', bound.location, error)
    }
    const holder = await holderOf(connection, options.number)
    connection.giveBack()
    throw new TokenStoreLockedError(options.name, options.timeoutMs, holder)
  }
}

async function takeLock(
  connection: PostgresConnection,
  { number, table, timeoutMs, owner, signal }: PostgresLockOptions,
): Promise<PostgresLock> {
  // The name is for whoever looks into pg_stat_activity; a vanished machine is noticed within half a minute.
  const [before] = await connection.query(
    'lock',
    `select current_setting('application_name') as name, set_config('lock_timeout', $1, false), set_config('application_name', $2, false),
       set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
       set_config('tcp_keepalives_count', '3', false)`,
    [`${Math.max(1, Math.round(timeoutMs))}ms`, `ctrader-open-api ${owner}`.slice(0, 60)],
    { signal },
  )
  const [row] = await connection.query(
    'lock',
    `with taken as materialized (select pg_advisory_lock($1))
     select nextval('${table}_fence') as fence, pg_backend_pid() as pid,
       set_config('lock_timeout', '0', false) from taken`,
    [number.toString()],
    { waitMs: timeoutMs, signal },
  )
  const [fence, pid] = [Number(row?.['fence']), Number(row?.['pid'])]
  const name = String(before?.['name'])
  const lock = new PostgresLock(connection, { number, owner, name, fence, pid })
  const [check] = await connection.query('lock', 'select pg_backend_pid() as pid', [], { signal })
  if (Number(check?.['pid']) === pid) return lock
  await lock.release()
  throw new OAuthConfigurationError(
    'The connection to PostgreSQL goes through a pooler that shares it between transactions.',
    { remedy: 'Connect to the server itself, or use a pooler in session mode.' },
  )
}

async function holderOf(
  connection: PostgresConnection,
  number: bigint,
): Promise<string | undefined> {
  try {
    const [row] = await connection.query(
      'lock',
      `select a.application_name as name, a.pid from pg_locks l join pg_stat_activity a using (pid)
       where l.locktype = 'advisory' and l.granted and l.objsubid = 1
         and l.classid::bigint = (($1::bigint >> 32) & 4294967295) and l.objid::bigint = ($1::bigint & 4294967295)`,
      [number.toString()],
    )
    return row && `${row['name']} (backend ${row['pid']})`
  } catch {
    return undefined
  }
}

/** An advisory lock and the connection that carries it: it is lost with the connection. */
export class PostgresLock implements TokenStoreLock {
  readonly owner: string
  readonly fence: number
  readonly #connection: PostgresConnection
  readonly #details: LockDetails
  #released = false

  constructor(connection: PostgresConnection, details: LockDetails) {
    this.#connection = connection
    this.#details = details
    this.fence = details.fence
    this.owner = details.owner
  }

  get lost(): AbortSignal {
    return this.#connection.dropped
  }

  get isHeld(): boolean {
    return !this.#released && this.#connection.isUsable
  }

  query(
    action: StoreAction,
    text: string,
    values: unknown[],
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.#connection.query(action, text, values)
  }

  async release(): Promise<void> {
    if (this.#released) return
    this.#released = true
    const connection = this.#connection
    if (!connection.isUsable) return
    const { number, pid, name } = this.#details
    try {
      const [row] = await connection.query(
        'lock',
        `select pg_advisory_unlock($1) and pg_backend_pid() = $2 as done,
           set_config('application_name', $3, false)`,
        [number.toString(), pid, name],
      )
      if (row?.['done'] === true) return connection.giveBack()
    } catch {
      // It ends with the connection.
    }
    connection.drop()
  }
}
