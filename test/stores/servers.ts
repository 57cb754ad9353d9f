import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { createClient } from 'redis'

/** Where the real servers are, unless the environment says otherwise. */
const postgresUrl =
  process.env['CTRADER_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const redisUrl = process.env['CTRADER_TEST_REDIS'] ?? 'redis://127.0.0.1:6379'

/**
 * The URL of a PostgreSQL server that answers; undefined, which skips its tests visibly, where none does. In CI there
 * must be one.
 */
export async function findPostgres(): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: postgresUrl, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  return orSkip('PostgreSQL', 'CTRADER_TEST_POSTGRES', async () => {
    await client.connect()
    await client.end()
    return postgresUrl
  })
}

/** The same for Redis. */
export async function findRedis(): Promise<string | undefined> {
  return orSkip('Redis', 'CTRADER_TEST_REDIS', async () => {
    const socket = { connectTimeout: 10_000, reconnectStrategy: false } as const
    const client = createClient({ url: redisUrl, socket })
    client.on('error', () => {})
    await client.connect()
    await client.ping()
    client.destroy()
    return redisUrl
  })
}

async function orSkip(
  name: string,
  variable: string,
  find: () => Promise<string>,
): Promise<string | undefined> {
  try {
    return await find()
  } catch (error) {
    const problem = `No ${name} server answers; set ${variable} to the URL of one.`
    if (process.env['CI'] === 'true') throw new Error(problem, { cause: error })
    console.warn(`${problem} Its tests are skipped.`)
    return undefined
  }
}

/** A name nobody else uses, for a table or a prefix. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(6).toString('hex')}`
}

/** Runs one statement. */
export async function runSql(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

/** Runs one command. */
export async function runRedis(url: string, command: readonly string[]): Promise<unknown> {
  const client = createClient({ url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.sendCommand([...command])
  } finally {
    client.destroy()
  }
}
