import {
  type Account,
  type Fill,
  type Instrument,
  lots,
  type Position,
  pips,
  type Quote,
  systemClock,
} from '../../index.ts'
import { NoQuoteError } from '../errors.ts'
import type { Trade } from './tour-report.ts'
import type { Steps } from './tour-steps.ts'

const symbol = 'EURUSD'
const shownSymbols = [symbol, 'USDJPY', 'XAUUSD', 'GER40', 'BTCUSD']
const quoteCount = 5
/** A recorded market can be quiet; the tour does not wait for it. */
const longestQuotesMs = 4000
const firstQuoteMs = 10_000

/** Balance, symbols, quotes, and one position opened, looked at and closed. */
export async function trade(account: Account, steps: Steps, signal: AbortSignal): Promise<Trade> {
  const trader = await account.trader({ signal })
  steps.begin('Balance')
  steps.facts([
    ['account', `${account.accountId}, ${trader.accountType}`],
    ['balance', `${trader.balance}`],
    ['leverage', trader.leverage === undefined ? 'not said' : `1:${trader.leverage}`],
  ])

  const all = await account.symbols({ signal })
  const names = shownSymbols.filter((name) => all.some((one) => one.name === name))
  steps.begin(`Symbols: ${all.length}, of which ${names.length} are these`)
  const shown = await Promise.all(names.map((name) => account.symbol(name, { signal })))
  showSymbols(steps, shown)
  const instrument = await account.symbol(symbol, { signal })

  steps.begin(`Live quotes of ${symbol}`)
  const quotes = await someQuotes(account, steps, signal)

  steps.begin(`Buy 0.10 lots of ${symbol} at the market`)
  const order = await account.placeOrder({
    symbol,
    side: 'buy',
    type: 'market',
    volume: lots('0.10'),
    stopLoss: pips(20),
    takeProfit: pips(40),
    signal,
  })
  steps.good(`Order ${order.orderId} accepted, stop loss 20 pips away, take profit 40.`)
  const fill = await order.filled
  steps.good(`${fill.volume} ${instrument.baseAsset} filled at ${fill.price}.`)
  steps.facts([['commission', `${fill.commission}`]])

  const position = await protectedPosition(account, fill, signal)
  steps.begin(`Position ${position.positionId}`)
  showPosition(steps, position, instrument)

  steps.begin('Close it')
  const close = await account.closePosition({ positionId: position.positionId, signal })
  const closing = await close.filled
  const settled = closing.closed
  if (settled === undefined) throw new Error('The closing fill does not say what it settled.')
  steps.good(`Closed at ${closing.price}.`)
  steps.facts([
    ['gross', `${settled.grossProfit}`],
    ['commission', `${settled.commission}, for opening and closing`],
    ['net', profit(steps, settled.netProfit.amount.compare(0), `${settled.netProfit}`)],
    ['balance', `${trader.balance} → ${settled.balance}`],
  ])
  return {
    ...{ trader, symbols: all.length, instrument, quotes },
    ...{ order, fill, position, closing, settled },
  }
}

function showSymbols(steps: Steps, instruments: readonly Instrument[]): void {
  steps.table(
    [
      { title: 'symbol' },
      { title: 'digits', align: 'right' },
      { title: 'one lot', align: 'right' },
      { title: 'smallest order', align: 'right' },
      { title: 'description' },
    ],
    instruments.map((one) => [
      one.name,
      String(one.digits),
      one.lotSize === undefined ? 'not said' : `${one.lotSize} ${one.baseAsset}`,
      one.minVolume === undefined ? '' : `${one.minVolume} ${one.baseAsset}`,
      one.description ?? '',
    ]),
  )
}

async function someQuotes(
  account: Account,
  steps: Steps,
  signal: AbortSignal,
): Promise<readonly Quote[]> {
  const enough = new AbortController()
  const quotes: Quote[] = []
  let timer = systemClock.after(firstQuoteMs, () =>
    enough.abort(new NoQuoteError([symbol], firstQuoteMs)),
  )
  try {
    const either = AbortSignal.any([signal, enough.signal])
    for await (const quote of account.watchQuotes([symbol], { signal: either })) {
      if (quotes.length === 0) {
        timer.cancel()
        timer = systemClock.after(longestQuotesMs, () => enough.abort())
      }
      quotes.push(quote)
      const time = (quote.at?.toISOString() ?? '').slice(11, 23)
      const spread = steps.paint('dim', `spread ${quote.ask.minus(quote.bid)}`)
      steps.say(`${steps.paint('dim', time)}   ${quote.bid}  ${quote.ask}   ${spread}`)
      if (quotes.length >= quoteCount) break
    }
  } catch (error) {
    if (quotes.length === 0 || !enough.signal.aborted || signal.aborted) throw error
    steps.say(`(The market is quiet: no further quote came within ${longestQuotesMs / 1000} s.)`)
  } finally {
    timer.cancel()
  }
  return quotes
}

/** The position with its protection, which the server attaches a moment after the fill. */
async function protectedPosition(
  account: Account,
  { positionId }: Fill,
  signal: AbortSignal,
): Promise<Position> {
  for (let attempt = 0; ; attempt++) {
    const positions = await account.positions({ signal })
    const position = positions.find((item) => item.positionId === positionId)
    if (position === undefined) throw new Error(`Position ${positionId} is not there.`)
    if (position.stopLoss !== undefined || attempt >= 40) return position
    await new Promise<void>((resolve) => systemClock.after(50, resolve))
    signal.throwIfAborted()
  }
}

function showPosition(steps: Steps, position: Position, { baseAsset }: Instrument): void {
  steps.facts([
    ['side', `${position.side} ${position.volume} ${baseAsset}`],
    ['entry', `${position.entryPrice ?? 'not said'}`],
    ['stop loss', `${position.stopLoss ?? 'none'}`],
    ['take profit', `${position.takeProfit ?? 'none'}`],
    ['margin', `${position.usedMargin}`],
  ])
}

function profit(steps: Steps, sign: number, text: string): string {
  return sign === 0 ? text : steps.paint(sign > 0 ? 'green' : 'red', text)
}
