import { randomUUID } from 'node:crypto'
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
import { dirname, join } from 'node:path'
import { OAuthError } from '../oauth/errors.ts'
import {
  TokenStoreAccessError,
  TokenStoreCorruptError,
  TokenStoreInsecureError,
} from '../oauth/store/token-store-errors.ts'

const posix = process.platform !== 'win32'
const longest = 1_048_576

/** Undefined when there is no such file. Looks at the opened file, so that it cannot be swapped in between. */
export async function readPrivateFile(file: string): Promise<string | undefined> {
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

/** Makes the directory when it is missing, and refuses one that others may enter. */
export async function makePrivateDirectory(directory: string): Promise<void> {
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

/**
 * Puts a text in the place of a file in one step, durably. A check may look at the new file before it replaces the old
 * one.
 */
export async function replacePrivateFile(
  file: string,
  text: string,
  check?: (temporary: string) => Promise<void>,
): Promise<void> {
  const directory = dirname(file)
  const temporary = join(directory, `.${file.slice(directory.length + 1)}.${randomUUID()}.tmp`)
  try {
    await writeNewFile(temporary, text)
    await check?.(temporary)
    await rename(temporary, file)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
  await syncDirectory(directory)
}

/** Writes a file of mode 0600 that must not be there yet, and flushes it to the disk. */
async function writeNewFile(file: string, text: string): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow()
  const handle = await open(file, flags, 0o600)
  try {
    await handle.writeFile(text, 'utf8')
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the entries of a directory durable, where the system has a way to. */
export async function syncDirectory(directory: string): Promise<void> {
  if (!posix) return
  const handle = await open(directory, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Copies a damaged file once, so that even a deliberate deletion of the original starts from a decision. */
export async function keepAside(file: string): Promise<void> {
  const copy = `${file}.corrupt`
  try {
    await copyFile(file, copy, constants.COPYFILE_EXCL)
    await chmod(copy, 0o600)
  } catch {
    // There is a copy already, or no room for one: the original stays in any case.
  }
}

/** The names in a directory; none when there is no such directory. */
export async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** Turns what the file system complains about into a {@link TokenStoreAccessError}. */
export async function guarded<T>(
  action: 'read' | 'write' | 'delete' | 'lock',
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

/** The code of a complaint of the system, such as `ENOSPC`; undefined for any other error. */
export function systemCodeOf(error: unknown): string | undefined {
  const isSystem = error instanceof Error && 'code' in error && 'syscall' in error
  return isSystem && typeof error.code === 'string' ? error.code : undefined
}

function noFollow(): number {
  // Windows has no such flag.
  return posix ? constants.O_NOFOLLOW : 0
}
