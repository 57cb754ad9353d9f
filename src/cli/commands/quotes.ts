import type { Quote } from '../../index.ts'
import { connectClient, openAccount } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { readInteger } from '../settings.ts'

export interface QuotesOptions {
  readonly count?: string
}

/** `ctrader quotes SYMBOL...`: live quotes until the count is reached or the person interrupts. */
export async function quotes(
  context: CommandContext,
  names: readonly string[],
  options: QuotesOptions,
): Promise<void> {
  const { output, signal } = context
  const count =
    options.count === undefined ? Number.POSITIVE_INFINITY : readInteger('The count', options.count)
  const client = await connectClient(context)
  try {
    const account = await openAccount(context, client)
    let seen = 0
    if (count === 0) return
    for await (const quote of account.watchQuotes(names, { signal })) {
      if (output.isJson) output.json(quote)
      else output.line(formatQuote(quote))
      if (++seen >= count) break
    }
  } finally {
    await client.close()
  }
}

function formatQuote(quote: Quote): string {
  const time = (quote.at?.toISOString() ?? '').slice(11, 23)
  return `${time}  ${quote.symbol.padEnd(8)}  ${quote.bid}  ${quote.ask}`
}
