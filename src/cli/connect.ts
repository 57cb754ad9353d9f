import {
  type Account,
  type AccountSummary,
  type Client,
  createClient,
  type Secret,
} from '../index.ts'
import type { CommandContext } from './context.ts'
import { UsageError } from './errors.ts'
import { findAccessToken } from './grant.ts'
import { readInteger, readSeconds } from './option-values.ts'
import { type Credentials, readCredentials, readTarget, type Target } from './target.ts'
import { readVariable } from './variables.ts'

/** A connected client, and what it is connected with. */
export interface Connected {
  readonly client: Client
  readonly target: Target
}

/** Connects as the options and variables say. */
export async function connectClient(context: CommandContext): Promise<Connected> {
  const target = readTarget(context)
  const credentials = readCredentials(context, target)
  const accessToken = await findAccessToken(context, target, credentials)
  return { client: await connectWith(context, target, credentials, accessToken), target }
}

/** Connects with a token that is at hand. */
export function connectWith(
  { options, signal }: Pick<CommandContext, 'options' | 'signal'>,
  target: Target,
  credentials: Credentials,
  accessToken: Secret,
): Promise<Client> {
  const timeoutMs = readSeconds('--timeout', options.timeout)
  return createClient({
    environment: target.environment,
    carrier: target.carrier,
    application: credentials,
    grants: [{ accessToken }],
    signal,
    ...(timeoutMs === undefined
      ? {}
      : { requestTimeoutMs: timeoutMs, connectTimeoutMs: timeoutMs }),
  })
}

/** Opens the account that was asked for: `--account`, CTRADER_ACCOUNT_ID, or the one that goes without saying. */
export async function openAccount(
  context: CommandContext,
  { client, target }: Connected,
): Promise<Account> {
  const wanted = wantedAccount(context)
  const accountId = wanted ?? chooseAccount(context, target, client.accounts)
  return client.account(accountId, { signal: context.signal })
}

/** The account named by `--account` or CTRADER_ACCOUNT_ID. */
export function wantedAccount({
  env,
  options,
}: Pick<CommandContext, 'env' | 'options'>): number | undefined {
  if (options.account !== undefined) return readInteger('--account', options.account, 1)
  const variable = readVariable(env, 'CTRADER_ACCOUNT_ID')
  return variable === undefined ? undefined : readInteger('CTRADER_ACCOUNT_ID', variable, 1)
}

/** The only account, or the first demo one, or the first; says which when there is more than one. */
function chooseAccount(
  { output }: Pick<CommandContext, 'output'>,
  target: Target,
  accounts: readonly AccountSummary[],
): number {
  const { demo, live } = target.environment
  const reachable = accounts.filter((account) => (account.isLive ? live : demo) !== undefined)
  const chosen = reachable.find((account) => !account.isLive) ?? reachable[0]
  if (chosen === undefined) throw nothingReachable(target, accounts)
  if (reachable.length > 1) {
    const kind = chosen.isLive ? 'live' : 'demo'
    output.note(
      `Using the ${kind} account ${chosen.accountId}, one of ${reachable.length}; --account chooses another.`,
    )
  }
  return chosen.accountId
}

function nothingReachable(target: Target, accounts: readonly AccountSummary[]): UsageError {
  if (accounts.length === 0) {
    return new UsageError(
      'The login covers no account at all.',
      'Log in again and choose accounts on the consent page.',
    )
  }
  const other = target.name === 'demo' ? 'live' : 'demo'
  return new UsageError(
    `The login covers ${accounts.length} ${other} account(s) and no ${target.name} one.`,
    `Use --env ${other}, or log in again and choose other accounts.`,
  )
}
