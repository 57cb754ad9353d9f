import { type Account, type Quote, type SymbolRef, systemClock } from '../../index.ts'
import { connectClient, openAccount } from '../connect.ts'
import { sayConnection } from '../connection-notes.ts'
import type { CommandContext } from '../context.ts'
import { NoQuoteError, UsageError } from '../errors.ts'
import { readInteger, readSeconds } from '../option-values.ts'
import type { Output } from '../output.ts'

export interface QuotesOptions {
  readonly count?: string
  readonly follow?: boolean
}

/** How long to wait for the first quote when nothing is said: as long as for an answer. */
const firstQuoteMs = 15_000

/** A silence of this length is remarked on, once. */
const silenceMs = 30_000

/** `ctrader quotes SYMBOL...`: live quotes until the count is reached or the person interrupts. */
export async function quotes(
  context: CommandContext,
  names: readonly string[],
  options: QuotesOptions,
): Promise<void> {
  if (options.count !== undefined && options.follow === true) {
    throw new UsageError('--count and --follow contradict each other.', 'Leave one of them out.')
  }
  const count =
    options.count === undefined
      ? Number.POSITIVE_INFINITY
      : readInteger('--count', options.count, 1)
  const timeoutMs = readSeconds('--timeout', context.options.timeout)
  const connected = await connectClient(context)
  try {
    const account = await openAccount(context, connected)
    void sayConnection(context.output, connected.client)
    const symbols = [...new Set(names)].map(symbolOf)
    reportLosses(context.output, account)
    await follow(context, account, symbols, { count, timeoutMs })
  } finally {
    await connected.client.close()
  }
}

/** Says when the connection is lost, why it is not back yet, and when it is. */
function reportLosses(output: Output, { session }: Account): void {
  let isLost = false
  session.onStatus((status) => {
    if (status.phase === 'connecting' && !isLost)
      output.note('The connection is lost; connecting again.')
    if (status.phase === 'waiting') {
      const at = new Date(status.until).toISOString()
      output.note(`${status.error.message} Trying again at ${at}.`)
    }
    if (status.phase === 'ready' && isLost) output.note('Connected again.')
    isLost = status.phase !== 'ready' && status.phase !== 'partial'
  })
}

/** Digits are an id; names that brokers give have letters in them. */
function symbolOf(name: string): SymbolRef {
  return /^\d+$/.test(name) && Number.isSafeInteger(Number(name)) ? Number(name) : name
}

interface Limits {
  readonly count: number
  readonly timeoutMs: number | undefined
}

async function follow(
  { output, signal }: CommandContext,
  account: Account,
  symbols: readonly SymbolRef[],
  { count, timeoutMs }: Limits,
): Promise<void> {
  const quiet = new AbortController()
  const watch = (ms: number) =>
    systemClock.after(ms, () => quiet.abort(new NoQuoteError(symbols.map(String), ms)))
  const either = AbortSignal.any([signal, quiet.signal])
  // A screen on which nothing moves leaves one wondering.
  const remark = () =>
    systemClock.after(silenceMs, () =>
      output.note(
        `No quote for ${silenceMs / 1000} s. The market may be closed; waiting for the next.`,
      ),
    )
  // The first quote comes with the subscription, whatever the market does. Later ones may take their time.
  let timer = watch(timeoutMs ?? firstQuoteMs)
  try {
    const widths = symbols.map((symbol) => String(symbol).length)
    const width = Math.max(6, ...widths)
    let seen = 0
    for await (const quote of account.watchQuotes(symbols, { signal: either })) {
      timer.cancel()
      print(output, quote, width)
      if (++seen >= count) break
      timer = timeoutMs === undefined ? remark() : watch(timeoutMs)
    }
  } finally {
    timer.cancel()
  }
}

function print(output: Output, quote: Quote, width: number): void {
  if (output.isJson) return output.json(quote)
  const time = (quote.at?.toISOString() ?? '').slice(11, 23)
  const spread = output.paint('dim', `spread ${quote.ask.minus(quote.bid)}`)
  output.line(
    `${output.paint('dim', time)}  ${quote.symbol.padEnd(width)}  ${quote.bid}  ${quote.ask}  ${spread}`,
  )
}
