import { CTraderError } from '../errors.ts'
import { TokenStoreAccessError } from '../oauth/store/token-store-errors.ts'

export type StoreAction = 'read' | 'write' | 'delete' | 'lock'

/**
 * What a driver threw, as an error of the store. Drivers quote queries, values and connection strings, so that only the
 * code goes on.
 */
export function serverError(action: StoreAction, location: string, error: unknown): Error {
  if (error instanceof CTraderError) return error
  return new TokenStoreAccessError(action, location, codeOf(error), {
    kind: 'transient',
    retryable: true,
    remedy:
      'Check that the server runs, that it can be reached, and that this program may write there. Nothing was lost.',
  })
}

/** The code of a failure: of the system, of the database, or the name of its class. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN'
  const code: unknown = 'code' in error ? error.code : undefined
  if (typeof code === 'string' && /^[A-Z0-9_]{2,60}$/.test(code)) return code
  // Redis puts the code first in the text; the rest of it is not for others.
  const first = /^([A-Z]{3,20})\b/.exec(error.message)?.[1]
  if (first !== undefined) return first
  const cause = error instanceof AggregateError ? error.errors[0] : error.cause
  return cause instanceof Error && cause !== error ? codeOf(cause) : error.constructor.name
}
