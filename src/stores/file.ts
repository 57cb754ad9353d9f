import { readFile, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { type Clock, systemClock } from '../async/clock.ts'
import { KeyedQueue } from '../async/keyed-queue.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import { SharedGrants } from '../oauth/store/shared-grants.ts'
import {
  formatGrantKey,
  type GrantKey,
  type LockOptions,
  requireSuccession,
  type TokenRecord,
  type TokenStore,
  type TokenStoreLock,
} from '../oauth/store/token-store.ts'
import {
  TokenStoreConflictError,
  TokenStoreLockedError,
  TokenStoreLockLostError,
} from '../oauth/store/token-store-errors.ts'
import { acquireFileLock, FileLock } from './file-lock.ts'
import { nameOf } from './grant-file-name.ts'
import { guarded, makePrivateDirectory, namesIn, syncDirectory } from './private-file.ts'
import { readRecordFile, writeRecordFile } from './record-file.ts'
import { Seal, type SealingKey } from './sealing.ts'

export { createFileEmergencyCopy, type FileEmergencyCopyOptions } from './file-emergency.ts'
export type { SealingKey } from './sealing.ts'

export interface FileTokenStoreOptions {
  /** A directory of its own, made with mode 0700 when it is missing. */
  readonly directory: string
  /**
   * Encrypts the tokens with AES-256-GCM. Files in the clear are encrypted when they are next written, or read under the
   * lock. @default in the clear
   */
  readonly encryption?: SealingKey | undefined
  /** Keys of before: what they encrypted can be read, and is encrypted with the new key when it is next written. */
  readonly previousKeys?: readonly SealingKey[] | undefined
  readonly clock?: Clock | undefined
  /** Numbers from 0 to below 1, to spread programs that wait for each other. @default the system's */
  readonly random?: (() => number) | undefined
}

/** How long a write without a lock waits for whoever has it, in milliseconds. */
const writeWaitMs = 30_000

// A misspelt `encryption` must not become tokens in the clear.
const optionNames: OptionNames<FileTokenStoreOptions> = {
  directory: true,
  encryption: true,
  previousKeys: true,
  clock: true,
  random: true,
}

/**
 * Keeps each grant in a file of its own: directory 0700, files 0600, replaced in one step and flushed to the disk
 * before `save` returns. Without `encryption` the tokens are in the clear. On Windows the protection is that of the
 * user's profile.
 *
 * Processes of one machine exclude each other by lock files beside the records; the death of a holder frees its lock at
 * once. On a network file system a holder on another machine counts as dead after 30 s without a sign of life; where
 * several machines share a grant, a database is the better place.
 *
 * Its methods throw TokenStoreInsecureError when others could read or replace a file, TokenStoreCorruptError when one is
 * damaged or cannot be decrypted (it is copied aside and never overwritten) and TokenStoreAccessError when the disk
 * refuses.
 */
export function createFileTokenStore(options: FileTokenStoreOptions): TokenStore {
  checkOptionNames('createFileTokenStore', options, optionNames)
  return new FileTokenStore(options)
}

class FileTokenStore implements TokenStore {
  readonly sharedGrants = new SharedGrants()
  readonly #directory: string
  readonly #seal: Seal | undefined
  readonly #clock: Clock
  readonly #random: () => number
  readonly #queue = new KeyedQueue()

  constructor(options: FileTokenStoreOptions) {
    this.#directory = resolve(options.directory)
    this.#clock = options.clock ?? systemClock
    this.#random = options.random ?? fromCrypto
    const { encryption, previousKeys = [] } = options
    this.#seal = encryption && new Seal([encryption, ...previousKeys], (path) => readFile(path))
  }

  load(key: GrantKey, lock?: TokenStoreLock): Promise<TokenRecord | undefined> {
    const file = this.#fileOf(key)
    return guarded('read', file, async () => {
      const found = await readRecordFile(file, this.#seal, key)
      if (found?.isOutdated && lock instanceof FileLock && (await lock.isHeld())) {
        await writeRecordFile(file, found.record, this.#seal)
      }
      return found?.record
    })
  }

  save(record: TokenRecord, expectedGeneration: number, lock?: TokenStoreLock): Promise<void> {
    const file = this.#fileOf(record.key)
    return guarded('write', file, async () => {
      requireSuccession(record, expectedGeneration)
      await makePrivateDirectory(this.#directory)
      const write = (): Promise<void> => this.#compareAndWrite(file, record, expectedGeneration)
      if (lock instanceof FileLock && (await lock.isHeld())) return write()
      if (lock !== undefined && record.generation === expectedGeneration) {
        throw new TokenStoreLockLostError(formatGrantKey(record.key), lock.fence)
      }
      await this.#underLock(record.key, write)
    })
  }

  delete(key: GrantKey, lock?: TokenStoreLock): Promise<boolean> {
    const file = this.#fileOf(key)
    const remove = (): Promise<boolean> => removeEverything(this.#directory, nameOf(key))
    return guarded('delete', file, async () => {
      if (lock instanceof FileLock && (await lock.isHeld())) return remove()
      // Nothing to lock, and no directory to make, where nothing is.
      if ((await namesIn(this.#directory)).length === 0) return false
      return this.#underLock(key, remove)
    })
  }

  list(): Promise<readonly GrantKey[]> {
    return guarded('read', this.#directory, async () => {
      const keys: GrantKey[] = []
      for (const name of await namesIn(this.#directory)) {
        if (!/^[^.].*\.[0-9a-f]{16}\.json$/.test(name)) continue
        const found = await readRecordFile(join(this.#directory, name), this.#seal)
        if (found !== undefined) keys.push(found.record.key)
      }
      return keys
    })
  }

  async lock(key: GrantKey, options: LockOptions): Promise<TokenStoreLock> {
    const { owner, timeoutMs = 60_000, signal } = options
    const folder = join(this.#directory, '.locks', nameOf(key).replace(/\.json$/, ''))
    const grant = formatGrantKey(key)
    const clock = this.#clock
    const until = clock.monotonic() + timeoutMs
    // Within the process in the order of asking; only the first in line looks at the disk.
    const leave = await this.#queue.enter(grant, { clock, timeoutMs, signal })
    if (leave === undefined) throw new TokenStoreLockedError(grant, timeoutMs, 'this program')
    try {
      const left = Math.max(0, until - clock.monotonic())
      const random = this.#random
      const ticket = await guarded('lock', folder, async () => {
        await makePrivateDirectory(this.#directory)
        return acquireFileLock({ folder, grant, owner, timeoutMs: left, signal, clock, random })
      })
      await removeLeftovers(this.#directory, nameOf(key))
      ticket.onRelease(leave)
      return ticket
    } catch (error) {
      leave()
      throw error
    }
  }

  async #compareAndWrite(
    file: string,
    record: TokenRecord,
    expectedGeneration: number,
  ): Promise<void> {
    const before = await readRecordFile(file, this.#seal, record.key)
    const found = before?.record.generation ?? 0
    if (found !== expectedGeneration) throw new TokenStoreConflictError(expectedGeneration, found)
    await writeRecordFile(file, record, this.#seal)
  }

  async #underLock<T>(key: GrantKey, work: () => Promise<T>): Promise<T> {
    const owner = `${hostname()}:${process.pid}`
    const lock = await this.lock(key, { owner, timeoutMs: writeWaitMs })
    try {
      return await work()
    } finally {
      await lock.release()
    }
  }

  #fileOf(key: GrantKey): string {
    return join(this.#directory, nameOf(key))
  }
}

/** What a writer that was killed left unfinished; under the lock nobody else is writing. It can hold tokens. */
async function removeLeftovers(directory: string, name: string): Promise<void> {
  for (const entry of await namesIn(directory)) {
    if (isLeftover(entry, name)) await unlink(join(directory, entry)).catch(() => {})
  }
}

function isLeftover(entry: string, name: string): boolean {
  return entry.startsWith(`.${name}.`) && entry.endsWith('.tmp')
}

/** Removes the file, and what an interrupted write or a damaged state left beside it. */
async function removeEverything(directory: string, name: string): Promise<boolean> {
  let found = false
  for (const entry of await namesIn(directory)) {
    const belongs = entry === name || entry === `${name}.corrupt` || isLeftover(entry, name)
    if (!belongs) continue
    await unlink(join(directory, entry))
    found ||= entry === name
  }
  if (found) await syncDirectory(directory)
  return found
}

function fromCrypto(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
}
