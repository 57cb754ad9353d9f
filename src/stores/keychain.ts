import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Clock, systemClock } from '../async/clock.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import { type Logger, silentLogger } from '../log.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { TokenStore } from '../oauth/store/token-store.ts'
import { createFileTokenStore } from './file.ts'
import { acquireFileLock } from './file-lock.ts'
import { type Keychain, openKeychain } from './keychain-driver.ts'
import { makePrivateDirectory, namesIn, readPrivateFile } from './private-file.ts'

export type { Keychain } from './keychain-driver.ts'

export interface KeychainTokenStoreOptions {
  /** Where the encrypted files are; made with mode 0700 when it is missing. */
  readonly directory: string
  /** The name under which the key is kept. @default 'ctrader-open-api' */
  readonly service?: string | undefined
  /** The user name beside it. @default 'token key' */
  readonly account?: string | undefined
  /** @default that of the operating system, through the package `@napi-rs/keyring` */
  readonly keychain?: Keychain | undefined
  /** How long the keychain may take, in milliseconds: a locked one can wait for a person. @default 3_000 */
  readonly timeoutMs?: number | undefined
  readonly clock?: Clock | undefined
}

/** The operating system's keychain cannot be used. */
export class KeychainUnavailableError extends OAuthError {
  constructor(problem: string) {
    super(
      'KEYCHAIN_UNAVAILABLE',
      `The keychain of the operating system cannot be used: ${problem}.`,
      {
        kind: 'config',
        phase: 'store',
        remedy:
          'Unlock it, or start a secret service (on Linux for instance gnome-keyring), or keep the tokens in a file instead.',
        facts: { problem },
      },
    )
  }
}

const optionNames: OptionNames<KeychainTokenStoreOptions> = {
  directory: true,
  service: true,
  account: true,
  keychain: true,
  timeoutMs: true,
  clock: true,
}

/**
 * Keeps tokens in encrypted files and their key in the keychain of the operating system (macOS Keychain, Windows
 * Credential Manager, Secret Service on Linux). The keychain holds 32 bytes, so that no limit of size applies and a new
 * pair of tokens is still written in one step. Needs the package `@napi-rs/keyring`.
 *
 * Its methods throw KeychainUnavailableError when the keychain does not answer in time, and never treat that as "not
 * logged in".
 */
export function createKeychainTokenStore(options: KeychainTokenStoreOptions): TokenStore {
  checkOptionNames('createKeychainTokenStore', options, optionNames)
  const { directory, clock = systemClock } = options
  return createFileTokenStore({ directory, encryption: createKeychainKey(options), clock })
}

/**
 * The key that {@link createKeychainTokenStore} encrypts with, for what is kept beside its files, such as an emergency
 * copy. The keychain is asked when the key is first needed; where it has none yet, one is made.
 *
 * Its function throws KeychainUnavailableError.
 */
export function createKeychainKey(options: KeychainTokenStoreOptions): {
  readonly key: () => Promise<Uint8Array>
} {
  const { clock = systemClock } = options
  let known: Uint8Array | undefined
  return {
    key: async () => {
      known ??= await fetchKey(options, clock)
      return known
    },
  }
}

export interface PreferKeychainOptions extends KeychainTokenStoreOptions {
  readonly logger?: Logger | undefined
  /** Receives why the keychain is not used, for the person. */
  readonly onFallback?: ((reason: KeychainUnavailableError) => void) | undefined
}

/**
 * The keychain where there is one, files in the clear where there is none, with a visible warning. What was written with
 * the keychain is not read without it: then reading fails with TokenStoreCorruptError, and nothing is overwritten.
 */
export async function preferKeychainTokenStore(
  options: PreferKeychainOptions,
): Promise<TokenStore> {
  const { directory, clock = systemClock, logger = silentLogger, onFallback } = options
  try {
    await within(options, clock, (keychain, signal) => keychain.read(signal))
    return createKeychainTokenStore(options)
  } catch (error) {
    if (!(error instanceof KeychainUnavailableError)) throw error
    logger.warn({ directory, code: error.code }, 'Tokens are kept in the clear: no keychain.')
    onFallback?.(error)
    return createFileTokenStore({ directory, clock })
  }
}

async function fetchKey(options: KeychainTokenStoreOptions, clock: Clock): Promise<Uint8Array> {
  const read = (): Promise<Uint8Array | undefined> =>
    within(options, clock, (keychain, signal) => keychain.read(signal))
  const found = await read()
  if (found !== undefined) return found
  const { directory } = options
  await makePrivateDirectory(directory)
  // Two programs that start for the first time must not each make a key.
  const lock = await acquireFileLock({
    folder: join(directory, '.locks', 'keychain'),
    grant: 'the keychain',
    owner: `process ${process.pid}`,
    timeoutMs: 30_000,
    signal: undefined,
    clock,
    random: () => 0.5,
  })
  try {
    const made = await read()
    if (made !== undefined) return made
    // A new key would leave what the old one encrypted unreadable, and look like a fresh start.
    if (await hasSealedFiles(directory)) {
      throw new KeychainUnavailableError(`it has no key for the tokens in ${directory}`)
    }
    const fresh = new Uint8Array(randomBytes(32))
    await within(options, clock, (keychain, signal) => keychain.write(fresh, signal))
    const kept = await read()
    if (kept !== undefined && Buffer.from(kept).equals(fresh)) return kept
    throw new KeychainUnavailableError('it does not give back what it was given')
  } finally {
    await lock.release()
  }
}

/** Files in the clear have no need of a key yet. */
async function hasSealedFiles(directory: string): Promise<boolean> {
  for (const name of await namesIn(directory)) {
    if (!/^[^.].*\.json$/.test(name)) continue
    const text = await readPrivateFile(join(directory, name))
    if (text?.includes('"alg":"aes-256-gcm"')) return true
  }
  return false
}

/** Runs one question to the keychain under its deadline. */
async function within<T>(
  options: KeychainTokenStoreOptions,
  clock: Clock,
  ask: (keychain: Keychain, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { service = 'ctrader-open-api', account = 'token key', timeoutMs = 3_000 } = options
  const controller = new AbortController()
  let timer: ReturnType<Clock['after']> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = clock.after(timeoutMs, () => {
      controller.abort()
      reject(new KeychainUnavailableError(`it did not answer within ${timeoutMs} ms`))
    })
  })
  const work = (async () => {
    const keychain = options.keychain ?? (await openKeychain(service, account))
    return ask(keychain, controller.signal)
  })()
  work.catch(() => {})
  try {
    return await Promise.race([work, late])
  } catch (error) {
    if (error instanceof OAuthError) throw error
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      throw new KeychainUnavailableError('the package @napi-rs/keyring is not installed')
    }
    // Its own words can be anything; the name of the failure is enough.
    throw new KeychainUnavailableError(
      error instanceof Error ? `it failed (${error.name})` : 'it failed',
    )
  } finally {
    timer?.cancel()
  }
}
