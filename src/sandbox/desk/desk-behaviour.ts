import { chooseSwitches, type SwitchPositions } from '../choose-switches.ts'

/** What the sources about the original disagree on, or do not say, about trading. */
export interface DeskBehaviour {
  /**
   * Whether what the server does by itself after a trading request, such as protecting a new position, carries that
   * request's `clientMsgId`.
   * @defaultValue false
   */
  readonly tagServerEvents: boolean
  /**
   * What becomes of the part of an immediate-or-cancel limit order that is not filled at once: documented as cancelled,
   * seen working on once.
   * @defaultValue 'cancelled'
   */
  readonly limitRest: 'cancelled' | 'working'
  /**
   * When the margin of positions is worked out: when they are opened or added to, or anew for all positions of a symbol
   * whenever one of them changes. Brokers choose.
   * @defaultValue 'opening'
   */
  readonly marginUpdates: 'opening' | 'every-change'
}

const choices: SwitchPositions<DeskBehaviour> = {
  tagServerEvents: [false, true],
  limitRest: ['cancelled', 'working'],
  marginUpdates: ['opening', 'every-change'],
}

/**
 * The switches with what was left out filled in.
 *
 * @throws InvalidArgumentError for a switch that does not exist or a position it does not have
 */
export function resolveDeskBehaviour(given: Partial<DeskBehaviour> = {}): DeskBehaviour {
  return chooseSwitches('switch', choices, given)
}
