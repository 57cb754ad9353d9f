import {
  type EnvelopeName,
  type JsonValue,
  type Messages,
  messageToJson,
} from '../../protocol/index.ts'
import { plainForms, secretForms } from './secret-forms.ts'

/** What stands in a recording in place of a secret. */
export const removed = '[removed]'

/** Fields that never get into a recording. */
export const secretFields = ['clientId', 'clientSecret', 'accessToken', 'refreshToken'] as const

// A shorter text stands in ordinary words, and is no secret to anybody who guesses.
const shortest = 4
// Of texts that may be secrets only so many are looked for, and none that is longer than any token: whoever sends junk all
// day must not slow everything down.
const mostSuspects = 200
const longestToken = 8192

type Forms = ReadonlySet<string>
/** From where to where. */
type Span = readonly [start: number, end: number]
type Fields = { readonly [key: string]: JsonValue | undefined }

/** Takes secrets out of what is written down, and remembers them: they are taken out wherever they come up again. */
export class Redaction {
  readonly #secrets = new Map<string, Forms>()
  /** The latest last. */
  readonly #suspects = new Map<string, Forms>()

  /** @param secrets texts that are secret from the start */
  constructor(secrets: Iterable<string> = []) {
    for (const secret of secrets) this.#add(secret)
  }

  /** Texts that came where nobody could read what they are. The latest are kept: what is said next may quote them. */
  suspect(texts: Iterable<string>): void {
    for (const text of texts) {
      if (text.length < shortest || text.length > longestToken || this.#secrets.has(text)) continue
      const forms = this.#suspects.get(text) ?? plainForms(text)
      this.#suspects.delete(text)
      this.#suspects.set(text, forms)
      const [oldest] = this.#suspects.keys()
      if (this.#suspects.size > mostSuspects && oldest !== undefined) this.#suspects.delete(oldest)
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
    const found: Span[] = []
    for (const known of [this.#secrets, this.#suspects]) {
      for (const forms of known.values()) {
        for (const form of forms) findAll(text, form, found)
      }
    }
    return found.length === 0 ? text : cutOut(text, found)
  }

  #add(secret: string): void {
    if (secret.length < shortest || this.#secrets.has(secret)) return
    this.#suspects.delete(secret)
    const forms = secret.length > longestToken ? new Set([secret]) : secretForms(secret)
    this.#secrets.set(secret, forms)
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

function findAll(text: string, form: string, found: Span[]): void {
  for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + form.length)) {
    found.push([at, at + form.length])
  }
}

/** Of spans that overlap all goes: one secret may be the beginning of another. */
function cutOut(text: string, spans: readonly Span[]): string {
  let result = ''
  let done = 0
  let until = 0
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    if (start >= until) {
      result += `${text.slice(done, start)}${removed}`
      until = end
    }
    until = Math.max(until, end)
    done = until
  }
  return result + text.slice(done)
}
