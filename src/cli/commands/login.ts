import { createClient } from '../../index.ts'
import { authorizeWithLoopback, requireScope, type TokenSet } from '../../oauth/index.ts'
import type { CommandContext } from '../context.ts'
import { UsageError } from '../errors.ts'
import { grantKey, openStore } from '../grant.ts'
import { openInBrowser } from '../open-browser.ts'
import { readCredentials, readTarget, readTimeoutMs } from '../settings.ts'

export interface LoginOptions {
  readonly scope?: string
  readonly browser?: boolean
}

/** `ctrader login`: the consent page in the browser, the code through the loopback listener, the tokens into the store. */
export async function login(context: CommandContext, options: LoginOptions): Promise<void> {
  const { output, signal } = context
  const target = readTarget(context)
  const credentials = readCredentials(context, target)
  if (target.redirectUris.length === 0) {
    throw new UsageError(
      'The variable CTRADER_REDIRECT_URI is not set.',
      'Set it to a redirect URI registered for the application, such as http://127.0.0.1:8080/auth/callback.',
    )
  }
  const scope = requireScope(options.scope ?? 'accounts')
  const store = await openStore(context.env)
  const key = grantKey(target, credentials)
  const before = await store.load(key)
  if (before !== undefined) {
    output.note('Logging in again may end the login that is stored, wherever else it is used.')
  }
  const generation = before?.generation ?? 0
  const save = (tokens: TokenSet): Promise<void> =>
    store.save(
      {
        key,
        generation: generation + 1,
        tokens,
        userId: undefined,
        status: 'live',
        intent: undefined,
      },
      generation,
    )
  const timeoutMs = readTimeoutMs(context.options.timeout)
  const tokens = await authorizeWithLoopback({
    application: credentials,
    redirectUris: target.redirectUris,
    scope,
    endpoints: target.endpoints,
    signal,
    save,
    onUrl: (url) => output.note(`Open this page to log in:\n  ${url}`),
    ...(options.browser === false ? {} : { openBrowser: openInBrowser }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
  output.note(`Logged in with the scope ${scope}; the login is stored.`)
  const client = await createClient({
    environment: target.environment,
    application: credentials,
    grants: [{ accessToken: tokens.accessToken }],
    signal,
  })
  try {
    output.table(
      ['account', 'login', 'host', 'scope'],
      client.accounts.map((account) => [
        String(account.accountId),
        String(account.login ?? ''),
        account.isLive ? 'live' : 'demo',
        account.scope,
      ]),
      client.accounts,
    )
  } finally {
    await client.close()
  }
}
