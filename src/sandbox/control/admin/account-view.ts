import {
  ProtoOAOrderType as OrderType,
  type ProtoOAOrder,
  type ProtoOAPosition,
  ProtoOATradeSide as TradeSide,
} from '../../../protocol/index.ts'
import type { TradingDesk } from '../../desk/index.ts'
import type { SandboxAccount, World } from '../../world/index.ts'
import { termsOf } from '../account-terms.ts'
import { moneyText } from '../accounts-control.ts'

/** An account with what is open on it, as people read it. */
export function accountView(account: SandboxAccount, desk: TradingDesk, world: World) {
  const { accountId, traderLogin, isLive, depositAsset, accountType } = account
  const { balance, moneyDigits = 2 } = desk.trader(accountId)
  const { position, order } = desk.reconcile(accountId, false)
  const worth = desk.unrealizedPnL(accountId)
  const profits = new Map(
    worth.positionUnrealizedPnL.map((one) => [
      one.positionId,
      moneyText(one.netUnrealizedPnL, worth.moneyDigits),
    ]),
  )
  return {
    account: accountId,
    ...{ traderLogin, isLive, depositAsset, accountType },
    ...termsOf(desk.account(accountId)),
    balance: moneyText(balance, moneyDigits),
    positions: position
      .filter(({ tradeData }) => tradeData.volume > 0)
      .map((one) => ({ ...positionView(one, world), profit: profits.get(one.positionId) })),
    orders: order.filter((one) => one.orderType in pending).map((one) => orderView(one, world)),
  }
}

/** What orders that wait are called. */
const pending: Readonly<Record<number, string>> = {
  [OrderType.LIMIT]: 'limit',
  [OrderType.STOP]: 'stop',
  [OrderType.STOP_LIMIT]: 'stop limit',
}

function positionView(position: ProtoOAPosition, world: World) {
  const { tradeData, price, stopLoss, takeProfit } = position
  const { shown, ...what } = instrumentView(tradeData, world)
  return {
    positionId: position.positionId,
    ...what,
    ...{ price: shown(price), stopLoss: shown(stopLoss), takeProfit: shown(takeProfit) },
  }
}

function orderView(order: ProtoOAOrder, world: World) {
  const { shown, ...what } = instrumentView(order.tradeData, world)
  return {
    orderId: order.orderId,
    type: pending[order.orderType],
    ...what,
    price: shown(order.stopPrice ?? order.limitPrice),
  }
}

/** What positions and orders have in common, and how their prices are written. */
function instrumentView(tradeData: ProtoOAPosition['tradeData'], world: World) {
  const { symbolId, tradeSide, volume, label, comment } = tradeData
  const instrument = world.instruments.get(symbolId)
  const digits = instrument?.digits ?? 5
  return {
    symbol: instrument?.name ?? String(symbolId),
    side: tradeSide === TradeSide.BUY ? 'buy' : 'sell',
    volume: (volume / 100).toLocaleString('en'),
    ...{ label, comment },
    shown: (value: number | undefined) => value?.toFixed(digits),
  }
}
