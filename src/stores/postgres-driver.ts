import { Socket } from 'node:net'
import type { Clock } from '../async/clock.ts'
import { within } from '../async/within.ts'

/** The part of a connection of `pg` that is used here. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>
  on(event: 'error' | 'end', listener: () => void): unknown
  removeListener(event: 'error' | 'end', listener: () => void): unknown
  /** With a reason the connection is not used again. */
  release(destroy?: boolean | Error): void
}

/** The part of a `Pool` of `pg` that is used here. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
  end(): Promise<void>
}

/** Opens a pool of our own. The driver is loaded here and nowhere else. */
export async function openPostgresPool(
  connectionString: string,
  connections: number,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<PostgresPool> {
  const { default: pg } = await import('pg')
  const sockets = new Set<Socket>()
  const pool = new pg.Pool({
    connectionString,
    max: connections,
    application_name: 'ctrader-open-api',
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
    allowExitOnIdle: true,
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      return socket.once('close', () => sockets.delete(socket))
    },
  })
  // A connection that ends while nobody uses it is replaced by itself.
  pool.on('error', () => {})
  return {
    connect: () => pool.connect(),
    // A server that hangs does not say goodbye, and must not keep this process alive.
    async end() {
      const expired = (): Error => new Error('no goodbye')
      await within(pool.end(), { ms: Math.min(timeoutMs, 2_000), clock, expired }).catch(() => {})
      for (const socket of sockets) socket.destroy()
    },
  }
}
