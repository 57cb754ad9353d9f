import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '../index.ts'
import type { EmergencyCopy, TokenStore } from '../oauth/index.ts'
import type { SealingKey } from '../stores/file.ts'
import { askHidden } from './ask.ts'
import { configDirectory } from './config-directory.ts'
import type { CommandContext } from './context.ts'
import { UsageError } from './errors.ts'
import { readVariable } from './variables.ts'

const kinds = ['file', 'encrypted', 'keychain'] as const

/**
 * How the logins of a machine are kept: in files that only their owner can read, in files encrypted with a passphrase, or
 * in files whose key is in the keychain of the operating system.
 */
export type StoreKind = (typeof kinds)[number]

/** The logins this command keeps. */
export interface GrantStore {
  readonly store: TokenStore
  /** Where a new pair goes when the store cannot take it; protected like the store. */
  readonly emergency: EmergencyCopy
  /** For people: where the files are. */
  readonly directory: string
  readonly kind: StoreKind
}

export type StoreUser = Pick<
  CommandContext,
  'env' | 'output' | 'stdin' | 'isInteractive' | 'signal'
>

/** Where the logins are and how they are kept, without opening anything. */
export function findStore(env: NodeJS.ProcessEnv): Pick<GrantStore, 'directory' | 'kind'> {
  return { directory: join(configDirectory(env), 'grants'), kind: readKind(env) ?? 'file' }
}

/** How a store protects what is in it, as the rest of a sentence. */
export function protectionOf(kind: StoreKind): string {
  switch (kind) {
    case 'file':
      return 'in plain text, readable by you alone'
    case 'encrypted':
      return 'encrypted with your passphrase'
    case 'keychain':
      return 'encrypted, with the key in the keychain of this system'
  }
}

/**
 * Opens the place of the logins. Nothing is made there before something is saved.
 *
 * @throws {@link UsageError} where a passphrase is needed and nobody can be asked, KeychainUnavailableError
 */
export async function openGrantStore(
  user: StoreUser,
  kind: StoreKind = findStore(user.env).kind,
): Promise<GrantStore> {
  const { createFileEmergencyCopy, createFileTokenStore } = await import('../stores/file.ts')
  const { directory } = findStore(user.env)
  const encryption = await keyFor(kind, directory, user)
  return {
    store: createFileTokenStore({ directory, encryption }),
    emergency: createFileEmergencyCopy({
      directory: join(configDirectory(user.env), 'emergency'),
      encryption,
    }),
    directory,
    kind,
  }
}

/**
 * Opens the place in which a new login is to be kept. Plain files can become encrypted ones; the other way goes only
 * through a logout, so that nothing that was encrypted is ever written in the clear unasked.
 *
 * @param wanted what `--store` says
 * @throws {@link UsageError}
 */
export async function chooseGrantStore(
  user: StoreUser,
  wanted: string | undefined,
): Promise<GrantStore> {
  const { kind: now, directory } = findStore(user.env)
  const kind = wanted === undefined ? now : kinds.find((one) => one === wanted)
  if (kind === undefined) {
    throw new UsageError(
      `There is no way to keep logins called "${String(wanted).slice(0, 40)}".`,
      `Say --store ${kinds.join(', --store ')}.`,
    )
  }
  if (kind !== now && now !== 'file' && hasRecords(directory)) {
    throw new UsageError(
      `The logins in ${directory} are kept ${protectionOf(now)}, and stay so.`,
      'Forget them first with `ctrader logout --all`, or set CTRADER_CONFIG_DIR to another directory.',
      { store: now, wanted: kind },
    )
  }
  return openGrantStore(user, kind)
}

/** Makes the choice hold from now on, and brings what is there already into its form. */
export async function settleGrantStore(user: StoreUser, grants: GrantStore): Promise<void> {
  if (readKind(user.env) === grants.kind) return
  // First the choice: with it plain files can be read as well, and without it encrypted ones cannot.
  writeKind(user.env, grants.kind)
  if (grants.kind === 'file') return
  for (const key of await grants.store.list()) {
    const lock = await grants.store.lock(key, { owner: `ctrader login, process ${process.pid}` })
    try {
      // Read under the lock, a plain file is encrypted.
      await grants.store.load(key, lock)
    } finally {
      await lock.release()
    }
  }
}

async function keyFor(
  kind: StoreKind,
  directory: string,
  user: StoreUser,
): Promise<SealingKey | undefined> {
  if (kind === 'file') return undefined
  if (kind === 'encrypted') return { passphrase: await readPassphrase(directory, user) }
  const { createKeychainKey } = await import('../stores/keychain.ts')
  const key = createKeychainKey({ directory })
  // Now and not after the consent: a keychain that cannot be used has to be known before.
  await key.key()
  return key
}

/** From the variable, or from whoever sits there. A new one is asked for twice. */
async function readPassphrase(directory: string, user: StoreUser): Promise<Secret> {
  const given = readVariable(user.env, 'CTRADER_STORE_PASSPHRASE')
  if (given !== undefined) return new Secret(given)
  if (!user.isInteractive) {
    throw new UsageError(
      'The logins are encrypted, and nobody can be asked for the passphrase here.',
      'Set CTRADER_STORE_PASSPHRASE, or CTRADER_STORE_PASSPHRASE_FILE to a file that holds it.',
      { variable: 'CTRADER_STORE_PASSPHRASE' },
    )
  }
  const isNew = !hasRecords(directory)
  const question = isNew ? 'New passphrase for the logins' : 'Passphrase of the logins'
  const passphrase = await askHidden(user, `${question} (it is not shown): `)
  if (isNew && passphrase !== (await askHidden(user, 'The same once more: '))) {
    throw new UsageError('The two passphrases differ.', 'Try again.')
  }
  if (passphrase === '') throw new UsageError('There was no passphrase.', 'Try again.')
  return new Secret(passphrase)
}

function hasRecords(directory: string): boolean {
  try {
    return readdirSync(directory).some((name) => /^[^.].*\.json$/.test(name))
  } catch {
    return false
  }
}

function fileOfKind(env: NodeJS.ProcessEnv): string {
  return join(configDirectory(env), 'store.json')
}

/** Undefined when nothing was chosen. What cannot be read is not taken for that: the logins may be encrypted. */
function readKind(env: NodeJS.ProcessEnv): StoreKind | undefined {
  const file = fileOfKind(env)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw unreadable(file)
  }
  const kind = kinds.find((one) => text.trim() === JSON.stringify({ store: one }))
  if (kind === undefined) throw unreadable(file)
  return kind
}

function unreadable(file: string): UsageError {
  return new UsageError(
    `The file ${file}, which says how logins are kept, cannot be read.`,
    `Make it hold one of ${kinds.map((one) => JSON.stringify({ store: one })).join(', ')}.`,
    { file },
  )
}

function writeKind(env: NodeJS.ProcessEnv, kind: StoreKind): void {
  const file = fileOfKind(env)
  const fresh = `${file}.${process.pid}`
  mkdirSync(configDirectory(env), { recursive: true, mode: 0o700 })
  writeFileSync(fresh, `${JSON.stringify({ store: kind })}\n`, { mode: 0o600 })
  renameSync(fresh, file)
}
