import { OAuthConfigurationError } from '../errors.ts'

/**
 * What a grant allows: `accounts` reads everything and is refused every trade, `trading` may do both.
 *
 * cTrader knows exactly these two words; there is no combination of them.
 */
export type Scope = 'accounts' | 'trading'

/** Every scope there is. */
export const scopes: readonly Scope[] = ['accounts', 'trading']

/**
 * Returns the value as a {@link Scope}.
 *
 * @throws OAuthConfigurationError for anything but the two words: lists, other case, unknown words.
 */
export function requireScope(value: unknown): Scope {
  for (const scope of scopes) if (value === scope) return scope
  throw new OAuthConfigurationError('The scope must be exactly "accounts" or "trading".', {
    facts: {
      option: 'scope',
      given: typeof value === 'string' ? value.slice(0, 60) : typeof value,
    },
    remedy:
      'Choose "accounts" for reading only, or "trading" for reading and trading; one word, lower case, no list.',
  })
}
