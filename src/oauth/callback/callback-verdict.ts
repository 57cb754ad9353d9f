import { checkState, isStateAcceptable, type StateCheck } from '../authorization/state.ts'
import { AuthorizationDeniedError } from '../errors.ts'
import type { StatePolicy } from '../server/endpoints.ts'
import { cleanServerText, createScrubber } from '../server/server-text.ts'
import type { CallbackAnswer } from './callback-query.ts'

/** What a login knows about itself when an answer arrives. */
export interface ExpectedAnswer {
  /** `stateDigest` of the state that was sent. */
  readonly digest: string
  readonly policy: StatePolicy
  /** The `iss` a server must name if it names one. */
  readonly issuer?: string | undefined
}

/** Whether an answer belongs to the login that expects it. */
export type CallbackVerdict =
  | { readonly kind: 'acceptable'; readonly state: Exclude<StateCheck, 'mismatch'> }
  | { readonly kind: 'malformed' | 'mismatch' | 'absent' }

/**
 * Judges an answer, error answers included: an error without the right state could come from anybody. The login must be
 * the only one that is bound to the browser, or the listener, the answer came through.
 */
export async function judgeCallbackAnswer(
  answer: CallbackAnswer,
  expected: ExpectedAnswer,
): Promise<CallbackVerdict> {
  if (answer.kind === 'malformed') return { kind: 'malformed' }
  const state = await checkState(answer.state, expected.digest)
  if (state === 'mismatch') return { kind: 'mismatch' }
  if (!isStateAcceptable(state, expected.policy, true)) return { kind: 'absent' }
  const { issuer } = expected
  if (answer.issuer !== undefined && issuer !== undefined && answer.issuer !== issuer) {
    return { kind: 'mismatch' }
  }
  return { kind: 'acceptable', state }
}

/** The error that an accepted error answer stands for, its words fit to be shown. */
export function denialOf(
  answer: CallbackAnswer & { readonly kind: 'error' },
): AuthorizationDeniedError {
  const scrub = createScrubber([])
  const { error, description } = answer
  return new AuthorizationDeniedError({
    serverCode: cleanServerText(error, scrub, 100),
    serverDescription: description === undefined ? undefined : cleanServerText(description, scrub),
  })
}
