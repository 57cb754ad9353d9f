import type { PostgresPool } from './postgres-driver.ts'
import { codeOf } from './server-error.ts'

/** Two programs made it at the same time. */
const madeByOthers = new Set(['23505', '42P07', '42710'])

/** Makes the table and its sequence when they are missing; a role that may not make tables needs them to be there. */
export async function prepareTable(pool: PostgresPool, table: string): Promise<void> {
  const sequence = `${table}_fence`
  const { rows } = await pool.query(
    'select to_regclass($1) is not null and to_regclass($2) is not null as there',
    [table, sequence],
  )
  if ((rows[0] as { readonly there?: boolean } | undefined)?.there) return
  const statements = [
    `create table if not exists ${table} (
       grant_key text primary key,
       generation bigint not null,
       fence bigint not null,
       record text not null,
       updated_at timestamptz not null default now())`,
    `create sequence if not exists ${sequence}`,
  ]
  for (const statement of statements) {
    try {
      await pool.query(statement)
    } catch (error) {
      if (!madeByOthers.has(codeOf(error))) throw error
    }
  }
}
