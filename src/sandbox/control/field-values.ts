import { say } from '../../say.ts'
import { ControlArgumentError } from './errors.ts'

/** What stands behind a name. @throws ControlArgumentError */
export function named<T>(field: string, values: Readonly<Record<string, T>>, name: string): T {
  const found = Object.hasOwn(values, name) ? values[name] : undefined
  if (found !== undefined) return found
  throw wrong(field, name, `Choose one of ${Object.keys(values).join(', ')}.`)
}

export function wrong(field: string, value: unknown, remedy: string): ControlArgumentError {
  return new ControlArgumentError(`${field} cannot be ${say(value)}.`, {
    facts: { field, value: say(value) },
    remedy,
  })
}

/** The name of what stands behind it. */
export function nameOf<K extends string>(values: Readonly<Record<K, number>>, value: number): K {
  const found = (Object.keys(values) as K[]).find((name) => values[name] === value)
  if (found === undefined) throw new Error(`${value} is none of ${Object.keys(values).join(', ')}.`)
  return found
}
