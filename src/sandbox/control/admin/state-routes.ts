import { Hono } from 'hono'
import type { TradingDesk } from '../../desk/index.ts'
import type { World } from '../../world/index.ts'
import { accountView } from './account-view.ts'
import type { AdminOptions } from './admin-app.ts'
import { answer, wholeNumber } from './json.ts'

// What the console has not seen yet; a longer silence of its own is its own loss.
const mostEntries = 200

/** Everything that the console shows of the API hosts, in one answer. */
export function stateRoutes(
  options: Pick<AdminOptions, 'control' | 'time'> & {
    readonly desk: TradingDesk
    readonly world: World
  },
): Hono {
  const { control, time, desk, world } = options
  const app = new Hono({ strict: false })
  const accounts = () => world.accounts.map((account) => accountView(account, desk, world))
  app.get('/state', (context) => {
    const since = wholeNumber('since', context.req.query('since') ?? '0')
    const now = time.now()
    return answer(context, {
      time: { mode: time.mode, now, iso: new Date(now).toISOString() },
      maintenance: control.maintenance.state ?? null,
      symbols: control.market.list(),
      accounts: accounts(),
      connections: control.connections.list(),
      faults: control.faults.list().map(({ id, rule, matched, acted }) => ({
        ...{ id, rule, matched, acted },
      })),
      snapshots: control.snapshots.list(),
      mark: control.journal.mark(),
      kept: control.journal.size,
      entries: control.journal.entries({ since }).slice(-mostEntries),
    })
  })
  app.get('/accounts', (context) => answer(context, { accounts: accounts() }))
  return app
}
