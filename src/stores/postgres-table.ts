import { type PostgresBound, queryPool } from './postgres-connection.ts'
import type { PostgresPool } from './postgres-driver.ts'
import { codeOf } from './server-error.ts'

/** Two programs made it at the same time. */
const madeByOthers = new Set(['23505', '42P07', '42710'])

/** Makes the table and its sequence when they are missing; a role that may not make tables needs them to be there. */
export async function prepareTable(
  pool: PostgresPool,
  table: string,
  bound: PostgresBound,
): Promise<void> {
  const sequence = `${table}_fence`
  const [row] = await queryPool(
    pool,
    'read',
    'select to_regclass($1) is not null and to_regclass($2) is not null as there',
    [table, sequence],
    bound,
  )
  if (row?.['there'] === true) return
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
      await queryPool(pool, 'write', statement, [], bound)
    } catch (error) {
      if (!madeByOthers.has(codeOf(error))) throw error
    }
  }
}
