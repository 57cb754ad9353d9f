import type { OAuthError } from '../errors.ts'
import {
  TokenEndpointUnavailableError,
  TokenEndpointUnreachableError,
  TokenRequestRefusedError,
  TokenResponseMalformedError,
} from './token-errors.ts'

/** Whether the refresh token may be spent without anyone knowing what replaced it. */
export function isOutcomeUnknown(error: unknown): error is OAuthError {
  if (error instanceof TokenEndpointUnreachableError) return error.outcome === 'unknown'
  if (error instanceof TokenEndpointUnavailableError || error instanceof TokenRequestRefusedError) {
    // Maintenance and known refusals come before the token is looked at; a plain 5xx can come after.
    return error.kind === 'transient' && (error.httpStatus ?? 0) >= 500 && !isKnownPause(error)
  }
  if (error instanceof TokenResponseMalformedError) {
    const status = error.httpStatus ?? 0
    return status >= 200 && status < 300
  }
  return false
}

function isKnownPause(error: OAuthError): boolean {
  return error instanceof TokenEndpointUnavailableError && error.serverCode !== undefined
}
