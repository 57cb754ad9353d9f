import { InvalidArgumentError } from '../errors.ts'
import { type ApiBehaviour, resolveBehaviour } from './api-server/behaviour.ts'
import { type AuthBehaviour, resolveAuthBehaviour } from './auth-server/auth-behaviour.ts'

/** Switches for what the sources about the original disagree on, or do not say. */
export interface SandboxBehaviour extends ApiBehaviour, AuthBehaviour {
  /**
   * Whether what the server does by itself after a trading request, such as protecting a new position, carries that
   * request's `clientMsgId`.
   * @defaultValue false
   */
  readonly tagServerEvents: boolean
}

/** The switches of each part, with what was left out filled in. */
export interface SettledBehaviour {
  readonly api: ApiBehaviour
  /** Only those that were given: the server fills in the rest, and knows the lifetimes that were given elsewhere. */
  readonly auth: Partial<AuthBehaviour>
  readonly tagServerEvents: boolean
}

/**
 * Hands each switch to the part that it belongs to.
 *
 * @throws InvalidArgumentError for a switch that does not exist or a position it does not have
 */
export function settleBehaviour(given: Partial<SandboxBehaviour> = {}): SettledBehaviour {
  const { tagServerEvents = false, ...rest } = given
  for (const [name, value] of Object.entries({ tagServerEvents })) {
    if (typeof value === 'boolean') continue
    throw new InvalidArgumentError(`The switch ${name} is true or false, not ${String(value)}.`)
  }
  const api = Object.keys(resolveBehaviour())
  const auth = Object.keys(resolveAuthBehaviour())
  const unknown = Object.keys(rest).find((name) => !(api.includes(name) || auth.includes(name)))
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`There is no switch "${unknown}".`, {
      facts: { switch: unknown },
      remedy: `The switches are ${[...api, ...auth, 'tagServerEvents'].join(', ')}.`,
    })
  }
  const pick = (names: readonly string[]): object =>
    Object.fromEntries(Object.entries(rest).filter(([name]) => names.includes(name)))
  const settled: Partial<AuthBehaviour> = pick(auth)
  // What is wrong with it is said before anything has been started.
  resolveAuthBehaviour(settled)
  return {
    api: resolveBehaviour(pick(api)),
    auth: settled,
    tagServerEvents,
  }
}
