import type { Secret } from '../../secret.ts'

/** Returns the text without the secrets it was made for. */
export type Scrubber = (text: string) => string

const mask = '[secret]'

/**
 * Replaces secrets in texts that come from outside: a server may repeat the request in its complaint. Finds them
 * plain, URL-encoded, form-encoded, in base64 and JSON-escaped. A secret shorter than 8 characters is replaced only
 * where it stands alone, or ordinary words would suffer.
 */
export function createScrubber(secrets: readonly Secret[]): Scrubber {
  const patterns: RegExp[] = []
  for (const form of new Set(secrets.flatMap((secret) => formsOf(secret.reveal())))) {
    const literal = form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
    patterns.push(
      form.length < 8
        ? new RegExp(`(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, 'g')
        : new RegExp(literal, 'g'),
    )
  }
  return (text) => patterns.reduce((left, pattern) => left.replace(pattern, mask), text)
}

/**
 * Makes a server's words fit for messages, logs and terminals: no secrets, no control or invisible characters, one
 * line, at most `limit` characters.
 */
export function cleanServerText(text: string, scrub: Scrubber, limit = 300): string {
  const plain = scrub(text.slice(0, 65_536))
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Cs}]/gu, '')
    .replace(/ {2,}/g, ' ')
    .trim()
  // Once more: an invisible character inside a secret would have hidden it from the first pass.
  const clean = scrub(plain)
  return clean.length > limit ? `${clean.slice(0, limit - 3)}...` : clean
}

function formsOf(value: string): string[] {
  const bytes = new TextEncoder().encode(value)
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  const form = new URLSearchParams({ v: value }).toString().slice(2)
  // A lone surrogate has no URL encoding; the form encoding replaces it, and so does this.
  const url = encodeURIComponent(new TextDecoder().decode(bytes))
  const lower = (text: string): string =>
    text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
  return [
    value,
    url,
    lower(url),
    form,
    lower(form),
    base64,
    base64.replaceAll('=', ''),
    base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
    JSON.stringify(value).slice(1, -1),
  ]
}
