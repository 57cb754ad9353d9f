// What the application keeps in PostgreSQL: who is signed in, whose cTrader IDs are whose, and unfinished logins.
import { createHash, randomBytes } from 'node:crypto'
import pg from 'pg'

export async function openDatabase(connectionString, schema = 'ctrader_example') {
  // The name of a schema cannot be a parameter.
  if (!/^[a-z_][a-z0-9_]*$/.test(schema)) throw new Error(`"${schema}" is no name for a schema.`)
  const pool = new pg.Pool({ connectionString, options: `-c search_path=${schema}` })
  await pool.query(`
    CREATE SCHEMA IF NOT EXISTS ${schema};
    CREATE TABLE IF NOT EXISTS sessions (id text PRIMARY KEY, user_name text NOT NULL);
    CREATE TABLE IF NOT EXISTS links (
      ctrader_user_id bigint PRIMARY KEY, user_name text NOT NULL, scope text, linked_at timestamptz DEFAULT now());
    CREATE TABLE IF NOT EXISTS flows (
      id text PRIMARY KEY, owner text NOT NULL, kind text NOT NULL, expires_at bigint NOT NULL, data text NOT NULL,
      made_at timestamptz NOT NULL DEFAULT clock_timestamp())`)
  return pool
}

/** Sessions of the application itself. The cookie holds a secret, the table only its digest. */
export function sessionsIn(pool) {
  const digest = (secret) => createHash('sha256').update(secret).digest('base64url')
  const secretOf = (request) =>
    /(?:^|; )session=([\w-]{43})/.exec(request.headers.get('cookie') ?? '')?.[1]
  return {
    async userOf(request) {
      const secret = secretOf(request)
      if (secret === undefined) return undefined
      const { rows } = await pool.query('SELECT user_name FROM sessions WHERE id = $1', [
        digest(secret),
      ])
      return rows[0]?.user_name
    },
    /** Begins a session, in the place of the one the request came with. Returns the header that sets its cookie. */
    async renew(request, user, isHttps) {
      await this.end(request)
      const secret = randomBytes(32).toString('base64url')
      await pool.query('INSERT INTO sessions VALUES ($1, $2)', [digest(secret), user])
      return `session=${secret}; Path=/; HttpOnly; SameSite=Lax${isHttps ? '; Secure' : ''}`
    },
    async end(request) {
      await pool.query('DELETE FROM sessions WHERE id = $1', [digest(secretOf(request) ?? '')])
    },
  }
}

/** A FlowStore that all processes of the application share. */
export function flowStoreIn(pool) {
  const toEntry = (row) =>
    row && {
      id: row.id,
      owner: row.owner,
      kind: row.kind,
      expiresAt: Number(row.expires_at),
      data: row.data,
    }
  return {
    async put({ id, owner, kind, expiresAt, data }, { perOwner, total }, now) {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        // One at a time, or two could take the last place.
        await client.query("SELECT pg_advisory_xact_lock(hashtext('ctrader flows'))")
        await client.query('DELETE FROM flows WHERE expires_at <= $1 OR id = $2', [now, id])
        await client.query(
          `DELETE FROM flows WHERE id IN
             (SELECT id FROM flows WHERE owner = $1 ORDER BY made_at DESC OFFSET $2)`,
          [owner, perOwner - 1],
        )
        const { rowCount } = await client.query(
          `INSERT INTO flows (id, owner, kind, expires_at, data)
           SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM flows) < $6`,
          [id, owner, kind, expiresAt, data, total],
        )
        await client.query(rowCount === 1 ? 'COMMIT' : 'ROLLBACK')
        return rowCount === 1
      } catch (error) {
        await client.query('ROLLBACK').catch(() => {})
        throw error
      } finally {
        client.release()
      }
    },
    async find(id, now) {
      const { rows } = await pool.query('SELECT * FROM flows WHERE id = $1 AND expires_at > $2', [
        id,
        now,
      ])
      return toEntry(rows[0])
    },
    async take(id, now) {
      const { rows } = await pool.query('DELETE FROM flows WHERE id = $1 RETURNING *', [id])
      const entry = toEntry(rows[0])
      return entry !== undefined && entry.expiresAt > now ? entry : undefined
    },
  }
}
