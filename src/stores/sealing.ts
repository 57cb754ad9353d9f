import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes,
  type ScryptOptions,
  scrypt,
} from 'node:crypto'
import { InvalidArgumentError } from '../errors.ts'
import { type Secret, toSecret } from '../secret.ts'

/**
 * A key for saved tokens.
 *
 * - `passphrase`: a text a person or a secret store knows; the key is derived from it with scrypt
 * - `keyFile`: a file with 32 bytes, as they are or in base64 or hexadecimal
 * - `key`: 32 bytes, or a function that fetches them, for instance from a key management service
 */
export type SealingKey =
  | { readonly passphrase: string | Secret }
  | { readonly keyFile: string }
  | { readonly key: Uint8Array | (() => Uint8Array | Promise<Uint8Array>) }

/** A text that only the holder of a key can read, and nobody can change unnoticed. */
export interface SealedText {
  readonly alg: 'aes-256-gcm'
  readonly kdf: ScryptParameters | null
  readonly iv: string
  readonly tag: string
  readonly data: string
}

interface ScryptParameters {
  readonly name: 'scrypt'
  readonly salt: string
  readonly n: number
  readonly r: number
  readonly p: number
}

/** Gives the bytes of a key file; the seal does no input of its own. */
export type ReadKeyFile = (path: string) => Promise<Uint8Array>

// OWASP's middle setting: 32 MiB and a fraction of a second, once per process and file.
const costs = { n: 32_768, r: 8, p: 3 } as const

/** Seals texts with one key and opens them with that or an earlier one. */
export class Seal {
  readonly #keys: readonly SealingKey[]
  readonly #readKeyFile: ReadKeyFile
  readonly #derived = new Map<string, Promise<Uint8Array>>()
  #parameters: ScryptParameters | undefined

  /** @param keys the one to seal with, then those of before */
  constructor(keys: readonly [SealingKey, ...SealingKey[]], readKeyFile: ReadKeyFile) {
    this.#keys = keys
    this.#readKeyFile = readKeyFile
    for (const key of keys) if ('passphrase' in key) toSecret(key.passphrase)
  }

  /** @param context bound to the text: it opens only under the same */
  async close(text: string, context: string): Promise<SealedText> {
    const [own] = this.#keys
    if (own === undefined) throw new InvalidArgumentError('There is no key to seal with.')
    let kdf: ScryptParameters | null = null
    if ('passphrase' in own) {
      this.#parameters ??= { name: 'scrypt', salt: randomBytes(16).toString('base64'), ...costs }
      kdf = this.#parameters
    }
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', await this.#bytesOf(own, kdf), iv)
    cipher.setAAD(Buffer.from(context, 'utf8'))
    const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return {
      alg: 'aes-256-gcm',
      kdf,
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64'),
    }
  }

  /** The text, and whether it was sealed with the key that is used now; undefined when no key opens it. */
  async open(
    sealed: SealedText,
    context: string,
  ): Promise<{ readonly text: string; readonly isCurrent: boolean } | undefined> {
    for (const [index, key] of this.#keys.entries()) {
      if ('passphrase' in key !== (sealed.kdf !== null)) continue
      const text = decipher(sealed, await this.#bytesOf(key, sealed.kdf), context)
      if (text === undefined) continue
      if (index === 0 && sealed.kdf !== null) this.#parameters ??= sealed.kdf
      return { text, isCurrent: index === 0 }
    }
    return undefined
  }

  async #bytesOf(key: SealingKey, kdf: ScryptParameters | null): Promise<Uint8Array> {
    if ('key' in key) {
      return requireKey(typeof key.key === 'function' ? await key.key() : key.key)
    }
    if ('keyFile' in key) return parseKey(await this.#readKeyFile(key.keyFile))
    if (kdf === null) throw new InvalidArgumentError('A passphrase needs the parameters of scrypt.')
    const passphrase = toSecret(key.passphrase).reveal()
    const name = `${createHash('sha256').update(passphrase).digest('hex')} ${JSON.stringify(kdf)}`
    const known = this.#derived.get(name) ?? derive(passphrase, kdf)
    this.#derived.set(name, known)
    return known
  }
}

/** Reads what {@link Seal.close} gave; undefined for anything else, also for costs nobody would choose. */
export function parseSealedText(
  members: Readonly<Record<string, unknown>>,
): SealedText | undefined {
  const { alg, kdf, iv, tag, data } = members
  if (alg !== 'aes-256-gcm') return undefined
  if (typeof iv !== 'string' || typeof tag !== 'string' || typeof data !== 'string')
    return undefined
  if (kdf === null) return { alg, kdf, iv, tag, data }
  if (typeof kdf !== 'object') return undefined
  const { name, salt, n, r, p } = kdf as Readonly<Record<string, unknown>>
  if (name !== 'scrypt' || typeof salt !== 'string') return undefined
  if (!isWithin(n, 1_048_576) || !isWithin(r, 32) || !isWithin(p, 16)) return undefined
  return { alg, kdf: { name, salt, n, r, p }, iv, tag, data }
}

function isWithin(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most
}

function decipher(sealed: SealedText, key: Uint8Array, context: string): string | undefined {
  const tag = Buffer.from(sealed.tag, 'base64')
  // A shortened tag would be easier to forge.
  if (tag.length !== 16) return undefined
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'), {
      authTagLength: 16,
    })
    cipher.setAAD(Buffer.from(context, 'utf8'))
    cipher.setAuthTag(tag)
    const data = cipher.update(Buffer.from(sealed.data, 'base64'))
    return Buffer.concat([data, cipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

function derive(passphrase: string, { salt, n, r, p }: ScryptParameters): Promise<Uint8Array> {
  const options: ScryptOptions = { N: n, r, p, maxmem: 256 * n * r + 1_048_576 }
  return new Promise((resolve, reject) => {
    scrypt(passphrase, Buffer.from(salt, 'base64'), 32, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

function parseKey(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 32) return bytes
  const text = Buffer.from(bytes).toString('latin1').trim()
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return requireKey(Buffer.from(text, 'base64'))
  return requireKey(bytes)
}

function requireKey(key: Uint8Array): Uint8Array {
  if (key.length === 32) return key
  throw new InvalidArgumentError(`A key has 32 bytes; this one has ${key.length}.`, {
    remedy: 'Make one, for instance with: openssl rand -base64 32',
  })
}
