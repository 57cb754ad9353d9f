import { InvalidArgumentError } from './errors.ts'
import { say } from './say.ts'

/** Whether a value is a time to wait: a finite number of milliseconds above 0. */
export function isDuration(ms: unknown): ms is number {
  return typeof ms === 'number' && Number.isFinite(ms) && ms > 0
}

/**
 * Returns the duration of an option. Any finite one can be waited for: clocks go on beyond the longest timer of Node.
 *
 * @throws {@link InvalidArgumentError} that names the option, for what is no number of milliseconds above 0
 */
export function checkDuration(option: string, ms: unknown): number {
  if (isDuration(ms)) return ms
  throw new InvalidArgumentError(`The option ${option} cannot be ${say(ms)}.`, {
    facts: { option },
    remedy: 'Give a finite number of milliseconds above 0, or leave it out.',
  })
}
