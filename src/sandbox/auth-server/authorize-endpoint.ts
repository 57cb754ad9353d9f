import type { Context } from 'hono'
import type { Logger } from '../../log.ts'
import type { Ctid, Identity } from '../identity/index.ts'
import type { AuthSwitches } from './auth-switches.ts'
import {
  type AuthorizeRequest,
  isProblem,
  type RequestProblem,
  readAuthorizeRequest,
} from './authorize-request.ts'
import type { ConsentAccount } from './consent-account.ts'
import type { ConsentDesk } from './consent-desk.ts'
import type { AuthFaults } from './faults/auth-faults.ts'
import { deliver } from './faults/deliver.ts'
import { isForm, readBody } from './form-body.ts'
import { consentPage, type TickButton } from './pages/consent-page.ts'
import { deniedPage, problemPage } from './pages/problem-page.ts'
import { signInPage } from './pages/sign-in-page.ts'
import { isMalformed, type Parameters, readParameters } from './parameters.ts'
import type { CallbackChange } from './redirect-target.ts'
import { policyAllowingRedirect } from './security-headers.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { SignInSession } from './sign-in-sessions.ts'

export interface AuthorizeEndpointOptions {
  readonly identity: Identity
  readonly accounts: readonly ConsentAccount[]
  readonly switches: AuthSwitches
  readonly desk: ConsentDesk
  readonly cookie: SessionCookie
  readonly faults: AuthFaults
  readonly logger: Logger
}

/** A request whose form has come back, and what shall be wrong with the redirect it ends in. */
type SubmittedRequest = AuthorizeRequest & { readonly callback: CallbackChange | undefined }

// A form that was not accepted; the page says why.
const unacceptable = 422

/**
 * The page where a person signs in, picks accounts and decides. All its forms come back to the address of the request
 * itself, so that the request is checked anew at every step and nothing of it can be changed in between.
 */
export class AuthorizeEndpoint {
  readonly #options: AuthorizeEndpointOptions

  constructor(options: AuthorizeEndpointOptions) {
    this.#options = options
  }

  async handle(context: Context): Promise<Response> {
    const { method } = context.req
    const { faults } = this.#options
    if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
      context.header('Allow', 'GET, HEAD, POST')
      return this.#problem(context, { title: 'Method not allowed', details: [] }, 405)
    }
    const request = readAuthorizeRequest(
      new URL(context.req.url).search.slice(1),
      this.#options.identity,
      this.#options.switches.current,
    )
    if (isProblem(request)) return this.#refuse(context, request)
    if (method === 'POST' && !isForm(context)) {
      return this.#problem(context, { title: 'This is not a form', details: [] }, 415)
    }
    const form =
      method === 'POST' ? readParameters([await readBody(context)], ['account']) : undefined
    if (form !== undefined && isMalformed(form)) {
      return this.#problem(context, { title: 'Malformed form', details: [form.malformed] })
    }
    const strike = faults.strike({
      endpoint: 'authorize',
      clientId: request.application.clientId,
      step: form === undefined ? 'page' : form.get('step'),
    })
    const action = strike?.action
    if (strike?.when === 'before-commit') {
      await strike.wait()
      const spoilt = action && deliver(context, action, faults)
      if (spoilt !== undefined) return spoilt
    }
    const callback = action?.kind === 'callback' ? action : undefined
    const response = await (form === undefined
      ? this.#show(context, request)
      : this.#submitted(context, { ...request, callback }, form))
    if (strike?.when !== 'after-commit') return response
    await strike.wait()
    return (action && deliver(context, action, faults)) ?? response
  }

