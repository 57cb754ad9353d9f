import type {
  Decimal,
  Fill,
  Instrument,
  Money,
  Order,
  Position,
  Quote,
  Trader,
} from '../../index.ts'
import type { Output } from '../output.ts'

/** What the tour found, for programs: the last line of `ctrader tour --json`. */
export interface TourReport {
  readonly ok: true
  /** How long everything took, the person's part included. */
  readonly durationMs: number
  readonly seed: number
  readonly redirectUri: string
  readonly scope: string | undefined
  /** When the access token ends. */
  readonly tokenExpiresAt: string | undefined
  /** The accounts the consent covers. */
  readonly accounts: readonly number[]
  /** The account that was used. */
  readonly accountId: number
  readonly balanceBefore: Money
  readonly balanceAfter: Money
  /** How many symbols the account has. */
  readonly symbols: number
  readonly quotes: readonly {
    readonly symbol: string
    readonly bid: Decimal
    readonly ask: Decimal
    readonly at: Date | undefined
  }[]
  readonly order: {
    readonly orderId: number
    readonly positionId: number
    readonly price: Decimal
    /** Units of the base asset. */
    readonly volume: Decimal
    readonly commission: Money
  }
  readonly protection: {
    readonly stopLoss: Decimal | undefined
    readonly takeProfit: Decimal | undefined
  }
  readonly margin: Money | undefined
  readonly closed: {
    readonly orderId: number
    readonly price: Decimal
    readonly grossProfit: Money
    readonly commission: Money
    readonly netProfit: Money
  }
}

/** What was traded, as the report and the steps need it. */
export interface Trade {
  readonly trader: Trader
  readonly symbols: number
  readonly instrument: Instrument
  readonly quotes: readonly Quote[]
  readonly order: Order
  readonly fill: Fill
  readonly position: Position
  readonly closing: Fill
  readonly settled: NonNullable<Fill['closed']>
}

/** The part of the report that is about the trade. */
export function reportTrade(trade: Trade) {
  const { trader, quotes, fill, position, closing, settled } = trade
  return {
    accountId: trader.accountId,
    balanceBefore: trader.balance,
    balanceAfter: settled.balance,
    symbols: trade.symbols,
    quotes: quotes.map(({ symbol, bid, ask, at }) => ({ symbol, bid, ask, at })),
    order: {
      orderId: fill.orderId,
      positionId: fill.positionId,
      price: fill.price,
      volume: fill.volume,
      commission: fill.commission,
    },
    protection: { stopLoss: position.stopLoss, takeProfit: position.takeProfit },
    margin: position.usedMargin,
    closed: {
      orderId: closing.orderId,
      price: closing.price,
      grossProfit: settled.grossProfit,
      commission: settled.commission,
      netProfit: settled.netProfit,
    },
  } satisfies Partial<TourReport>
}

/** How to do the same with the real servers. */
export function printNextSteps(output: Output, seconds: string): void {
  const command = (text: string): string => output.paint('cyan', text)
  const page = 'https://openapi.ctrader.com/apps'
  const uri = 'http://127.0.0.1:8080/auth/callback'
  output.line(`
${output.paint('green', '✓')} ${output.paint('bold', `Everything worked, in ${seconds} s.`)} Nothing of the sandbox is left running.

  ${output.paint('bold', 'The same against the real cTrader')}
    1. Register an application at ${page} with the redirect URI
       ${uri} and wait until its status is Active.
    2. ${command('export CTRADER_CLIENT_ID=... CTRADER_CLIENT_SECRET=...')}
       ${command(`export CTRADER_REDIRECT_URI=${uri}`)}
    3. ${command('npx ctrader login --env demo')}
    4. ${command('npx ctrader quotes EURUSD --env demo')}

  ${output.paint('bold', 'A sandbox to program against')}
    ${command('npx ctrader sandbox --file sandbox.json')}`)
}
