import {
  type EnvelopeName,
  type JsonValue,
  type Messages,
  messageToJson,
} from '../../protocol/index.ts'

/** What stands in a recording in place of a secret. */
export const removed = '[removed]'

/** Fields that never get into a recording. */
export const secretFields = ['clientId', 'clientSecret', 'accessToken', 'refreshToken'] as const

// A shorter text stands in ordinary words, and is no secret to anybody who guesses.
const shortest = 4
// Of texts that may be secrets only so many are looked for: whoever sends junk all day must not slow everything down.
const mostSuspects = 200

type Fields = { readonly [key: string]: JsonValue | undefined }

/** Takes secrets out of what is written down, and remembers them: they are taken out wherever they come up again. */
export class Redaction {
  readonly #secrets = new Set<string>()
  #suspects = 0

  /** @param secrets texts that are secret from the start */
  constructor(secrets: Iterable<string> = []) {
    for (const secret of secrets) this.#add(secret)
  }

  /** Texts that came where nobody could read what they are. */
  suspect(texts: Iterable<string>): void {
    for (const text of texts) {
      if (this.#suspects >= mostSuspects) return
      if (this.#add(text)) this.#suspects++
    }
  }

  /** Remembers the secrets of a message. */
  learn(message: object): void {
    for (const name of secretFields) {
      const value: unknown = Reflect.get(message, name)
      if (typeof value === 'string' && value !== removed) this.#add(value)
    }
  }

  /** A message in JSON, without its secrets and without any that is known. */
  message<K extends EnvelopeName>(name: K, message: Messages[K]): Record<string, JsonValue> {
    this.learn(message)
    return this.#fields(messageToJson(name, message))
  }

  text(text: string): string {
    let result = text
    for (const secret of this.#secrets) result = result.replaceAll(secret, removed)
    return result
  }

  #add(secret: string): boolean {
    if (secret.length < shortest || this.#secrets.has(secret)) return false
    this.#secrets.add(secret)
    // As it stands in a URL that somebody quotes.
    this.#secrets.add(encodeURIComponent(Buffer.from(secret).toString()))
    return true
  }

  #fields(content: Fields): Record<string, JsonValue> {
    const names: readonly string[] = secretFields
    const result: Record<string, JsonValue> = {}
    for (const [name, value] of Object.entries(content)) {
      if (value !== undefined) result[name] = names.includes(name) ? removed : this.#value(value)
    }
    return result
  }

  #value(value: JsonValue): JsonValue {
    if (typeof value === 'string') return this.text(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((item: JsonValue) => this.#value(item))
    return this.#fields(value as Fields)
  }
}
