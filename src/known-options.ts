import { type ErrorFacts, InvalidArgumentError } from './errors.ts'
import { isShown, say } from './say.ts'

/** The names of a type's options, complete by type: one that is added to the type is missing here, and the reverse. */
export type OptionNames<T> = Readonly<Record<keyof T, true>>

/**
 * Refuses what is not an object of options, and options that do not exist: `{ stoploss: pips(20) }` must not become an
 * order without a stop loss. TypeScript says so while one writes; this says it to everybody.
 *
 * @param call what the options were given to, as its caller spells it
 * @throws {@link InvalidArgumentError} that names the option and those which are meant perhaps
 */
export function checkOptionNames<T>(call: string, options: unknown, known: OptionNames<T>): void {
  const slip = findOptionSlip(call, options, known)
  if (slip !== undefined) throw new InvalidArgumentError(slip.summary, slip)
}

/** What is wrong with options, for whoever has an error class of its own for that. */
export interface OptionSlip {
  readonly summary: string
  readonly facts: ErrorFacts
  readonly remedy: string
}

/** As {@link checkOptionNames}, for the first thing that is wrong; undefined where nothing is. */
export function findOptionSlip<T>(
  call: string,
  options: unknown,
  known: OptionNames<T>,
): OptionSlip | undefined {
  const names = Object.keys(known)
  const all = `Its options are ${names.join(', ')}.`
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const summary = `${call} takes an object of options, not ${say(options)}.`
    return { summary, facts: {}, remedy: all }
  }
  const option = Object.keys(options).find((name) => !Object.hasOwn(known, name))
  if (option === undefined) return undefined
  const similar = similarNames(names, option)
  return {
    summary: `${call} has no option ${say(option)}.`,
    facts: { option: isShown(option) ? option : undefined },
    remedy: similar.length > 0 ? `Did you mean ${similar.join(' or ')}?` : all,
  }
}

/** Up to three of the names that look like the wanted one: contain it, are contained in it, or are a typo away. */
export function similarNames(names: readonly string[], wanted: string): readonly string[] {
  const goal = plain(wanted)
  if (goal === '') return []
  return names
    .map((name) => ({ name, own: plain(name), distance: editDistance(plain(name), goal) }))
    .filter(
      ({ own, distance }) =>
        distance <= Math.max(1, Math.floor(goal.length / 3)) ||
        (goal.length >= 3 && own.includes(goal)) ||
        (own.length >= 3 && goal.includes(own)),
    )
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name)
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/** How many letters have to be put in, taken out, changed or swapped with the next to get from one to the other. */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)
      const isSwap = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j]
      const swap = isSwap ? (before[j - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(change, swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
