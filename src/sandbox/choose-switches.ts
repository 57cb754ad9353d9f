import { InvalidArgumentError } from '../errors.ts'

/** The positions that each switch has. The first is the default. */
export type SwitchPositions<Switches> = {
  readonly [K in keyof Switches]: readonly Switches[K][]
}

/**
 * The switches with what was left out filled in.
 *
 * @param noun what an error calls them
 * @throws InvalidArgumentError for a switch that does not exist or a position it does not have
 */
export function chooseSwitches<Switches>(
  noun: string,
  choices: SwitchPositions<Switches>,
  given: Partial<Switches>,
): Switches {
  const result: Record<string, unknown> = {}
  for (const [name, positions] of Object.entries<readonly unknown[]>(choices)) {
    result[name] = positions[0]
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const positions: readonly unknown[] = choices[name as keyof Switches] ?? []
    if (!positions.includes(value)) {
      throw new InvalidArgumentError(`The ${noun} ${name} cannot be ${String(value)}.`, {
        facts: { switch: name, value: String(value) },
        remedy:
          positions.length === 0
            ? `The switches are ${Object.keys(choices).join(', ')}.`
            : `Choose one of ${positions.map(String).join(', ')}.`,
      })
    }
    result[name] = value
  }
  return result as unknown as Switches
}
