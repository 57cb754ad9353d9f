import { authorizeWithLoopback, sandboxEndpoints, type TokenSet } from '../../oauth/index.ts'
import { consentByHttp, type Sandbox } from '../../sandbox/index.ts'
import type { CommandContext } from '../context.ts'
import { openInBrowser, reasonAgainstBrowser } from '../open-browser.ts'
import type { Steps } from './tour-steps.ts'

/** A login, and the redirect URI it came back to. */
export interface TourLogin {
  readonly tokens: TokenSet
  readonly redirectUri: string
}

/**
 * The automatic flow of the SDK against the sandbox: a person gives the consent in a browser, or a built-in one walks the
 * same pages.
 */
export async function logIn(
  context: CommandContext,
  sandbox: Sandbox,
  steps: Steps,
  byHand: boolean,
): Promise<TourLogin> {
  const failure = new AbortController()
  const over = new AbortController()
  const signal = AbortSignal.any([context.signal, failure.signal])
  const { username, password, clientId, clientSecret, redirectUris } = sandbox
  const walk = async (url: string): Promise<void> => {
    await consentByHttp({ url, username, password, signal: AbortSignal.any([signal, over.signal]) })
  }
  const guide = new ConsentGuide(context, sandbox, steps, walk, (error) => failure.abort(error))
  let redirectUri = ''
  try {
    const tokens = await authorizeWithLoopback({
      application: { clientId, clientSecret },
      redirectUris,
      scope: 'trading',
      endpoints: sandboxEndpoints(sandbox),
      signal,
      onUrl: (url, request) => {
        redirectUri = request.redirectUri
        steps.begin('Consent')
        steps.facts([
          ['asked for', 'scope trading: reading everything and trading'],
          ['listening on', redirectUri],
        ])
        if (byHand) guide.invite(url)
        else steps.say('A built-in browser signs in, ticks all accounts and allows.')
      },
      openBrowser: (url) => (byHand ? guide.openPage(url) : walk(url)),
      // A person can open the page by hand; the built-in browser has nobody to do it.
      onBrowserFailure: (error) => (byHand ? guide.sayNoBrowser() : failure.abort(error)),
      fetch: (url, init) => {
        guide.end()
        steps.good(`${username} allowed it.`)
        steps.begin('Code')
        steps.good(
          'It came back to the listener. It lives 60 seconds and is traded for tokens now.',
        )
        return fetch(url, init)
      },
    })
    steps.begin('Token')
    steps.facts([
      ['scope', tokens.scope ?? 'unknown'],
      ['valid', lifetimeOf(tokens)],
      ['renewal', tokens.refreshToken === undefined ? 'none' : 'a refresh token that works once'],
    ])
    return { tokens, redirectUri }
  } finally {
    guide.end()
    over.abort()
  }
}

function lifetimeOf({ expiresAt, obtainedAt }: TokenSet): string {
  if (expiresAt === undefined) return 'for a time the server did not name'
  const days = ((expiresAt - obtainedAt) / 86_400_000).toFixed(1)
  return `${days} days, until ${new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Leads a person to the consent page, and takes over when asked to. */
class ConsentGuide {
  readonly #context: CommandContext
  readonly #sandbox: Sandbox
  readonly #steps: Steps
  readonly #walk: (url: string) => Promise<void>
  readonly #fail: (error: unknown) => void
  #stop: (() => void) | undefined

  constructor(
    context: CommandContext,
    sandbox: Sandbox,
    steps: Steps,
    walk: (url: string) => Promise<void>,
    fail: (error: unknown) => void,
  ) {
    this.#context = context
    this.#sandbox = sandbox
    this.#steps = steps
    this.#walk = walk
    this.#fail = fail
  }

  invite(url: string): void {
    const { username, password } = this.#sandbox
    const { output } = this.#context
    const indented = (text: string): void => output.note(`    ${text}`)
    indented('Open this page, if your browser does not:')
    output.note('')
    indented(`  ${output.paint('cyan', url, 'stderr')}`)
    output.note('')
    indented(`Sign in as   ${output.paint('bold', username, 'stderr')}`)
    indented(`Password     ${output.paint('bold', password, 'stderr')}`)
    output.note('')
    indented('Waiting for you. Enter lets a built-in browser do it, Ctrl-C ends the tour.')
    this.#offerTakeover(url)
  }

  openPage(url: string): Promise<void> {
    const against = reasonAgainstBrowser(this.#context.env)
    return against === undefined ? openInBrowser(url) : Promise.reject(new Error(against))
  }

  sayNoBrowser(): void {
    const reason = reasonAgainstBrowser(this.#context.env) ?? 'none could be started'
    this.#steps.say(`(No browser was opened: ${reason}.)`)
  }

  /** The keyboard is not listened to any longer. */
  end(): void {
    this.#stop?.()
    this.#stop = undefined
  }

  #offerTakeover(url: string): void {
    const { stdin } = this.#context
    const takeOver = (): void => {
      this.end()
      this.#steps.say('The built-in browser signs in, ticks all accounts and allows.')
      this.#walk(url).catch(this.#fail)
    }
    stdin.once('data', takeOver)
    stdin.resume()
    this.#stop = () => {
      stdin.off('data', takeOver)
      stdin.pause()
    }
  }
}
