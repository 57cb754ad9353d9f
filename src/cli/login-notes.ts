import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AccountSummary, GrantScope } from '../index.ts'
import { formatGrantKey, type GrantKey } from '../oauth/index.ts'
import { configDirectory } from './config-directory.ts'

/** What was seen of a login when the server was last asked: no secret, and never needed to use it. */
export interface LoginNotes {
  /** Number of the cTrader ID. */
  readonly userId?: number | undefined
  /** What the server said the token allows. */
  readonly scope?: GrantScope | undefined
  readonly accounts?: readonly AccountSummary[] | undefined
  /** When the server said so, in milliseconds since 1970. */
  readonly seenAt?: number | undefined
  /** SHA-256 of the CTRADER_REFRESH_TOKEN that this login was made from: it works only once. */
  readonly seedDigest?: string | undefined
}

/** Reads the notes on a login. Whatever is wrong with them, there are none then. */
export function readLoginNotes(env: NodeJS.ProcessEnv, key: GrantKey): LoginNotes {
  try {
    const value: unknown = JSON.parse(readFileSync(fileOf(env, key), 'utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}

/** Adds to the notes. A login is as good without them, so that a failure is no matter. */
export function writeLoginNotes(env: NodeJS.ProcessEnv, key: GrantKey, more: LoginNotes): void {
  const file = fileOf(env, key)
  const fresh = `${file}.${process.pid}`
  try {
    mkdirSync(join(configDirectory(env), 'notes'), { recursive: true, mode: 0o700 })
    const notes = { ...readLoginNotes(env, key), ...more }
    writeFileSync(fresh, `${JSON.stringify(notes)}\n`, { mode: 0o600 })
    renameSync(fresh, file)
  } catch {
    rmSync(fresh, { force: true })
  }
}

/** Forgets what was seen, apart from the seed: it stays spent. */
export function forgetLoginNotes(env: NodeJS.ProcessEnv, key: GrantKey): void {
  const { seedDigest } = readLoginNotes(env, key)
  rmSync(fileOf(env, key), { force: true })
  if (seedDigest !== undefined) writeLoginNotes(env, key, { seedDigest })
}

/** A short text that stands for a seed and from which the seed cannot be had. */
export function digestOfSeed(seed: string): string {
  return createHash('sha256').update(seed).digest('hex')
}

function fileOf(env: NodeJS.ProcessEnv, key: GrantKey): string {
  const digest = createHash('sha256').update(formatGrantKey(key)).digest('hex').slice(0, 16)
  return join(configDirectory(env), 'notes', `${key.profile}.${digest}.json`)
}
