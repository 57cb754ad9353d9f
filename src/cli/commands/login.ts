import { type GrantIdentity, systemClock } from '../../index.ts'
import {
  requireScope,
  type Scope,
  ScopeInsufficientError,
  saveLogin,
  type TokenSet,
} from '../../oauth/index.ts'
import { printAccounts } from '../account-table.ts'
import { confirm } from '../ask.ts'
import type { CommandContext } from '../context.ts'
import { coordinate } from '../grant.ts'
import { chooseGrantStore, protectionOf, settleGrantStore } from '../grant-store.ts'
import { readImportedTokens } from '../imported-tokens.ts'
import { keepLogin, type LoginPlace } from '../keep-login.ts'
import { logInByHand, logInByListener, type ReadyLogin } from '../login-flows.ts'
import { readLoginNotes } from '../login-notes.ts'
import { formatMoment } from '../moments.ts'
import { readSeconds } from '../option-values.ts'
import { grantKey, readProfile } from '../profile.ts'
import { readStandardInput } from '../standard-input.ts'
import { leadsElsewhere, readCredentials, readRedirectUris, readTarget } from '../target.ts'
import { refuseUnderVariable } from '../variables.ts'

export interface LoginOptions {
  readonly scope?: string
  readonly browser?: boolean
  readonly manual?: boolean
  readonly yes?: boolean
  readonly force?: boolean
  /** How the logins are kept from now on. */
  readonly store?: string
  /** Takes tokens from standard input instead of asking for consent. */
  readonly withToken?: boolean
}

/** Everything about a login that is known before anybody is asked. */
interface Plan extends LoginPlace {
  readonly scope: Scope
  readonly redirectUris: readonly string[]
  readonly profile: string
}

/**
 * `ctrader login`: the consent page in the browser, the code through the loopback listener or by copy and paste, the
 * tokens into the store.
 */
export async function login(context: CommandContext, options: LoginOptions): Promise<void> {
  const { output, env, signal } = context
  refuseUnderVariable(env, 'CTRADER_ACCESS_TOKEN', 'would be used instead of the new login')
  const timeoutMs = readSeconds('--timeout', context.options.timeout)
  const plan = await makePlan(context, options)
  if (plan.before !== undefined && !(await mayReplace(context, plan, options))) {
    return output.note('Nothing was changed.')
  }
  if (options.withToken === true) return importLogin(context, plan)
  let identity: GrantIdentity | undefined
  const { target, redirectUris, scope, credentials } = plan
  const ready: ReadyLogin = {
    target,
    redirectUris,
    options: {
      application: credentials,
      scope,
      endpoints: target.endpoints,
      signal,
      save: async (tokens) => {
        await settleGrantStore(context, plan.grants)
        identity = await keepLogin(context, plan, tokens)
      },
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
  }
  const byHand = options.manual === true || redirectUris.every(leadsElsewhere)
  const tokens = byHand
    ? await logInByHand(context, ready)
    : await logInByListener(context, ready, options.browser !== false)
  report(context, plan, tokens, identity)
}

async function makePlan(context: CommandContext, options: LoginOptions): Promise<Plan> {
  const scope = requireScope(options.scope ?? 'accounts')
  const target = readTarget(context)
  const credentials = readCredentials(context, target)
  const redirectUris = readRedirectUris(context, target)
  const profile = readProfile(context, target)
  const grants = await chooseGrantStore(context, options.store)
  const key = grantKey(target, credentials.clientId, profile)
  const before = await grants.store.load(key)
  const force = options.force === true
  return { scope, target, credentials, redirectUris, grants, key, profile, before, force }
}

/** Tokens that were obtained elsewhere. A refresh token alone is traded for a pair at once: that shows that it works. */
async function importLogin(context: CommandContext, plan: Plan): Promise<void> {
  const { stdin, signal } = context
  const { scope, grants, key, target, credentials } = plan
  const given = readImportedTokens(await readStandardInput(stdin, signal), scope, systemClock.now())
  await settleGrantStore(context, grants)
  if (given.expiresAt !== 0) {
    return report(context, plan, given, await keepLogin(context, plan, given))
  }
  await saveLogin({ ...grants, key, tokens: given, signal })
  const grant = coordinate(grants, key, target, credentials)
  try {
    await grant.current({ signal })
  } finally {
    await grant.close()
  }
  const tokens = (await grants.store.load(key))?.tokens ?? given
  report(context, plan, tokens, undefined)
}

/** A new consent can end what other programs use; so the person has to want it. */
async function mayReplace(
  context: CommandContext,
  { before, key, profile }: Plan,
  { yes = false, force = false }: LoginOptions,
): Promise<boolean> {
  const userId = before?.userId ?? readLoginNotes(context.env, key).userId
  const whose = userId === undefined ? '' : ` of cTrader ID ${userId}`
  const warning = `The profile "${profile}" has a login${whose} already. A new one replaces it, and cTrader may then end it in every other program that uses this application with this cTrader ID.`
  if (yes || force) {
    context.output.note(warning)
    return true
  }
  return confirm(context, warning, '--yes')
}

function report(
  { output }: CommandContext,
  { scope, target, grants, profile }: Plan,
  { expiresAt, refreshToken }: TokenSet,
  identity: GrantIdentity | undefined,
): void {
  const whose = identity === undefined ? '' : ` as cTrader ID ${identity.userId}`
  const until = expiresAt === undefined ? '' : `, until ${formatMoment(expiresAt)}`
  output.note(
    `${output.paint('green', '✓', 'stderr')} Logged in${whose} with the scope ${scope}${until}.`,
  )
  output.note(`Stored ${protectionOf(grants.kind)}, in ${grants.directory} (${profile}).`)
  if (refreshToken === undefined) output.note('It cannot be renewed: the server gave no way to.')
  if (identity === undefined) return
  if (identity.scope !== undefined && identity.scope !== scope) {
    output.note(`Note: the server granted the scope ${identity.scope}, not ${scope}.`)
  }
  printAccounts(output, identity.accounts)
  // The tokens are stored and can be used to read; but what was asked for has not come about.
  if (identity.scope === 'accounts' && scope === 'trading') {
    throw new ScopeInsufficientError('trading', 'accounts')
  }
  output.note(`Next: ctrader quotes EURUSD --env ${target.name}`)
}
