import { createHash, timingSafeEqual } from 'node:crypto'

/** Stands for a secret in a table, so that finding it takes no longer the more of it was guessed. */
export function fingerprint(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('base64')
}

/** The S256 challenge that belongs to a verifier (RFC 7636, section 4.2). */
export function challengeOf(verifier: string | undefined): string | undefined {
  if (verifier === undefined) return undefined
  return createHash('sha256').update(verifier, 'ascii').digest('base64url')
}

/** Compares two secrets in a time that tells nothing about how alike they are. */
export function sameSecret(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest()
  return timingSafeEqual(digest(one), digest(other))
}
