import { authorizeWithLoopback, requireScope } from '../../oauth/index.ts'
import { printAccounts } from '../account-table.ts'
import { connectWith } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { UsageError } from '../errors.ts'
import { grantKey, nextRecord, openGrantStore } from '../grant.ts'
import { openInBrowser, reasonAgainstBrowser } from '../open-browser.ts'
import { readSeconds } from '../option-values.ts'
import { readCredentials, readRedirectUris, readTarget, type Target } from '../target.ts'
import { readVariable } from '../variables.ts'

export interface LoginOptions {
  readonly scope?: string
  readonly browser?: boolean
}

/**
 * `ctrader login`: the consent page in the browser, the code through the loopback listener, the tokens into the store.
 */
export async function login(context: CommandContext, options: LoginOptions): Promise<void> {
  const { output, signal, env } = context
  if (readVariable(env, 'CTRADER_ACCESS_TOKEN') !== undefined) {
    throw new UsageError(
      'The variable CTRADER_ACCESS_TOKEN is set and would be used instead of the new login.',
      'Unset it first.',
    )
  }
  const scope = requireScope(options.scope ?? 'accounts')
  const target = readTarget(context)
  const credentials = readCredentials(context, target)
  const redirectUris = readRedirectUris(context, target)
  const timeoutMs = readSeconds('--timeout', context.options.timeout)
  const { store, directory } = await openGrantStore(env)
  const key = grantKey(target, credentials)
  const before = await store.load(key)
  if (before !== undefined) {
    output.note('There is a login already. The new one replaces it, and may end it elsewhere too.')
  }
  const against = options.browser === false ? 'you said --no-browser' : reasonAgainstBrowser(env)

  const tokens = await authorizeWithLoopback({
    application: credentials,
    redirectUris,
    scope,
    endpoints: target.endpoints,
    signal,
    save: (fresh) => store.save(nextRecord(key, fresh, before), before?.generation ?? 0),
    onUrl: (url, request) => {
      output.note(`Open this page in a browser on this machine to log in (scope ${scope}):`)
      output.note(`\n  ${url}\n`)
      signIn(context, target)
      output.note(`Waiting for its answer at ${request.redirectUri}; Ctrl-C gives up.`)
    },
    onBrowserFailure: () => output.note('No browser could be opened: open the page by hand.'),
    ...(against === undefined ? { openBrowser: openInBrowser } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })

  const until = tokens.expiresAt === undefined ? '' : ` until ${isoDay(tokens.expiresAt)}`
  output.note(`Logged in with the scope ${scope}${until}.`)
  output.note(`The tokens are stored, readable by you alone, in ${directory}.`)
  const client = await connectWith(context, target, credentials, tokens.accessToken)
  try {
    printAccounts(output, client.accounts)
    output.note(`Next: ctrader quotes EURUSD --env ${target.name}`)
  } finally {
    await client.close()
  }
}

/** The sandbox's person is nobody in particular: whoever has its file may be it. */
function signIn({ output }: CommandContext, { sandbox }: Target): void {
  if (sandbox === undefined) return
  output.note(`Sign in as ${sandbox.username} with the password ${sandbox.password}.`)
}

function isoDay(timestamp: number): string {
  return new Date(timestamp).toISOString().slice(0, 10)
}
