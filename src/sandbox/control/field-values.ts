import { findOptionSlip, type OptionNames } from '../../known-options.ts'
import { say } from '../../say.ts'
import type { Instrument, SandboxAccount, World } from '../world/index.ts'
import { ControlArgumentError, ControlNotFoundError } from './errors.ts'

/**
 * Refuses what is no object, and fields that do not exist: a choice of tokens with a misspelt name would be that of all.
 *
 * @throws ControlArgumentError
 */
export function checkFields<T>(call: string, given: unknown, known: OptionNames<T>): void {
  const slip = findOptionSlip(call, given, known)
  if (slip !== undefined) throw new ControlArgumentError(slip.summary, slip)
}

/** An account that there is. @throws ControlNotFoundError */
export function requireAccount(world: World, account: number): SandboxAccount {
  const found = world.accounts.find(({ accountId }) => accountId === account)
  if (found !== undefined) return found
  const known = world.accounts.map(({ accountId }) => accountId)
  throw new ControlNotFoundError('account', account, known)
}

/** A symbol that there is, as it started. @throws ControlNotFoundError */
export function requireInstrument({ instruments }: World, symbol: string): Instrument {
  const all = [...instruments.values()]
  const found = all.find(({ name }) => name === symbol)
  if (found !== undefined) return found
  const known = all.map(({ name }) => name)
  throw new ControlNotFoundError('symbol', symbol, known)
}

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
