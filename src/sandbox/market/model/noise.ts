/**
 * Chance that is looked up, not drawn: a number follows from a seed and two whole numbers, whatever was asked before. So
 * any stretch of time can be made by itself, in any order, and is always the same.
 *
 * Everything in this folder uses + - * / and the square root only, whose last digit the language fixes.
 */
function hash(seed: number, a: number, b: number): number {
  return hashFrom(stem(seed, a), b)
}

/** The part of a hash that does not depend on its last number: to be made once where many share it. */
export function stem(seed: number, a: number): number {
  const word = Math.imul(seed ^ a, 0x9e3779b1)
  return word ^ (word >>> 15)
}

/** {@link hash} from its stem. */
export function hashFrom(stem: number, b: number): number {
  let word = Math.imul(stem ^ b, 0x85ebca77)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae3d)
  word = Math.imul(word ^ (word >>> 16), 0x27d4eb2f)
  return word ^ (word >>> 15)
}

const two32 = 4_294_967_296

/** A number from 0 up to, but not including, 1. */
export function uniform(seed: number, a: number, b: number): number {
  return uniformFrom(stem(seed, a), b)
}

/** {@link uniform} from the stem of its seed and first number. */
export function uniformFrom(stem: number, b: number): number {
  return (hashFrom(stem, b) >>> 0) / two32
}

// The variance of four numbers of 16 bits each is 4 * (65536^2 - 1) / 12.
const spreadOfFour = 37_837.227
const meanOfFour = 131_070

/** Near enough to a standard normal: four uniform numbers, centred and scaled; from -3.46 to 3.46. */
export function normal(seed: number, a: number, b: number): number {
  return normalFrom(stem(seed, a), a, b)
}

/** {@link normal} from the stem of its seed and first number. */
export function normalFrom(stem: number, a: number, b: number): number {
  const one = hashFrom(stem, b)
  const two = hash(one, a, b ^ 0x5bd1e995)
  const sum = (one & 0xffff) + (one >>> 16) + (two & 0xffff) + (two >>> 16)
  return (sum - meanOfFour) / spreadOfFour
}

/** How many bits of a word are set. */
export function bitsOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
