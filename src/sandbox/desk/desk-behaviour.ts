import { InvalidArgumentError } from '../../errors.ts'

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

const choices: { readonly [K in keyof DeskBehaviour]: readonly DeskBehaviour[K][] } = {
  // The first of each is the default.
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
  const result: Record<string, unknown> = {}
  for (const [name, positions] of Object.entries(choices)) result[name] = positions[0]
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const positions: readonly unknown[] = choices[name as keyof DeskBehaviour] ?? []
    if (!positions.includes(value)) {
      throw new InvalidArgumentError(`The switch ${name} cannot be ${String(value)}.`, {
        facts: { switch: name, value: String(value) },
        remedy:
          positions.length === 0
            ? `The switches are ${Object.keys(choices).join(', ')}.`
            : `Choose one of ${positions.map(String).join(', ')}.`,
      })
    }
    result[name] = value
  }
  return result as unknown as DeskBehaviour
}
