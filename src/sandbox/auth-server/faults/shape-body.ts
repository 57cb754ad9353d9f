import type { AuthFaultAction } from './fault-rule.ts'

const twins = {
  accessToken: 'access_token',
  refreshToken: 'refresh_token',
  expiresIn: 'expires_in',
} as const

/** The text of an answer as the fault leaves it. Faults of fields leave alone what is no JSON. */
export function shapeBody(action: AuthFaultAction, text: string): string {
  if (action.kind !== 'truncate' && action.kind !== 'oversize' && !text.startsWith('{')) return text
  switch (action.kind) {
    case 'truncate':
      return text.slice(0, action.keep ?? Math.floor(text.length / 2))
    case 'oversize':
      // Still good JSON: only a reader that counts notices.
      return `${' '.repeat(action.bytes ?? 1_048_576)}${text}`
    case 'fields': {
      const removed = new Set(action.remove)
      const kept = Object.entries(parse(text)).filter(([name]) => !removed.has(name))
      return JSON.stringify({ ...Object.fromEntries(kept), ...action.set })
    }
    case 'expires-in':
      return text.replace(
        /"(expiresIn|expires_in)":[^,}]*/g,
        (_all, name) => `"${name}":${action.text}`,
      )
    case 'conflicting-spellings': {
      const field = action.field ?? 'accessToken'
      const body = parse(text)
      const value = body[field] ?? body[twins[field]]
      if (value === undefined) return text
      return JSON.stringify({ ...body, [field]: value, [twins[field]]: other(value) })
    }
    case 'duplicate-key': {
      const key = action.key ?? 'accessToken'
      const value = parse(text)[key]
      return value === undefined
        ? text
        : `{${JSON.stringify(key)}:${JSON.stringify(other(value))},${text.slice(1)}`
    }
    default:
      return text
  }
}

function parse(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>
}

/** A value that looks the same and is not. */
function other(value: unknown): unknown {
  return typeof value === 'number' ? value + 1 : [...String(value)].reverse().join('')
}
