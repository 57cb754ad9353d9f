const brand = Symbol.for('ctrader-open-api.error')

/** What an error knows about its circumstances. Values are plain data; secrets are never among them. */
export type ErrorFacts = Readonly<Record<string, ErrorFact>>
export type ErrorFact = string | number | bigint | boolean | null | undefined | readonly ErrorFact[]

export interface CTraderErrorOptions {
  /** What was found, as data: the values a program would want to branch on or log. */
  readonly facts?: ErrorFacts
  /** One sentence that says what the reader can do about it. */
  readonly remedy?: string
  /** The lower-level failure behind this one. */
  readonly cause?: unknown
}

/**
 * Root of every error this package throws on purpose.
 *
 * `code` is stable across releases and safe to branch on; the text is for people and may change.
 * `instanceof CTraderError` also recognises errors of a second copy of the package in the same program.
 */
export class CTraderError extends Error {
  /** Stable, SCREAMING_SNAKE_CASE. */
  readonly code: string
  /** What was found, as data. */
  readonly facts: ErrorFacts
  /** What to do about it; empty where there is nothing to advise. */
  readonly remedy: string

  constructor(code: string, summary: string, options: CTraderErrorOptions = {}) {
    const remedy = options.remedy ?? ''
    super(
      remedy === '' ? summary : `${summary} ${remedy}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
    this.facts = options.facts ?? {}
    this.remedy = remedy
    Object.defineProperty(this, brand, { value: true })
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true })
  }

  /** Plain data for structured logs; 64-bit integers become decimal strings. */
  toJSON(): { name: string; code: string; message: string; facts: Record<string, unknown> } {
    const facts: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(this.facts)) {
      facts[key] = typeof value === 'bigint' ? value.toString() : value
    }
    return { name: this.name, code: this.code, message: this.message, facts }
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // Subclasses inherit this method; only the root is recognised across copies of the package.
    // biome-ignore lint/complexity/noThisInStatic: the receiver tells the root from a subclass
    if (this !== CTraderError) return Function.prototype[Symbol.hasInstance].call(this, value)
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** A value handed to this package is not usable: wrong type, out of range, or contradicting another one. */
export class InvalidArgumentError extends CTraderError {
  constructor(summary: string, options: CTraderErrorOptions = {}) {
    super('INVALID_ARGUMENT', summary, options)
  }
}
