import { InvalidArgumentError } from '../errors.ts'
import { type ApiBehaviour, resolveBehaviour } from './api-server/behaviour.ts'
import { type AuthBehaviour, resolveAuthBehaviour } from './auth-server/auth-behaviour.ts'
import { type DeskBehaviour, resolveDeskBehaviour } from './desk/desk-behaviour.ts'

/** Switches for what the sources about the original disagree on, or do not say. */
export interface SandboxBehaviour extends ApiBehaviour, AuthBehaviour, DeskBehaviour {}

/** The switches of each part, with what was left out filled in. */
export interface SettledBehaviour {
  readonly api: ApiBehaviour
  /** Only those that were given: the server fills in the rest, and knows the lifetimes that were given elsewhere. */
  readonly auth: Partial<AuthBehaviour>
  readonly desk: DeskBehaviour
}

/**
 * Hands each switch to the part that it belongs to.
 *
 * @throws InvalidArgumentError for a switch that does not exist or a position it does not have
 */
export function settleBehaviour(given: Partial<SandboxBehaviour> = {}): SettledBehaviour {
  const api = Object.keys(resolveBehaviour())
  const auth = Object.keys(resolveAuthBehaviour())
  const desk = Object.keys(resolveDeskBehaviour())
  const known = [...api, ...auth, ...desk]
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`There is no switch "${unknown}".`, {
      facts: { switch: unknown },
      remedy: `The switches are ${known.join(', ')}.`,
    })
  }
  const pick = (names: readonly string[]): object =>
    Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)))
  const settled: Partial<AuthBehaviour> = pick(auth)
  // What is wrong with it is said before anything has been started.
  resolveAuthBehaviour(settled)
  return {
    api: resolveBehaviour(pick(api)),
    auth: settled,
    desk: resolveDeskBehaviour(pick(desk)),
  }
}
