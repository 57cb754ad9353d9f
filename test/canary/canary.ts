import { createHash } from 'node:crypto'

/** A secret that was seen where none may be. It tells which one only by its fingerprint. */
export interface Leak {
  readonly where: string
  readonly fingerprint: string
  /** What stands around it, without it. */
  readonly around: string
}

// Shorter ones stand in ordinary words.
const shortest = 12

/**
 * Knows the secrets of a run and looks for them in everything that the run says: raw, and in the forms in which a text
 * gets into a URL, a header or JSON.
 */
export class Canary {
  readonly #secrets = new Map<string, string>()
  readonly #texts = new Map<string, string>()
  readonly #found = new Map<string, Leak>()
  #watched = 0
  #kept = 0

  /** How many secrets are known. */
  get secrets(): number {
    return new Set(this.#secrets.values()).size
  }

  /** How many texts were looked at. */
  get watched(): number {
    return this.#watched
  }

  /** From now on this must not be seen anywhere. */
  learn(secret: string): void {
    if (secret.length < shortest) return
    const forms = [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ a: secret }).toString().slice(2),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('hex'),
      ...[0, 1, 2].flatMap((before) => insideBase64(secret, before)),
    ]
    const fingerprint = createHash('sha256').update(secret).digest('hex').slice(0, 8)
    for (const form of forms) this.#secrets.set(form, fingerprint)
  }

  /** @param where in the report: what kind of text it is */
  watch(where: string, text: string): void {
    this.#watched += 1
    if (text.length < shortest || this.#texts.has(text)) return
    this.#texts.set(text, where)
    this.#kept += text.length
    // What is known by now is what a text can have leaked; nothing grows without bound.
    if (this.#kept > 16_000_000) this.#look()
  }

  /** Everything found so far. */
  leaks(): readonly Leak[] {
    this.#look()
    return [...this.#found.values()]
  }

  #look(): void {
    const all = [...this.#texts.keys()].join('\n')
    for (const [form, fingerprint] of this.#secrets) {
      if (!all.includes(form)) continue
      for (const [text, where] of this.#texts) {
        const at = text.indexOf(form)
        if (at === -1) continue
        const around = this.#without(
          `${text.slice(Math.max(0, at - 80), at)}[...]${text.slice(at + form.length).slice(0, 80)}`,
        )
        this.#found.set(`${where} ${fingerprint}`, { where, fingerprint, around })
      }
    }
    this.#texts.clear()
    this.#kept = 0
  }

  /** A report that repeats a secret would be a leak itself. */
  #without(text: string): string {
    let shown = text
    for (const form of this.#secrets.keys()) shown = shown.replaceAll(form, '[...]')
    return shown
  }
}

/** How a text shows itself in the middle of base64, by the number of bytes before it beyond threes. */
function insideBase64(text: string, before: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
  // Signs that hold bits of what stands before or after are not the text's own.
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3))
  const first = Math.ceil((before * 8) / 6)
  return [whole.toString('base64').slice(first), whole.toString('base64url').slice(first)]
}

/** The report of leaks, for people. */
export function describeLeaks(leaks: readonly Leak[]): string {
  const lines = leaks.map(
    ({ where, fingerprint, around }) =>
      `  ${where}: secret ${fingerprint} in ${JSON.stringify(around)}`,
  )
  return `Secrets were seen where none may be:\n${lines.join('\n')}`
}
