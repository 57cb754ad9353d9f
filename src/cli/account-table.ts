import type { AccountSummary } from '../index.ts'
import type { Output } from './output.ts'
import type { Column } from './text-table.ts'

export const accountColumns: readonly Column[] = [
  { title: 'account', align: 'right' },
  { title: 'login', align: 'right' },
  { title: 'host' },
  { title: 'broker' },
  { title: 'scope' },
]

/** One account as the cells of {@link accountColumns}. */
export function accountRow(account: AccountSummary): readonly string[] {
  return [
    String(account.accountId),
    String(account.login ?? ''),
    account.isLive ? 'live' : 'demo',
    account.broker ?? '',
    account.scope,
  ]
}

/** The accounts that a token covers. */
export function printAccounts(output: Output, accounts: readonly AccountSummary[]): void {
  if (accounts.length === 0) output.note('The login covers no account.')
  output.table(accountColumns, accounts.map(accountRow), accounts)
}
