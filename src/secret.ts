import { createHash } from 'node:crypto'
import { InvalidArgumentError } from './errors.ts'

const text = '[secret]'

/**
 * A string that must not be seen: a client secret, a token, an authorization code.
 *
 * Converting it to text, to JSON or inspecting it (with or without custom inspection) shows `[secret]`.
 * The only way to its value is {@link Secret.reveal}, so that every use can be found by name.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    if (typeof value !== 'string' || value === '') {
      throw new InvalidArgumentError('A secret must be a string of at least one character.')
    }
    this.#value = value
    Object.freeze(this)
  }

  /** The value itself. Hand it straight to the wire; never keep, log or print it. */
  reveal(): string {
    return this.#value
  }

  /** Whether both hold the same value. */
  equals(other: Secret): boolean {
    return this.#value === other.#value
  }

  /** Eight hexadecimal digits by which people can tell whether two values are the same, without seeing either. */
  fingerprint(): string {
    return createHash('sha256').update(this.#value).digest('hex').slice(0, 8)
  }

  toString(): string {
    return text
  }

  [Symbol.toPrimitive](): string {
    return text
  }

  get [Symbol.toStringTag](): string {
    return 'Secret'
  }

  toJSON(): string {
    return text
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return text
  }
}

/** Wraps a plain string; leaves a {@link Secret} as it is. */
export function toSecret(value: string | Secret): Secret {
  return value instanceof Secret ? value : new Secret(value)
}
