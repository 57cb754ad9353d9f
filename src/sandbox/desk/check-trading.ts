import {
  ProtoOAAccessRights as AccessRights,
  ProtoOATradingMode as TradingMode,
} from '../../protocol/index.ts'
import type { Market, Quote } from '../market/index.ts'
import type { Instrument, SandboxAccount } from '../world/index.ts'
import { refused } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** The quote at which an account may trade an instrument now, or why it may not. */
export function checkTrading(input: {
  readonly account: SandboxAccount
  readonly instrument: Instrument
  readonly market: Market
  readonly now: number
  /** Closing is allowed where opening is not. */
  readonly closing: boolean
}): DeskRefusal | Quote {
  const { account, instrument, market, now, closing } = input
  const { symbolId, name, tradingMode } = instrument
  const rights = account.accessRights
  const mayTrade = rights === AccessRights.FULL_ACCESS
  if (!(mayTrade || (closing && rights === AccessRights.CLOSE_ONLY))) {
    return refused('TRADING_NOT_ALLOWED', 'Trading is not allowed for this account')
  }
  const enabled = tradingMode === TradingMode.ENABLED
  if (!(enabled || (closing && tradingMode === TradingMode.CLOSE_ONLY_MODE))) {
    return refused('TRADING_DISABLED', `Trading is disabled for symbol ${name}`)
  }
  if (!market.isOpen(symbolId, now)) {
    return refused('MARKET_CLOSED', `Market is closed for symbol ${name}`)
  }
  const quote = market.quote(symbolId)
  return quote ?? refused('NO_QUOTES', `No quotes for symbol ${name}`)
}
