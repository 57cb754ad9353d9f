import { createHash, randomUUID } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import {
  chmod,
  copyFile,
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  stat,
  unlink,
} from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { OAuthError } from '../oauth/errors.ts'
import { decodeTokenRecord, encodeTokenRecord } from '../oauth/token-record.ts'
import {
  formatGrantKey,
  type GrantKey,
  requireSuccession,
  type TokenRecord,
  type TokenStore,
} from '../oauth/token-store.ts'
import {
  TokenStoreAccessError,
  TokenStoreConflictError,
  TokenStoreCorruptError,
  TokenStoreInsecureError,
} from '../oauth/token-store-errors.ts'

export interface FileTokenStoreOptions {
  /** A directory of its own, made with mode 0700 when it is missing. */
  readonly directory: string
}

const posix = process.platform !== 'win32'
const longest = 1_048_576

/**
 * Keeps each grant in a file of its own: directory 0700, files 0600, replaced in one step and flushed to the disk
 * before `save` returns. The tokens are in the clear. On Windows the protection is that of the user's profile.
 *
 * Within one process writes to a grant happen one after the other; between processes the check of the generation and
 * the replacement are two steps.
 *
 * Its methods throw TokenStoreInsecureError when others could read or replace a file, TokenStoreCorruptError when one is
 * damaged (it is copied aside and never overwritten) and TokenStoreAccessError when the disk refuses.
 */
export function createFileTokenStore(options: FileTokenStoreOptions): TokenStore {
  const directory = resolve(options.directory)
  const turns = new Map<string, Promise<unknown>>()

  /** Runs one action per file at a time. */
  function inTurn<T>(file: string, action: () => Promise<T>): Promise<T> {
    const before = turns.get(file) ?? Promise.resolve()
    const mine = before.then(action, action)
    turns.set(file, mine)
    const forget = (): void => {
      if (turns.get(file) === mine) turns.delete(file)
    }
    mine.then(forget, forget)
    return mine
  }

  return {
    load(key) {
      const file = join(directory, fileNameOf(key))
      return guarded('read', file, () => readRecord(file, key))
    },
    save(record, expectedGeneration) {
      const file = join(directory, fileNameOf(record.key))
      return inTurn(file, () =>
        guarded('write', file, async () => {
          requireSuccession(record, expectedGeneration)
          await makeDirectory(directory)
          const found = (await readRecord(file, record.key))?.generation ?? 0
          if (found !== expectedGeneration) {
            throw new TokenStoreConflictError(expectedGeneration, found)
          }
          await replaceFile(file, encodeTokenRecord(record))
        }),
      )
    },
    delete(key) {
      const name = fileNameOf(key)
      const file = join(directory, name)
      return inTurn(file, () => guarded('delete', file, () => removeEverything(directory, name)))
    },
    list() {
      return guarded('read', directory, () => listKeys(directory))
    },
  }
}

/** Readable for a person who looks into the directory, and different for different keys on any file system. */
function fileNameOf(key: GrantKey): string {
  const digest = createHash('sha256').update(formatGrantKey(key)).digest('hex').slice(0, 16)
  return `${key.profile ?? `user-${key.userId}`}.${digest}.json`
}

async function listKeys(directory: string): Promise<readonly GrantKey[]> {
  const keys: GrantKey[] = []
  for (const name of await namesIn(directory)) {
    if (!/^[^.].*\.[0-9a-f]{16}\.json$/.test(name)) continue
    const record = await readRecord(join(directory, name))
    if (record !== undefined) keys.push(record.key)
  }
  return keys
}

async function readRecord(file: string, key?: GrantKey): Promise<TokenRecord | undefined> {
  const text = await readPrivateFile(file)
  if (text === undefined) return undefined
  try {
    return decodeTokenRecord(text, file, key)
  } catch (error) {
    if (error instanceof TokenStoreCorruptError) await keepAside(file)
    throw error
  }
}

