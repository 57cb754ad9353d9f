import { OAuthConfigurationError } from '../errors.ts'
import type { StatePolicy } from '../server/endpoints.ts'

/** Returns that many unpredictable bytes. */
export type RandomBytes = (length: number) => Uint8Array

/** What a callback says about its state. */
export type StateCheck = 'match' | 'mismatch' | 'absent'

const length = 32

const systemRandom: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count))

/** A fresh state: 32 unpredictable bytes in base64url, 43 characters, with no meaning. */
export function createState(random: RandomBytes = systemRandom): string {
  const bytes = random(length)
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) {
    throw new OAuthConfigurationError(`The random source did not give ${length} bytes.`, {
      facts: { option: 'random' },
      remedy: 'Leave it out to use the random source of the platform.',
    })
  }
  return base64url(bytes)
}

/** SHA-256 of a state in base64url: what a server keeps of a pending login instead of the state itself. */
export async function stateDigest(state: string): Promise<string> {
  return base64url(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(state))),
  )
}

/**
 * Compares the state of a callback with the {@link stateDigest} of the expected one, in a time that does not depend
 * on where they differ. No value at all is `absent`; an empty or repeated one is a `mismatch`.
 */
export async function checkState(
  received: string | readonly string[] | null | undefined,
  expectedDigest: string,
): Promise<StateCheck> {
  const values = typeof received === 'string' ? [received] : (received ?? [])
  const [value] = values
  if (value === undefined) return 'absent'
  if (values.length > 1) return 'mismatch'
  return equalInConstantTime(await stateDigest(value), expectedDigest) ? 'match' : 'mismatch'
}

/**
 * Whether a callback may go on. `boundFlow` is true only if exactly one live login, started by the user, is bound to
 * the browser or listener the callback came to.
 */
export function isStateAcceptable(
  check: StateCheck,
  policy: StatePolicy,
  boundFlow: boolean,
): boolean {
  if (check === 'absent') return policy === 'bound-flow' && boundFlow
  return check === 'match'
}

function equalInConstantTime(left: string, right: string): boolean {
  // Both are digests: their length is public.
  if (left.length !== right.length) return false
  let difference = 0
  for (let index = 0; index < left.length; index++) {
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index)
  }
  return difference === 0
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
