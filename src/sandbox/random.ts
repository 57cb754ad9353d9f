import { InvalidArgumentError } from '../errors.ts'

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const two32 = 4_294_967_296

/** Where a generator stands: four 32-bit words. */
export type RandomState = readonly [number, number, number, number]

/**
 * Repeatable randomness: the same seed gives the same numbers on every machine and every Node version, because the
 * arithmetic is on 32-bit integers only (Chris Doty-Humphrey's sfc32).
 *
 * Not for real secrets. The sandbox's tokens come from here on purpose, so that a run can be repeated.
 */
export class Random {
  readonly #seed: number
  #a: number
  #b: number
  #c: number
  #counter: number

  /** @param seed any integer from -(2^53-1) to 2^53-1. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) {
      throw new InvalidArgumentError(`The seed ${seed} is not an integer.`, {
        facts: { seed },
        remedy: 'Give a whole number from -(2^53-1) to 2^53-1.',
      })
    }
    this.#seed = seed
    this.#a = seed | 0
    this.#b = Math.floor(seed / two32) | 0
    this.#c = 0x9e3779b9 | 0
    this.#counter = 1
    // Neighbouring seeds start alike; by now they have parted.
    for (let round = 0; round < 15; round++) this.#word()
  }

  /** A number from 0 up to, but not including, 1; a multiple of 2^-32. */
  next(): number {
    return this.#word() / two32
  }

  /** A whole number from 0 up to, but not including, `below`, every one equally likely. */
  integer(below: number): number {
    if (!Number.isSafeInteger(below) || below < 1) {
      throw new InvalidArgumentError(`Cannot draw a whole number below ${below}.`, {
        facts: { below },
        remedy: 'Give an integer from 1 to 2^53-1.',
      })
    }
    const wide = below > two32
    const range = wide ? Number.MAX_SAFE_INTEGER + 1 : two32
    // The part of the range that is no whole multiple of `below` would favour small results.
    const fair = range - (range % below)
    for (;;) {
      const drawn = wide ? (this.#word() >>> 11) * two32 + this.#word() : this.#word()
      if (drawn < fair) return drawn % below
    }
  }

  /** A text of `length` characters of `alphabet`; the default alphabet is that of URL-safe base64. */
  token(length: number, alphabet: string = base64url): string {
    let text = ''
    for (let index = 0; index < length; index++)
      text += alphabet.charAt(this.integer(alphabet.length))
    return text
  }

  /**
   * A generator of its own for one purpose. It depends on this one's seed and the label, not on how much has been drawn
   * here, so a new consumer never changes what the others get.
   */
  fork(label: string): Random {
    let low = 0x811c9dc5 ^ this.#seed
    let high = 0x01000193 ^ Math.floor(this.#seed / two32)
    for (let index = 0; index < label.length; index++) {
      const unit = label.charCodeAt(index)
      low = Math.imul(low ^ unit, 0x01000193)
      high = Math.imul(high ^ unit ^ (low >>> 15), 0x85ebca6b)
    }
    return new Random((scramble(high ^ label.length) >>> 11) * two32 + (scramble(low ^ high) >>> 0))
  }

  /** Where it stands, to go on from there later. */
  capture(): RandomState {
    return [this.#a, this.#b, this.#c, this.#counter]
  }

  /** Goes on from where it stood. */
  restore([a, b, c, counter]: RandomState): void {
    this.#a = a
    this.#b = b
    this.#c = c
    this.#counter = counter
  }

  #word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }
}

/** Spreads every input bit over the whole 32-bit word (the finaliser of MurmurHash3). */
function scramble(value: number): number {
  let word = value ^ (value >>> 16)
  word = Math.imul(word, 0x85ebca6b)
  word ^= word >>> 13
  word = Math.imul(word, 0xc2b2ae35)
  return word ^ (word >>> 16)
}
