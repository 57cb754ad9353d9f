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
  query(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>
  end(): Promise<void>
}

/** Opens a pool of our own. The driver is loaded here and nowhere else. */
export async function openPostgresPool(
  connectionString: string,
  connections: number,
): Promise<PostgresPool> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString,
    max: connections,
    application_name: 'ctrader-open-api',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    allowExitOnIdle: true,
  })
  // A connection that ends while nobody uses it is replaced by itself.
  pool.on('error', () => {})
  return pool
}
