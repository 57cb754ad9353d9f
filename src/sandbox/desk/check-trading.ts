import {
  ProtoOAAccessRights as AccessRights,
  ProtoOATradingMode as TradingMode,
} from '../../protocol/index.ts'
import type { Quote } from '../market/index.ts'
import type { Instrument, SandboxAccount } from '../world/index.ts'
import type { Floor } from './floor.ts'
import { noQuotes, refused } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** Whether an account may trade at all, or only close. */
export function checkRights(
  { accessRights }: SandboxAccount,
  closing: boolean,
): DeskRefusal | undefined {
  if (accessRights === AccessRights.FULL_ACCESS) return undefined
  if (closing && accessRights === AccessRights.CLOSE_ONLY) return undefined
  return refused('TRADING_NOT_ALLOWED', 'Trading is not allowed for this account')
}

/** Whether an instrument takes orders, or only those that close. */
export function checkMode(
  { tradingMode, name }: Instrument,
  closing: boolean,
): DeskRefusal | undefined {
  if (tradingMode === TradingMode.ENABLED) return undefined
  if (closing && tradingMode === TradingMode.CLOSE_ONLY_MODE) return undefined
  return refused('TRADING_DISABLED', `Trading is disabled for symbol ${name}`)
}

/** Whether orders that wait for their price are executed in this trading mode. */
export function executesPending({ tradingMode }: Instrument, closing: boolean): boolean {
  switch (tradingMode) {
    case TradingMode.DISABLED_WITHOUT_PENDINGS_EXECUTION:
      return false
    case TradingMode.CLOSE_ONLY_MODE:
      return closing
    default:
      return true
  }
}

/** The quote at which an instrument can be traded now, or why it cannot. */
export function checkMarket(
  instrument: Instrument,
  floor: Floor,
  now: number,
): DeskRefusal | Quote {
  const { symbolId, name } = instrument
  if (!floor.market.isOpen(symbolId, now)) {
    const code = floor.closedBy(symbolId, now)
    const text =
      code === 'MARKET_CLOSED'
        ? `Market is closed for symbol ${name}`
        : `Symbol ${name} has holiday`
    return refused(code, text)
  }
  return floor.market.quote(symbolId) ?? noQuotes(instrument)
}
