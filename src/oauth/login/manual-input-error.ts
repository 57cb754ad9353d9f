import { loginAgain, OAuthError, type OAuthErrorOptions } from '../errors.ts'

/** What is wrong with what a person pasted. */
export type ManualInputProblem =
  | 'empty'
  | 'end-of-input'
  | 'consent-page'
  | 'other-address'
  | 'other-login'
  | 'state-missing'
  | 'access-token'
  | 'client-secret'
  | 'client-id'
  | 'used-code'
  | 'not-an-answer'

/** Nothing usable was pasted: the input ended, or too many lines in a row were something else than the answer. */
export class ManualInputError extends OAuthError {
  readonly problem: ManualInputProblem

  constructor(problem: ManualInputProblem, summary: string, options: OAuthErrorOptions = {}) {
    super('MANUAL_INPUT', summary, {
      kind: 'user',
      phase: 'callback',
      remedy: `After allowing access, copy the whole address the browser was sent to, or its code, and paste that within 60 seconds. ${loginAgain}`,
      ...options,
      facts: { problem, ...options.facts },
    })
    this.problem = problem
  }
}
