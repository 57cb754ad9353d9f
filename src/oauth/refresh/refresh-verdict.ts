import { OAuthError } from '../errors.ts'
import { type ReauthorizationReason, ReauthorizationRequiredError } from '../grant/grant-errors.ts'
import type { TokenRecord } from '../store/token-store.ts'
import {
  RefreshOutcomeUnknownError,
  TokenEndpointUnreachableError,
} from '../tokens/token-errors.ts'

/** The end of a grant, as an error for people. */
export function grantEnded(
  grant: string,
  record: TokenRecord,
  error?: unknown,
): ReauthorizationRequiredError {
  const { generation, tokens, intent } = record
  const replayed = (intent?.replays ?? 0) > 0
  const details = {
    reason: replayed ? ('refresh_consumed' as const) : reasonOf(error),
    grant,
    generation,
    lastSuccessAt: tokens.obtainedAt,
    owner: intent?.owner,
  }
  if (!(error instanceof OAuthError)) return new ReauthorizationRequiredError(details)
  const { serverCode, serverDescription, httpStatus } = error
  const options = { serverCode, serverDescription, httpStatus, cause: error }
  return new ReauthorizationRequiredError(details, options)
}

/** Nobody knows whether the refresh token is spent; without a cause the program that sent it is gone. */
export function outcomeUnknown(cause: unknown): RefreshOutcomeUnknownError {
  if (cause instanceof RefreshOutcomeUnknownError) return cause
  if (cause instanceof OAuthError) return new RefreshOutcomeUnknownError(cause)
  return new RefreshOutcomeUnknownError(
    new TokenEndpointUnreachableError(
      'A refresh of an earlier run got no answer.',
      { outcome: 'unknown', reason: 'crash' },
      { phase: 'refresh' },
    ),
  )
}

function reasonOf(error: unknown): ReauthorizationReason {
  const words = error instanceof OAuthError ? (error.serverDescription ?? '').toLowerCase() : ''
  if (/revoked|withdrawn|taken back/.test(words)) return 'revoked'
  if (/superseded|newer|new login|re-?authori[sz]ed/.test(words)) return 'superseded_by_new_login'
  return 'unknown'
}
