import { type Clock, systemClock } from '../async/clock.ts'
import { InvalidArgumentError } from '../errors.ts'
import { BrowserWindow, type OpenPage, withoutQuery } from './user-agent/browser-window.ts'
import { ConsentWalkError } from './user-agent/consent-walk-error.ts'
import type { HtmlForm } from './user-agent/html-form.ts'

export { ConsentWalkError } from './user-agent/consent-walk-error.ts'

export interface ConsentByHttpOptions {
  /** The authorization address a browser would be sent to, or a page of an application that redirects there. */
  readonly url: string | URL
  readonly username: string
  readonly password: string
  /** Which accounts to tick, by `ctidTraderAccountId`. @defaultValue 'all' */
  readonly accounts?: 'all' | readonly number[]
  /** @defaultValue 'allow' */
  readonly decision?: 'allow' | 'deny'
  readonly signal?: AbortSignal | undefined
  /** For the whole walk, the application's answer at its callback included. @defaultValue 30_000 */
  readonly timeoutMs?: number
  /** Measures `timeoutMs`. @defaultValue the machine's clock */
  readonly clock?: Clock
}

/** The page a walk ended on. */
export interface ConsentOutcome {
  /** HTTP status of that page. */
  readonly status: number
  /** Its address without the query, where a code might be. */
  readonly url: string
  readonly title: string
  /** What a person would read on it, white space collapsed. */
  readonly text: string
  /** Whether the authorization server sent the browser on to the application. */
  readonly returned: boolean
}

/**
 * Does what a person with a browser does at the sandbox's authorization server: signs in, ticks accounts, decides, and
 * follows the redirect to the application and whatever the application answers. It knows nothing but the served pages
 * and goes nowhere but to this machine.
 *
 * @throws ConsentWalkError when a page refuses (wrong password, unregistered redirect URI ...), when nothing answers,
 * when a step leads away from this machine, and when it takes too long
 */
export async function consentByHttp(options: ConsentByHttpOptions): Promise<ConsentOutcome> {
  const { clock = systemClock, timeoutMs = 30_000 } = options
  const ending = new AbortController()
  const stop = (): void => ending.abort(options.signal?.reason)
  options.signal?.addEventListener('abort', stop, { once: true })
  if (options.signal?.aborted === true) stop()
  const timer = clock.after(timeoutMs, () =>
    ending.abort(
      new ConsentWalkError(`The consent took longer than ${timeoutMs} ms.`, {
        facts: { timeoutMs },
      }),
    ),
  )
  try {
    ending.signal.throwIfAborted()
    return await walk(options, new BrowserWindow(ending.signal))
  } catch (error) {
    // Why it was stopped says more than what broke when it was.
    if (ending.signal.aborted) throw ending.signal.reason
    throw error
  } finally {
    timer.cancel()
    options.signal?.removeEventListener('abort', stop)
  }
}

async function walk(options: ConsentByHttpOptions, window: BrowserWindow): Promise<ConsentOutcome> {
  const { username, password, accounts = 'all', decision = 'allow' } = options
  let page = await window.open(parseUrl(options.url))
  const { origin } = page.url

  const signIn = signInForm(page)
  if (signIn !== undefined) {
    signIn.fill('username', username)
    signIn.fill('password', password)
    page = await window.submit(page, signIn)
    if (signInForm(page) !== undefined) throw refusal(page)
  }

  const consent = consentForm(page)
  if (consent === undefined) throw refusal(page)
  tickAccounts(consent, accounts)
  page = await window.submit(page, consent, { name: 'decision', value: decision })
  const returned = window.hasLeft(origin)
  if (!returned && (page.status >= 400 || consentForm(page) !== undefined)) throw refusal(page)

  const { status, title, text } = page
  return { status, url: withoutQuery(page.url), title, text, returned }
}

function parseUrl(url: string | URL): URL {
  if (!URL.canParse(String(url))) {
    throw new InvalidArgumentError('The address to start from is not a URL.', {
      remedy: 'Give the authorization URL that a browser would be sent to.',
    })
  }
  return new URL(url)
}

function signInForm(page: OpenPage): HtmlForm | undefined {
  return page.forms.find((form) => form.hasField('password'))
}

function consentForm(page: OpenPage): HtmlForm | undefined {
  return page.forms.find((form) => form.hasButton('decision', 'allow'))
}

function tickAccounts(form: HtmlForm, accounts: 'all' | readonly number[]): void {
  if (accounts === 'all') return form.tick('account', () => true)
  const offered = form.checkboxes('account')
  const missing = accounts.filter((id) => !offered.includes(String(id)))
  if (missing.length > 0) {
    throw new ConsentWalkError(`The consent page does not offer account ${missing.join(', ')}.`, {
      facts: { missing, offered },
      remedy: 'Name accounts of the person who signs in.',
    })
  }
  form.tick('account', (value) => accounts.includes(Number(value)))
}

function refusal(page: OpenPage): ConsentWalkError {
  const { status, title, text, alert } = page
  return new ConsentWalkError(`The authorization server says: "${alert ?? title}".`, {
    facts: { url: withoutQuery(page.url), status, title, text },
    remedy:
      'Compare user name, password, client id, redirect URI and scope with what the sandbox printed.',
  })
}
