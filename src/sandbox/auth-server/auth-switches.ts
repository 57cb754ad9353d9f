import { InvalidArgumentError } from '../../errors.ts'
import type { GrantPolicy, Identity } from '../identity/index.ts'
import { type AuthBehaviour, authorizationPresets, resolveAuthBehaviour } from './auth-behaviour.ts'

/** The switches of a running authorization server. */
export interface AuthSwitchControl {
  /** Where they stand. */
  readonly current: AuthBehaviour
  /** Where they stood when the server was started. */
  readonly initial: AuthBehaviour
  /**
   * Sets some of them; what has been granted before keeps its lifetimes.
   *
   * @throws InvalidArgumentError for a switch that does not exist or a position it does not have
   */
  set(changes: Partial<AuthBehaviour>): void
  /** Sets all of them to a preset, and then some. */
  use(preset: keyof typeof authorizationPresets, changes?: Partial<AuthBehaviour>): void
  /** Back to where they stood when the server was started. */
  reset(): void
}

/** Keeps the switches, and the rules of the grants in step with them. */
export class AuthSwitches implements AuthSwitchControl {
  readonly #identity: Identity
  readonly initial: AuthBehaviour
  #current: AuthBehaviour

  /** The rules that the identity has count where a switch was left out. */
  constructor(given: Partial<AuthBehaviour>, identity: Identity) {
    this.#identity = identity
    const base = { ...authorizationPresets.ctrader, ...identity.policy }
    this.initial = Object.freeze(resolveAuthBehaviour(given, base))
    this.#current = this.initial
    this.#apply(this.initial)
  }

  get current(): AuthBehaviour {
    return this.#current
  }

  set(changes: Partial<AuthBehaviour>): void {
    this.#apply(resolveAuthBehaviour(changes, this.#current))
  }

  use(preset: keyof typeof authorizationPresets, changes: Partial<AuthBehaviour> = {}): void {
    if (!Object.hasOwn(authorizationPresets, preset)) {
      throw new InvalidArgumentError(`There is no preset "${String(preset)}".`, {
        remedy: `Choose one of ${Object.keys(authorizationPresets).join(', ')}.`,
      })
    }
    this.#apply(resolveAuthBehaviour(changes, authorizationPresets[preset]))
  }

  reset(): void {
    this.#apply(this.initial)
  }

  #apply(behaviour: AuthBehaviour): void {
    const policy: GrantPolicy = {
      tokenLifetimeSeconds: behaviour.tokenLifetimeSeconds,
      codeLifetimeSeconds: behaviour.codeLifetimeSeconds,
      reconsentInvalidates: behaviour.reconsentInvalidates,
      codeReplayRevokes: behaviour.codeReplayRevokes,
      refreshReplayRevokes: behaviour.refreshReplayRevokes,
      refreshGraceSeconds: behaviour.refreshGraceSeconds,
      refreshRotation: behaviour.refreshRotation,
      oldAccessTokenSeconds: behaviour.oldAccessTokenSeconds,
    }
    // Refuses a lifetime that is none, before anything has changed.
    this.#identity.changePolicy(policy)
    this.#current = Object.freeze({ ...behaviour })
  }
}
