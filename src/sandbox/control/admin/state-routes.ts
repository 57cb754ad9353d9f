import { Hono } from 'hono'
import type { ProtoOAPosition } from '../../../protocol/index.ts'
import type { TradingDesk } from '../../desk/index.ts'
import type { World } from '../../world/index.ts'
import { termsOf } from '../account-terms.ts'
import { moneyText } from '../accounts-control.ts'
import type { AdminOptions } from './admin-app.ts'
import { answer, wholeNumber } from './json.ts'

// What the console has not seen yet; a longer silence of its own is its own loss.
const mostEntries = 200

/** Everything that the console shows, in one answer. */
export function stateRoutes(
  options: Pick<AdminOptions, 'control' | 'time'> & {
    readonly desk: TradingDesk
    readonly world: World
  },
): Hono {
  const { control, time, desk, world } = options
  const app = new Hono({ strict: false })
  app.get('/state', (context) => {
    const since = wholeNumber('since', context.req.query('since') ?? '0')
    const now = time.now()
    return answer(context, {
      time: { mode: time.mode, now, iso: new Date(now).toISOString() },
      maintenance: control.maintenance.state ?? null,
      symbols: control.market.list(),
      accounts: accountsOf(desk, world),
      connections: control.connections.list(),
      faults: control.faults.list().map(({ id, rule, matched, acted }) => ({
        ...{ id, rule, matched, acted },
      })),
      mark: control.journal.mark(),
      entries: control.journal.entries({ since }).slice(-mostEntries),
    })
  })
  app.get('/accounts', (context) => answer(context, { accounts: accountsOf(desk, world) }))
  return app
}

function accountsOf(desk: TradingDesk, world: World) {
  return world.accounts.map(({ accountId, traderLogin, isLive, depositAsset, accountType }) => {
    const { balance, moneyDigits = 2 } = desk.trader(accountId)
    return {
      account: accountId,
      ...{ traderLogin, isLive, depositAsset, accountType },
      ...termsOf(desk.account(accountId)),
      balance: moneyText(balance, moneyDigits),
      positions: desk
        .reconcile(accountId, false)
        .position.filter(({ tradeData }) => tradeData.volume > 0)
        .map((position) => positionOf(position, world)),
    }
  })
}

function positionOf(position: ProtoOAPosition, world: World) {
  const { tradeData, price, stopLoss, takeProfit } = position
  const instrument = world.instruments.get(tradeData.symbolId)
  const shown = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : value.toFixed(instrument?.digits ?? 5)
  return {
    positionId: position.positionId,
    symbol: instrument?.name ?? String(tradeData.symbolId),
    side: tradeData.tradeSide === 1 ? 'buy' : 'sell',
    volume: (tradeData.volume / 100).toLocaleString('en'),
    price: shown(price),
    stopLoss: shown(stopLoss),
    takeProfit: shown(takeProfit),
  }
}
