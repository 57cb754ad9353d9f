import { printAccounts } from '../account-table.ts'
import { connectClient } from '../connect.ts'
import type { CommandContext } from '../context.ts'

/** `ctrader accounts`: the accounts that the login covers, demo and live. */
export async function accounts(context: CommandContext): Promise<void> {
  const { client } = await connectClient(context)
  try {
    printAccounts(context.output, client.accounts)
  } finally {
    await client.close()
  }
}
