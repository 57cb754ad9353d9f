import { type Logger, silentLogger } from '../../log.ts'
import type { OAuthApplication } from '../application/application.ts'
import type { AuthorizationRequest } from '../authorization/authorization-url.ts'
import type { CallbackListener } from '../callback/loopback.ts'
import { type PasteContext, readPastedAnswer } from './pasted-answer.ts'

/** What a person is asked for: the address, or the code, that the consent page sent the browser to. */
export interface ManualQuestion {
  /** The consent page. */
  readonly url: string
  /** How the address to be pasted begins. */
  readonly redirectUri: string
  /** Counts the consent pages of this login from 1: a refused code needs a new one. */
  readonly page: number
  /** Counts the questions about this page from 1. */
  readonly attempt: number
  /** What was wrong with the last input, or with its code: a sentence to show. Undefined at first. */
  readonly problem: string | undefined
  /** Aborts when the answer is not needed any more: stop reading then. */
  readonly signal: AbortSignal
}

/**
 * Asks a person, and resolves with what they typed or pasted, or with undefined when no more can come (the input has
 * ended). Show nothing of it on the screen: it contains the code.
 */
export type AskForAnswer = (question: ManualQuestion) => Promise<string | undefined>

/** @internal What a paste is told apart by, for a login that was started. */
export function pasteContextOf(
  application: OAuthApplication,
  request: AuthorizationRequest,
): PasteContext {
  const { clientId, clientSecret } = application
  return { clientId, clientSecret, redirectUri: request.redirectUri, authorizeUrl: request.url }
}

/** The browser can still answer after as many; whoever answers that often without reading is not a person. */
const mostQuestions = 20

interface OfferOptions {
  readonly application: OAuthApplication
  readonly ask: AskForAnswer
  readonly request: AuthorizationRequest
  readonly listener: CallbackListener
  /** Settles when the login needs no answer any more. */
  readonly received: Promise<unknown>
  readonly logger?: Logger
}

/**
 * Asks for answers while the listener waits, until one is accepted or none is needed. Failing to ask is no failure of
 * the login, which goes on without.
 */
export function offerPastedAnswers(options: OfferOptions): void {
  const { received, logger = silentLogger } = options
  const over = new AbortController()
  const end = (): void => over.abort()
  received.then(end, end)
  askOnAndOn(options, over.signal).catch((error: unknown) => {
    if (over.signal.aborted) return
    const reason = error instanceof Error ? error.name : typeof error
    logger.warn({ reason }, 'Asking for the code failed; the login waits for the browser alone.')
  })
}

async function askOnAndOn(options: OfferOptions, signal: AbortSignal): Promise<void> {
  const { application, ask, request, listener } = options
  const { url, redirectUri } = request
  const context = pasteContextOf(application, request)
  let problem: string | undefined
  for (let attempt = 1; attempt <= mostQuestions && !signal.aborted; attempt++) {
    const text = await ask({ url, redirectUri, page: 1, attempt, problem, signal })
    if (text === undefined || signal.aborted) return
    const pasted = readPastedAnswer(text, context)
    if (pasted.kind === 'unusable') {
      problem = pasted.message
      continue
    }
    if ((await listener.offer(pasted.answer)) !== 'not-accepted') return
    problem = notOfThisLogin(pasted.answer.state)
  }
}

/** @internal Why an answer that can be read is still not taken. */
export function notOfThisLogin(state: string | undefined): string {
  return state === undefined
    ? 'This server returns a state with the code: paste the whole address, not the code alone.'
    : 'That is the answer to another login. Use the address of the page opened last.'
}
