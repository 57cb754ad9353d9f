import { type Account, type AccountSummary, type Client, createClient } from '../index.ts'
import type { CommandContext } from './context.ts'
import { UsageError } from './errors.ts'
import { findAccessToken } from './grant.ts'
import { readCredentials, readInteger, readTarget, readTimeoutMs, text } from './settings.ts'

/** Connects as the options and variables say. */
export async function connectClient(context: CommandContext): Promise<Client> {
  const target = readTarget(context)
  const application = readCredentials(context, target)
  const timeoutMs = readTimeoutMs(context.options.timeout)
  return createClient({
    environment: target.environment,
    application,
    grants: [{ accessToken: await findAccessToken(context, target, application) }],
    signal: context.signal,
    ...(timeoutMs === undefined
      ? {}
      : { requestTimeoutMs: timeoutMs, connectTimeoutMs: timeoutMs }),
  })
}

/** Opens the account that was asked for: `--account`, CTRADER_ACCOUNT_ID, or the one that goes without saying. */
export async function openAccount(context: CommandContext, client: Client): Promise<Account> {
  const wanted = context.options.account ?? text(context.env['CTRADER_ACCOUNT_ID'])
  const accountId =
    wanted === undefined
      ? chooseAccount(context, client.accounts).accountId
      : readInteger('The account', wanted)
  return client.account(accountId, { signal: context.signal })
}

function chooseAccount(
  context: CommandContext,
  accounts: readonly AccountSummary[],
): AccountSummary {
  const target = readTarget(context)
  const reachable = accounts.filter((account) =>
    account.isLive ? target.environment.live !== undefined : target.environment.demo !== undefined,
  )
  const chosen = reachable.find((account) => !account.isLive) ?? reachable[0]
  if (chosen === undefined) {
    throw new UsageError(
      `The login covers no account of the environment "${target.name}".`,
      'Use the other environment, or log in again and choose accounts.',
    )
  }
  if (reachable.length > 1) {
    context.output.note(
      `Using account ${chosen.accountId} (${reachable.length} are covered; --account chooses).`,
    )
  }
  return chosen
}
