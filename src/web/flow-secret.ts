import type { RandomBytes } from '../oauth/index.ts'

const textOf = new TextDecoder()
const bytesOf = new TextEncoder()
const systemRandom: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count))

/**
 * What a browser's cookie holds: 32 unpredictable bytes. The server keeps only a digest to find the login by, and seals
 * what is secret about it with a key derived from them, so that a copy of its store opens nothing.
 */
export class FlowSecret {
  /** The value of the cookie. */
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  static create(random: RandomBytes = systemRandom): FlowSecret {
    return new FlowSecret(base64url(random(32)))
  }

  /** Undefined for a text that cannot be one. */
  static parse(text: string): FlowSecret | undefined {
    return /^[A-Za-z0-9_-]{43}$/.test(text) ? new FlowSecret(text) : undefined
  }

  /** What the server finds the login by. */
  async id(): Promise<string> {
    return digestOf(`flow:${this.text}`)
  }

  /** Encrypts a text that only this secret opens. */
  async seal(text: string): Promise<string> {
    const iv = systemRandom(12) as Uint8Array<ArrayBuffer>
    const sealed = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv },
      await this.#key(),
      bytesOf.encode(text),
    )
    return `${base64url(iv)}.${base64url(new Uint8Array(sealed))}`
  }

  /** Undefined for a text that this secret did not seal, or that was changed. */
  async open(sealed: string): Promise<string | undefined> {
    const [iv = '', body = ''] = sealed.split('.')
    try {
      const text = await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv: fromBase64url(iv) },
        await this.#key(),
        fromBase64url(body),
      )
      return textOf.decode(text)
    } catch {
      return undefined
    }
  }

  async #key(): Promise<Awaited<ReturnType<typeof crypto.subtle.importKey>>> {
    const material = await crypto.subtle.importKey(
      'raw',
      bytesOf.encode(this.text),
      'HKDF',
      false,
      ['deriveKey'],
    )
    return crypto.subtle.deriveKey(
      {
        name: 'HKDF',
        hash: 'SHA-256',
        salt: new Uint8Array(0),
        info: bytesOf.encode('ctrader-open-api web login'),
      },
      material,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt', 'decrypt'],
    )
  }
}

/** SHA-256 of a text, in base64url. */
export async function digestOf(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf.encode(text))))
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}
