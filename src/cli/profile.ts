import type { GrantKey } from '../oauth/index.ts'
import type { CommandContext } from './context.ts'
import { UsageError } from './errors.ts'
import type { Target } from './target.ts'
import { readVariable } from './variables.ts'

/**
 * The name a login is kept under: `--profile`, CTRADER_PROFILE, or the usual one. Demo and live share it: one consent
 * covers both, and a second one could end the first.
 *
 * @throws {@link UsageError} for a name that cannot be the name of a file everywhere
 */
export function readProfile(
  { env, options }: Pick<CommandContext, 'env' | 'options'>,
  target: Pick<Target, 'name'>,
): string {
  const name = options.profile ?? readVariable(env, 'CTRADER_PROFILE')
  if (name === undefined) return target.name === 'sandbox' ? 'sandbox' : 'default'
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(name)) return name
  throw new UsageError(
    `There can be no profile "${name.slice(0, 64)}".`,
    'Use 1 to 64 letters, digits, dots, hyphens and underscores, not beginning with a dot.',
    { profile: name.slice(0, 64) },
  )
}

/** Under which key a login is kept. */
export function grantKey(target: Target, clientId: string, profile: string): GrantKey {
  return { issuer: new URL(target.endpoints.tokenUrl).origin, clientId, profile }
}
