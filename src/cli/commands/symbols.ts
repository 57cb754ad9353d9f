import { connectClient, openAccount } from '../connect.ts'
import type { CommandContext } from '../context.ts'

export interface SymbolsOptions {
  readonly search?: string
}

/** `ctrader symbols`: the symbols that an account's broker offers. */
export async function symbols(context: CommandContext, options: SymbolsOptions): Promise<void> {
  const { output, signal } = context
  const connected = await connectClient(context)
  try {
    const account = await openAccount(context, connected)
    const all = await account.symbols({ signal })
    const wanted = (options.search ?? '').toUpperCase()
    const found = all.filter((symbol) =>
      `${symbol.name}\n${symbol.description ?? ''}`.toUpperCase().includes(wanted),
    )
    if (found.length === 0) {
      output.note(`None of the ${all.length} symbols matches "${options.search ?? ''}".`)
    }
    output.table(
      [
        { title: 'symbol' },
        { title: 'id', align: 'right' },
        { title: 'base' },
        { title: 'quote' },
        { title: 'enabled' },
        { title: 'description' },
      ],
      found.map((symbol) => [
        symbol.name,
        String(symbol.symbolId),
        symbol.baseAsset,
        symbol.quoteAsset,
        symbol.isEnabled ? 'yes' : 'no',
        symbol.description ?? '',
      ]),
      found,
    )
  } finally {
    await connected.client.close()
  }
}
