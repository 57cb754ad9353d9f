import { connectClient, openAccount } from '../connect.ts'
import type { CommandContext } from '../context.ts'

export interface SymbolsOptions {
  readonly search?: string
}

/** `ctrader symbols`: the symbols of an account. */
export async function symbols(context: CommandContext, options: SymbolsOptions): Promise<void> {
  const client = await connectClient(context)
  try {
    const account = await openAccount(context, client)
    const wanted = (options.search ?? '').toUpperCase()
    const list = (await account.symbols({ signal: context.signal })).filter((symbol) =>
      `${symbol.name} ${symbol.description ?? ''}`.toUpperCase().includes(wanted),
    )
    context.output.table(
      ['symbol', 'id', 'base', 'quote', 'description'],
      list.map((symbol) => [
        symbol.name,
        String(symbol.symbolId),
        symbol.baseAsset,
        symbol.quoteAsset,
        symbol.description ?? '',
      ]),
      list,
    )
  } finally {
    await client.close()
  }
}
