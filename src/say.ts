/** A value in a message: short, and never an object's content or a text that might be a token or another secret. */
export function say(value: unknown): string {
  if (typeof value === 'string') {
    return isShown(value) ? JSON.stringify(value) : `a text of ${value.length} characters`
  }
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

const longestShown = 24

/** Whether a text is surely no secret: neither long nor a run of letters and digits as tokens are. */
export function isShown(text: string): boolean {
  if (text.length > longestShown) return false
  const isRun = text.length >= 12 && /^[\w.~+/=-]+$/.test(text)
  return !(isRun && /[a-z]/i.test(text) && /\d/.test(text))
}