  /** The page that is due: who are you, or may it. */
  #show(context: Context, request: AuthorizeRequest): Response | Promise<Response> {
    const session = this.#options.cookie.read(context)
    const ctid = this.#signedIn(session?.userId)
    if (session === undefined || ctid === undefined) return this.#askWho(context, request)
    return this.#askConsent(context, request, ctid, session)
  }

  #submitted(
    context: Context,
    request: SubmittedRequest,
    form: Parameters,
  ): Response | Promise<Response> {
    const session = this.#options.cookie.read(context)
    if (session === undefined || !session.knows(form.get('form_token'))) {
      return this.#askAgain(context, request, session)
    }
    const step = form.get('step')
    if (step === 'sign-in') return this.#signIn(context, request, form)
    const ctid = this.#signedIn(session.userId)
    if (ctid === undefined) return this.#askWho(context, request, 'Please sign in first.')
    if (step === 'sign-out') {
      this.#options.cookie.renew(context)
      return this.#again(context)
    }
    if (step === 'decision') return this.#decided(context, request, ctid, session, form)
    return this.#problem(context, { title: 'Unknown form', details: [] })
  }

  #signIn(
    context: Context,
    request: AuthorizeRequest,
    form: Parameters,
  ): Response | Promise<Response> {
    const { identity, cookie, logger } = this.#options
    const ctid = identity.signIn(form.get('username') ?? '', form.get('password') ?? '')
    if (ctid === undefined) {
      logger.info({}, 'Sign-in refused')
      const username = form.get('username')
      return this.#askWho(context, request, 'The user name or the password is wrong.', username)
    }
    cookie.renew(context, ctid.userId)
    logger.info({ userId: ctid.userId }, 'Signed in')
    return this.#again(context)
  }

  #decided(
    context: Context,
    request: SubmittedRequest,
    ctid: Ctid,
    session: SignInSession,
    form: Parameters,
  ): Response | Promise<Response> {
    const { desk } = this.#options
    const departure = { origin: new URL(context.req.url).origin, change: request.callback }
    const decision = form.get('decision')
    const offered = this.#accountsOf(ctid)
    const chosen = new Set(form.all('account'))
    const pressed = tickButton(form.get('tick'))
    if (pressed !== undefined) {
      const ticked = tickedAfter(pressed, offered, chosen)
      return this.#askConsent(context, request, ctid, session, { ticked, pressed })
    }
    if (decision === 'deny') {
      session.spend(form.get('form_token'))
      const target = desk.deny(request, ctid, departure)
      if (target !== undefined) return context.redirect(target, 302)
      return context.html(deniedPage(request.application.name, request.bare))
    }
    if (decision !== 'allow')
      return this.#problem(context, { title: 'Unknown decision', details: [] })

    const accountIds = offered
      .map((account) => account.accountId)
      .filter((id) => chosen.delete(String(id)))
    if (chosen.size > 0) {
      const message = 'One of the accounts is not yours. Please choose again.'
      return this.#askConsent(context, request, ctid, session, { message, ticked: accountIds })
    }
    if (accountIds.length === 0) {
      const message = 'Choose at least one account, or deny access.'
      return this.#askConsent(context, request, ctid, session, { message, ticked: [] })
    }
    session.spend(form.get('form_token'))
    return context.redirect(desk.allow(request, ctid, accountIds, departure), 302)
  }

  /** Says what is wrong on a page, or to the application where that is allowed and wanted. */
  #refuse(context: Context, problem: RequestProblem): Response | Promise<Response> {
    const { report } = problem
    if (report === undefined || this.#options.switches.current.authorizeErrors === 'page') {
      return this.#problem(context, problem)
    }
    this.#options.logger.info({ problem: problem.title }, 'Authorization request refused')
    const { redirectUri, error, state } = report
    const { origin } = new URL(context.req.url)
    return context.redirect(
      this.#options.desk.redirect(redirectUri, { error }, state, { origin }),
      302,
    )
  }

  /** The form came from no page that is good any more, or from none of ours. */
  #askAgain(
    context: Context,
    request: AuthorizeRequest,
    session: SignInSession | undefined,
  ): Response | Promise<Response> {
    const ctid = this.#signedIn(session?.userId)
    if (session === undefined || ctid === undefined) {
      return this.#askWho(context, request, 'This page has grown old. Please sign in again.')
    }
    const message = 'This page has grown old. Please decide again.'
    return this.#askConsent(context, request, ctid, session, { message })
  }

  /** A new session goes with the page unless the browser has one that nobody signed in to. */
  #askWho(
    context: Context,
    request: AuthorizeRequest,
    message?: string,
    username?: string,
  ): Response | Promise<Response> {
    const { cookie } = this.#options
    const present = cookie.read(context)
    const session =
      present?.userId === undefined && present !== undefined ? present : cookie.renew(context)
    return context.html(
      signInPage({ request, formToken: session.newPage(), message, username }),
      message === undefined ? 200 : unacceptable,
    )
  }

  #askConsent(
    context: Context,
    request: AuthorizeRequest,
    ctid: Ctid,
    session: SignInSession,
    again?: {
      readonly message?: string
      readonly ticked?: readonly number[]
      readonly pressed?: TickButton
    },
  ): Response | Promise<Response> {
    const accounts = this.#accountsOf(ctid)
    const ticked = new Set(again?.ticked ?? accounts.map((account) => account.accountId))
    context.header(...policyAllowingRedirect(request.redirectUri))
    return context.html(
      consentPage({
        ...{ request, ctid, accounts, ticked, formToken: session.newPage() },
        message: again?.message,
        pressed: again?.pressed,
      }),
      again?.message === undefined ? 200 : unacceptable,
    )
  }

  /** Back to the request with a GET, so that reloading the page sends no form. */
  #again(context: Context): Response {
    const { pathname, search } = new URL(context.req.url)
    return context.redirect(`${pathname}${search}`, 303)
  }

  #problem(
    context: Context,
    problem: RequestProblem,
    status: 400 | 405 | 415 = 400,
  ): Response | Promise<Response> {
    this.#options.logger.info({ problem: problem.title }, 'Authorization request refused')
    return context.html(problemPage(problem), status)
  }

  #signedIn(userId: number | undefined): Ctid | undefined {
    return userId === undefined ? undefined : this.#options.identity.findCtid(userId)
  }

  #accountsOf(ctid: Ctid): readonly ConsentAccount[] {
    return this.#options.accounts.filter((account) => ctid.accountIds.includes(account.accountId))
  }
}

function tickButton(value: string | undefined): TickButton | undefined {
  const known: readonly TickButton[] = ['demo-all', 'demo-none', 'live-all', 'live-none']
  return known.find((button) => button === value)
}

/** Which accounts are ticked when the button has been pressed: its own group as it says, the others as they were. */
function tickedAfter(
  button: TickButton,
  offered: readonly ConsentAccount[],
  before: ReadonlySet<string>,
): readonly number[] {
  const live = button.startsWith('live')
  const all = button.endsWith('all')
  return offered
    .filter(({ accountId, isLive }) => (isLive === live ? all : before.has(String(accountId))))
    .map(({ accountId }) => accountId)
}
