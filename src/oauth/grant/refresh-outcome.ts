import { OAuthError } from '../errors.ts'
import {
  ApplicationInactiveError,
  InvalidClientCredentialsError,
  RefreshOutcomeUnknownError,
  RefreshTokenRefusedError,
  TokenEndpointUnavailableError,
  TokenEndpointUnreachableError,
  TokenRateLimitedError,
} from '../tokens/token-errors.ts'
import { isOutcomeUnknown } from '../tokens/token-outcome.ts'
import { ReauthorizationRequiredError } from './grant-errors.ts'

/**
 * What a refresh that failed means for its refresh token.
 *
 * - `transient`: nothing happened to it; try again later
 * - `configuration`: nothing happened to it, and trying again changes nothing before a person has acted
 * - `terminal`: the server does not take it any more
 * - `unknown`: it may be spent
 */
export type RefreshFailureKind = 'transient' | 'configuration' | 'terminal' | 'unknown'

/** What happened to the refresh token, as far as the error tells. */
export function classifyRefreshFailure(error: unknown): RefreshFailureKind {
  if (error instanceof ReauthorizationRequiredError) return 'terminal'
  // A store that fails does so before anything is sent; afterwards it is not an error of the refresh.
  if (error instanceof OAuthError && error.phase === 'store') return 'transient'
  if (error instanceof RefreshOutcomeUnknownError || isOutcomeUnknown(error)) return 'unknown'
  if (error instanceof RefreshTokenRefusedError) return 'terminal'
  if (error instanceof InvalidClientCredentialsError) return 'configuration'
  if (error instanceof ApplicationInactiveError) return 'configuration'
  if (error instanceof TokenRateLimitedError) return 'transient'
  if (error instanceof TokenEndpointUnavailableError) return 'transient'
  if (error instanceof TokenEndpointUnreachableError) {
    return error.kind === 'config' ? 'configuration' : 'transient'
  }
  // A code nobody knows, or an answer that cannot come from the right address: repeating it blindly helps nobody.
  if (error instanceof OAuthError) return 'configuration'
  return 'unknown'
}
