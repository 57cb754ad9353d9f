import type { JsonValue } from '../../protocol/index.ts'
import { removed } from './redaction.ts'

/** Whether a value is what was recorded, where anything may stand in the place of what was removed. */
export function isLike(recorded: JsonValue | undefined, given: JsonValue | undefined): boolean {
  if (typeof recorded === 'string') return typeof given === 'string' && isLikeText(recorded, given)
  if (typeof recorded !== 'object' || recorded === null) return Object.is(recorded, given)
  if (typeof given !== 'object' || given === null) return false
  if (Array.isArray(recorded) !== Array.isArray(given)) return false
  const [fields, others] = [recorded, given] as readonly Readonly<Record<string, JsonValue>>[]
  const names = new Set([...Object.keys(recorded), ...Object.keys(given)])
  return [...names].every((name) => isLike(fields?.[name], others?.[name]))
}

function isLikeText(recorded: string, given: string): boolean {
  const [first = '', ...rest] = recorded.split(removed)
  const last = rest.pop()
  if (last === undefined) return recorded === given
  if (!given.startsWith(first)) return false
  let at = first.length
  for (const piece of rest) {
    const found = given.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return given.length - last.length >= at && given.endsWith(last)
}
