import { type Clock, systemClock } from '../../async/clock.ts'
import { checkOptionNames, type OptionNames } from '../../known-options.ts'
import type { Secret } from '../../secret.ts'
import type { AuthorizationRequest } from '../authorization/authorization-url.ts'
import { stateDigest } from '../authorization/state.ts'
import { denialOf, type ExpectedAnswer, judgeCallbackAnswer } from '../callback/callback-verdict.ts'
import { AuthorizationTimeoutError } from '../errors.ts'
import { openApiEndpoints, statePolicyOf } from '../server/endpoints.ts'
import { exchangeCode } from '../tokens/token-endpoint.ts'
import { InvalidAuthorizationCodeError } from '../tokens/token-errors.ts'
import type { TokenSet } from '../tokens/token-set.ts'
import {
  defaultLoginTimeoutMs,
  type LoginOptions,
  loginOptionNames,
  requireUsableLogin,
  startLogin,
} from './login-options.ts'
import { ManualInputError, type ManualInputProblem } from './manual-input-error.ts'
import { type PastedAnswer, readPastedAnswer } from './pasted-answer.ts'
import { type AskForAnswer, notOfThisLogin, pasteContextOf } from './pasting.ts'

export interface AuthorizeManuallyOptions extends LoginOptions {
  /** A redirect URI registered for the application. Nothing needs to listen there. */
  readonly redirectUri: string
  /** Asks the person for the address the browser was sent to, or for its code. */
  readonly ask: AskForAnswer
}

/** How many lines in a row may be something else, and how many codes may be refused. */
const longestSeries = 3

const optionNames: OptionNames<AuthorizeManuallyOptions> = {
  ...loginOptionNames,
  redirectUri: true,
  ask: true,
}

/**
 * Logs a person in by copy and paste: shows the consent page's URL, asks for the address the browser was sent to
 * afterwards, and trades the code in it for tokens. For machines without a browser and for redirect URIs that lead
 * elsewhere. A code lives 60 seconds: when one is refused, a new page is offered, twice at most.
 *
 * @throws ManualInputError when the input ends, or when three lines in a row are no answer.
 * @throws AuthorizationDeniedError when the address says that access was declined.
 * @throws AuthorizationTimeoutError when the person takes too long; and the errors of {@link exchangeCode}, of the
 *   options, and of `save`. An aborted signal throws its reason.
 *
 * @example
 * const tokens = await authorizeManually({
 *   application: { clientId, clientSecret },
 *   redirectUri: 'https://example.com/auth/callback',
 *   scope: 'accounts',
 *   onUrl: (url) => console.error(`Open ${url}`),
 *   ask: () => readLine('Paste the address you were sent to: '),
 * })
 */
export async function authorizeManually(options: AuthorizeManuallyOptions): Promise<TokenSet> {
  checkOptionNames('authorizeManually', options, optionNames)
  const { signal, clock = systemClock, endpoints = openApiEndpoints } = options
  signal?.throwIfAborted()
  requireUsableLogin(options)
  const deadline = new Deadline(options, clock)
  const refused: Secret[] = []
  try {
    for (let page = 1, problem: string | undefined; ; page++) {
      const request = startLogin(options, options.redirectUri)
      options.onUrl?.(request.url, request)
      const code = await askForCode(options, { request, page, problem, refused, deadline })
      try {
        const tokens = await exchangeCode({
          application: options.application,
          code,
          redirectUri: request.redirectUri,
          scope: request.scope,
          endpoints,
          fetch: options.fetch,
          clock,
          timeoutMs: options.exchangeTimeoutMs,
          logger: options.logger,
          signal,
        })
        await options.save?.(tokens)
        return tokens
      } catch (error) {
        if (!(error instanceof InvalidAuthorizationCodeError) || page >= longestSeries) throw error
        // The same code will not work later either; only a new consent gives a new one.
        refused.push(code)
        problem =
          'The code was refused: it lives 60 seconds and works once. Allow access on the new page.'
      }
    }
  } finally {
    deadline.cancel()
  }
}