/** Undefined when there is no such file. Looks at the opened file, so that it cannot be swapped in between. */
async function readPrivateFile(file: string): Promise<string | undefined> {
  let handle: FileHandle
  try {
    // Not blocking: in the place of the file there could be a pipe.
    handle = await open(file, constants.O_RDONLY | noFollow() | constants.O_NONBLOCK)
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'ENOENT') return undefined
    if (code === 'ELOOP' || code === 'EMLINK') {
      throw new TokenStoreInsecureError(
        file,
        'it is a symbolic link',
        `Remove the link ${file} and log in again.`,
      )
    }
    throw error
  }
  try {
    const found = await handle.stat()
    if (!found.isFile()) {
      throw new TokenStoreInsecureError(
        file,
        'it is not a plain file',
        `Remove ${file} and log in again.`,
      )
    }
    requirePrivate(file, found, '600')
    requirePrivate(dirname(file), await stat(dirname(file)), '700')
    if (found.size > longest) throw new TokenStoreCorruptError('unreadable', file)
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

async function makeDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: 0o700 })
  const found = await stat(directory)
  requirePrivate(directory, found, '700')
  if (first !== undefined) await syncDirectory(dirname(first))
}

function requirePrivate(path: string, found: Stats, mode: '600' | '700'): void {
  if (!posix) return
  const uid = process.getuid?.()
  if (uid !== undefined && found.uid !== uid) {
    throw new TokenStoreInsecureError(
      path,
      `it belongs to another user (uid ${found.uid})`,
      'Run as that user, or choose another directory.',
      { facts: { uid: found.uid } },
    )
  }
  const bits = found.mode & 0o777
  if ((bits & 0o077) !== 0) {
    const octal = bits.toString(8).padStart(3, '0')
    throw new TokenStoreInsecureError(
      path,
      `its mode is ${octal}, so that others have access`,
      `Run: chmod ${mode} '${path}'. If others may have read it, log in again.`,
      { facts: { mode: octal } },
    )
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const directory = dirname(file)
  const temporary = join(directory, `.${file.slice(directory.length + 1)}.${randomUUID()}.tmp`)
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow()
    const handle = await open(temporary, flags, 0o600)
    try {
      await handle.writeFile(text, 'utf8')
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
  await syncDirectory(directory)
}

/** Makes the entries of a directory durable, where the system has a way to. */
async function syncDirectory(directory: string): Promise<void> {
  if (!posix) return
  const handle = await open(directory, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Copies a damaged file once, so that even a deliberate deletion of the original starts from a decision. */
async function keepAside(file: string): Promise<void> {
  const copy = `${file}.corrupt`
  try {
    await copyFile(file, copy, constants.COPYFILE_EXCL)
    await chmod(copy, 0o600)
  } catch {
    // There is a copy already, or no room for one: the original stays in any case.
  }
}

/** Removes the file, and what an interrupted write or a damaged state left beside it. */
async function removeEverything(directory: string, name: string): Promise<boolean> {
  let found = false
  for (const entry of await namesIn(directory)) {
    const leftover = entry.startsWith(`.${name}.`) && entry.endsWith('.tmp')
    if (entry !== name && entry !== `${name}.corrupt` && !leftover) continue
    await unlink(join(directory, entry))
    found ||= entry === name
  }
  if (found) await syncDirectory(directory)
  return found
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** Turns what the file system complains about into a {@link TokenStoreAccessError}. */
async function guarded<T>(
  action: 'read' | 'write' | 'delete',
  location: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const code = systemCodeOf(error)
    if (error instanceof OAuthError || code === undefined) throw error
    throw new TokenStoreAccessError(action, location, code)
  }
}

function systemCodeOf(error: unknown): string | undefined {
  const isSystem = error instanceof Error && 'code' in error && 'syscall' in error
  return isSystem && typeof error.code === 'string' ? error.code : undefined
}

function noFollow(): number {
  // Windows has no such flag.
  return posix ? constants.O_NOFOLLOW : 0
}
