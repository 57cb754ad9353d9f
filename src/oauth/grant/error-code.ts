/** The stable code of an error, for logs. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'UNKNOWN'
  const code: unknown = 'code' in error ? error.code : undefined
  if (typeof code === 'string' && /^[A-Z0-9][A-Z0-9_]{1,60}$/.test(code)) return code
  return error instanceof Error ? error.name : 'UNKNOWN'
}
