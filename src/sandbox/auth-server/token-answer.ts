import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { isRefusal, type Refusal, type TokenPair } from '../identity/index.ts'
import type { AuthBehaviour } from './auth-behaviour.ts'

/** A request that was not one: these two keys and no others. */
export interface Failure {
  readonly errorCode: string
  readonly description: string
}

export type TokenOutcome = TokenPair | Refusal | Failure

export function invalidRequest(description: string): Failure {
  return { errorCode: 'INVALID_REQUEST', description }
}

/** The answer that says what came of a token request. */
export function tokenAnswer(
  outcome: TokenOutcome,
  behaviour: AuthBehaviour,
): { readonly status: ContentfulStatusCode; readonly json: string } {
  const failure =
    'errorCode' in outcome ? outcome : isRefusal(outcome) ? refused(outcome) : undefined
  if (failure === undefined)
    return { status: 200, json: JSON.stringify(success(outcome as TokenPair)) }
  const { errorCode, description } = failure
  return { status: behaviour.failureStatus, json: JSON.stringify({ errorCode, description }) }
}

function refused({ refused: errorCode, description }: Refusal): Failure {
  return { errorCode, description }
}

/** Both spellings at once, and no more, in the order in which they were captured. */
function success(pair: TokenPair): Readonly<Record<string, string | number | null>> {
  return {
    accessToken: pair.accessToken,
    tokenType: 'bearer',
    expiresIn: pair.expiresIn,
    refreshToken: pair.refreshToken,
    errorCode: null,
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    expires_in: pair.expiresIn,
  }
}
