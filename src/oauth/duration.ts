import { isDuration } from '../duration.ts'
import { OAuthConfigurationError } from './errors.ts'

/** Returns the duration, or throws {@link OAuthConfigurationError} unless it is a positive finite number. */
export function requireDuration(option: string, ms: number): number {
  if (isDuration(ms)) return ms
  throw new OAuthConfigurationError(
    `The option ${option} must be a positive number of milliseconds.`,
    {
      facts: { option, given: String(ms).slice(0, 40) },
      remedy: 'Leave it out for the default.',
    },
  )
}