interface Asking {
  readonly request: AuthorizationRequest
  readonly page: number
  readonly problem: string | undefined
  readonly refused: readonly Secret[]
  readonly deadline: Deadline
}

async function askForCode(options: AuthorizeManuallyOptions, asking: Asking): Promise<Secret> {
  const { request, page, refused, deadline } = asking
  const { url, redirectUri } = request
  const context = pasteContextOf(options.application, request)
  const endpoints = options.endpoints ?? openApiEndpoints
  const expected: ExpectedAnswer = {
    digest: await stateDigest(request.state),
    policy: options.statePolicy ?? statePolicyOf(endpoints),
    issuer: endpoints.issuer,
  }
  let { problem } = asking
  for (let attempt = 1; ; attempt++) {
    const { signal } = deadline
    const question = { url, redirectUri, page, attempt, problem, signal }
    const text = await deadline.limit(() => options.ask(question))
    if (text === undefined) {
      throw new ManualInputError('end-of-input', 'The input ended before the answer was pasted.')
    }
    const judged = await judge(readPastedAnswer(text, context), expected, refused)
    if (judged.kind === 'code') return judged.code
    problem = judged.message
    if (attempt >= longestSeries) throw new ManualInputError(judged.problem, judged.message)
  }
}

type Judged =
  | { readonly kind: 'code'; readonly code: Secret }
  | {
      readonly kind: 'unusable'
      readonly problem: ManualInputProblem
      readonly message: string
    }

async function judge(
  pasted: PastedAnswer,
  expected: ExpectedAnswer,
  refused: readonly Secret[],
): Promise<Judged> {
  if (pasted.kind === 'unusable') return pasted
  const { answer } = pasted
  const verdict = await judgeCallbackAnswer(answer, expected)
  if (verdict.kind !== 'acceptable') {
    const problem = answer.state === undefined ? 'state-missing' : 'other-login'
    return { kind: 'unusable', problem, message: notOfThisLogin(answer.state) }
  }
  if (answer.kind === 'error') throw denialOf(answer)
  if (refused.some((code) => code.equals(answer.code))) {
    const message = 'That code was refused already. Open the newest page and allow access again.'
    return { kind: 'unusable', problem: 'used-code', message }
  }
  return { kind: 'code', code: answer.code }
}

/** The wait for the person: ends by itself, and with the signal of the caller. */
class Deadline {
  readonly #ending = new AbortController()
  readonly #stop: () => void

  constructor(
    { signal, timeoutMs = defaultLoginTimeoutMs, redirectUri }: AuthorizeManuallyOptions,
    clock: Clock,
  ) {
    const timer = clock.after(timeoutMs, () =>
      this.#ending.abort(
        new AuthorizationTimeoutError(redirectUri, timeoutMs, {
          remedy: `Nobody pasted an answer. If the browser showed "Invalid redirect URI", register exactly ${redirectUri} for your application at https://openapi.ctrader.com/apps. Then start the login again.`,
        }),
      ),
    )
    const abort = (): void => this.#ending.abort(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    this.#stop = () => {
      timer.cancel()
      signal?.removeEventListener('abort', abort)
    }
  }

  get signal(): AbortSignal {
    return this.#ending.signal
  }

  /** Waits for a person's input, and no longer than the deadline, even if whoever asks does not heed the signal. */
  limit<T>(ask: () => Promise<T>): Promise<T> {
    const { signal } = this.#ending
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(signal.reason)
      if (signal.aborted) return abort()
      signal.addEventListener('abort', abort, { once: true })
      Promise.resolve()
        .then(ask)
        .then(resolve, (error: unknown) => reject(signal.aborted ? signal.reason : error))
        .finally(() => signal.removeEventListener('abort', abort))
    })
  }

  /** Ends the wait in any case, so that nobody goes on reading. */
  cancel(): void {
    this.#stop()
    this.#ending.abort(new DOMException('The login has ended.', 'AbortError'))
  }
}
