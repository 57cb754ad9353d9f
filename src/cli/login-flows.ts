import {
  authorizeManually,
  authorizeWithLoopback,
  CallbackPortInUseError,
  type LoginOptions,
  type TokenSet,
} from '../oauth/index.ts'
import { askForAnswer } from './ask.ts'
import type { CommandContext } from './context.ts'
import { UsageError } from './errors.ts'
import { openInBrowser, reasonAgainstBrowser } from './open-browser.ts'
import { leadsElsewhere, type Target } from './target.ts'

/** A login that is ready to begin. */
export interface ReadyLogin {
  readonly target: Target
  readonly redirectUris: readonly string[]
  readonly options: LoginOptions
}

/**
 * Copy and paste: the person carries the address from the browser to here.
 *
 * @throws {@link UsageError} where there is nobody to do it
 */
export async function logInByHand(
  context: CommandContext,
  { target, redirectUris, options }: ReadyLogin,
): Promise<TokenSet> {
  const { output, stdin, env } = context
  const [redirectUri = ''] = redirectUris
  if (stdin.isTTY !== true && (env['CI'] ?? '') !== '') {
    throw new UsageError(
      'A login by copy and paste needs a person, and in CI there is none.',
      'Log in elsewhere and set CTRADER_ACCESS_TOKEN, or CTRADER_REFRESH_TOKEN as a seed.',
    )
  }
  return authorizeManually({
    ...options,
    redirectUri,
    onUrl: (url) => {
      output.note(`Open this page in a browser and allow access (scope ${options.scope}):`)
      output.note(`\n  ${output.paint('cyan', url, 'stderr')}\n`)
      signIn(context, target)
      output.note(`The browser is then sent to an address that begins with ${redirectUri}`)
      output.note(
        'It may say that the page cannot be reached, which does not matter. Copy the whole',
      )
      output.note('address from it and paste it here, within 60 seconds of allowing access.')
    },
    ask: askForAnswer(context),
  })
}

/** The listener waits for the browser to come back; at a terminal the address can be pasted as well. */
export async function logInByListener(
  context: CommandContext,
  { target, redirectUris, options }: ReadyLogin,
  openBrowser: boolean,
): Promise<TokenSet> {
  const { output, env, isInteractive } = context
  const against = openBrowser ? reasonAgainstBrowser(env) : 'it is not wanted'
  const listening = authorizeWithLoopback({
    ...options,
    redirectUris: redirectUris.filter((uri) => !leadsElsewhere(uri)),
    onUrl: (url, request) => {
      const where = against === undefined ? 'if your browser does not' : 'in a browser'
      output.note(`Open this page to log in (scope ${options.scope}), ${where}:`)
      output.note(`\n  ${output.paint('cyan', url, 'stderr')}\n`)
      signIn(context, target)
      output.note(`Waiting for its answer at ${request.redirectUri}; Ctrl-C gives up.`)
      if (isInteractive) {
        output.note('If the browser is on another machine, copy the address it ends on to here.')
      }
    },
    onBrowserFailure: () => output.note('No browser could be opened: open the page by hand.'),
    ...(isInteractive ? { ask: askForAnswer(context) } : {}),
    ...(against === undefined ? { openBrowser: openInBrowser } : {}),
  })
  return listening.catch((error: unknown) => {
    if (!(error instanceof CallbackPortInUseError)) throw error
    throw new CallbackPortInUseError(error.attempts, {
      remedy:
        'Another login or program may be using it: end that one, or copy and paste instead: `ctrader login --manual`.',
    })
  })
}

/** The sandbox's person is nobody in particular: whoever has its file may be it. */
function signIn({ output }: CommandContext, { sandbox }: Target): void {
  if (sandbox === undefined) return
  output.note(`Sign in as ${sandbox.username} with the password ${sandbox.password}.`)
}
