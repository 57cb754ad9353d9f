import { OAuthConfigurationError } from '../oauth/errors.ts'
import type { TokenStoreLock } from '../oauth/store/token-store.ts'
import { TokenStoreLockedError } from '../oauth/store/token-store-errors.ts'
import type { PostgresClient, PostgresPool } from './postgres-driver.ts'
import { codeOf, serverError } from './server-error.ts'

export interface PostgresLockOptions {
  readonly pool: PostgresPool
  readonly number: bigint
  readonly name: string
  readonly table: string
  readonly location: string
  readonly owner: string
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

interface LockRow {
  readonly fence: string
  readonly pid: number
}

/** Waits for the advisory lock on a connection of its own, which is kept for as long as the lock is. */
export async function acquirePostgresLock(options: PostgresLockOptions): Promise<PostgresLock> {
  const { pool, signal, location } = options
  signal?.throwIfAborted()
  let client: PostgresClient
  try {
    client = await pool.connect()
  } catch (error) {
    throw serverError('lock', location, error)
  }
  // An error of a connection in use that nobody listens to would end the process.
  const ignore = (): void => {}
  client.on('error', ignore)
  let aborted = false
  const abort = (): void => {
    aborted = true
    // There is no other way to take a question back; the server ends its side by itself.
    client.release(true)
  }
  signal?.addEventListener('abort', abort, { once: true })
  try {
    signal?.throwIfAborted()
    return await takeLock(client, options)
  } catch (error) {
    if (aborted || signal?.aborted) {
      if (!aborted) client.release()
      throw signal?.reason
    }
    const locked = codeOf(error) === '55P03'
    const holder = locked ? await holderOf(client, options.number) : undefined
    client.release(!locked)
    if (locked) throw new TokenStoreLockedError(options.name, options.timeoutMs, holder)
    throw serverError('lock', location, error)
  } finally {
    signal?.removeEventListener('abort', abort)
    // One that is being taken apart may still complain.
    if (!aborted) client.removeListener('error', ignore)
  }
}

async function takeLock(
  client: PostgresClient,
  { number, table, timeoutMs, owner }: PostgresLockOptions,
): Promise<PostgresLock> {
  // The name is for whoever looks into pg_stat_activity; a vanished machine is noticed within half a minute.
  const before = await client.query(
    `select current_setting('application_name') as name, set_config('lock_timeout', $1, false), set_config('application_name', $2, false),
       set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
       set_config('tcp_keepalives_count', '3', false)`,
    [`${Math.max(1, Math.round(timeoutMs))}ms`, `ctrader-open-api ${owner}`.slice(0, 60)],
  )
  const { rows } = await client.query(
    `with taken as materialized (select pg_advisory_lock($1))
     select nextval('${table}_fence') as fence, pg_backend_pid() as pid,
       set_config('lock_timeout', '0', false) from taken`,
    [number.toString()],
  )
  const row = rows[0] as LockRow
  const { name } = before.rows[0] as { readonly name: string }
  const lock = new PostgresLock(client, { ...row, number, owner, name })
  const check = await client.query('select pg_backend_pid() as pid')
  if ((check.rows[0] as LockRow).pid === row.pid) return lock
  await lock.release()
  throw new OAuthConfigurationError(
    'The connection to PostgreSQL goes through a pooler that shares it between transactions.',
    { remedy: 'Connect to the server itself, or use a pooler in session mode.' },
  )
}

async function holderOf(client: PostgresClient, number: bigint): Promise<string | undefined> {
  try {
    const { rows } = await client.query(
      `select a.application_name as name, a.pid from pg_locks l join pg_stat_activity a using (pid)
       where l.locktype = 'advisory' and l.granted and l.objsubid = 1
         and l.classid::bigint = (($1::bigint >> 32) & 4294967295) and l.objid::bigint = ($1::bigint & 4294967295)`,
      [number.toString()],
    )
    const row = rows[0] as { readonly name: string; readonly pid: number } | undefined
    return row && `${row.name} (backend ${row.pid})`
  } catch {
    return undefined
  }
}

/** An advisory lock and the connection that carries it. */
export class PostgresLock implements TokenStoreLock {
  readonly owner: string
  readonly fence: number
  readonly #client: PostgresClient
  readonly #details: LockRow & { readonly number: bigint; readonly name: string }
  readonly #lost = new AbortController()
  #released = false
  readonly #lose = (): void => this.#lost.abort()

  constructor(
    client: PostgresClient,
    details: LockRow & { readonly number: bigint; readonly owner: string; readonly name: string },
  ) {
    this.#client = client
    this.#details = details
    this.fence = Number(details.fence)
    this.owner = details.owner
    client.on('error', this.#lose)
    client.on('end', this.#lose)
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  get isHeld(): boolean {
    return !this.#released && !this.#lost.signal.aborted
  }

  async query(text: string, values: unknown[]): Promise<{ readonly rows: unknown[] }> {
    return this.#client.query(text, values)
  }

  async release(): Promise<void> {
    if (this.#released) return
    this.#released = true
    let given = false
    const { number, pid, name } = this.#details
    if (!this.#lost.signal.aborted) {
      try {
        const { rows } = await this.#client.query(
          `select pg_advisory_unlock($1) and pg_backend_pid() = $2 as done,
             set_config('application_name', $3, false)`,
          [number.toString(), pid, name],
        )
        given = (rows[0] as { readonly done: boolean }).done
      } catch {
        // It ends with the connection.
      }
    }
    // A connection that is taken apart may still complain.
    if (!given) this.#client.on('error', () => {})
    this.#client.removeListener('error', this.#lose)
    this.#client.removeListener('end', this.#lose)
    this.#client.release(!given)
  }
}
