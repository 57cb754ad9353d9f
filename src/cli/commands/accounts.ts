import { connectClient } from '../connect.ts'
import type { CommandContext } from '../context.ts'

/** `ctrader accounts`: the accounts that the login covers. */
export async function accounts(context: CommandContext): Promise<void> {
  const client = await connectClient(context)
  try {
    context.output.table(
      ['account', 'login', 'host', 'broker', 'scope'],
      client.accounts.map((account) => [
        String(account.accountId),
        String(account.login ?? ''),
        account.isLive ? 'live' : 'demo',
        account.broker ?? '',
        account.scope,
      ]),
      client.accounts,
    )
  } finally {
    await client.close()
  }
}
