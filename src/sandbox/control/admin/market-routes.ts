import { Hono } from 'hono'
import type { JournalQuery } from '../journal-entry.ts'
import type { RulesChange } from '../symbol-rules.ts'
import type { AdminOptions } from './admin-app.ts'
import { answer, journalQuery, pick, readFields } from './json.ts'

const move = { pips: 'number', percent: 'number', by: 'price' } as const
const silence = { countsAsSilence: 'flag' } as const

/** Time, prices, and the rules by which symbols are traded. */
export function marketRoutes({ control, time }: Pick<AdminOptions, 'control' | 'time'>): Hono {
  const { market } = control
  const app = new Hono({ strict: false })

  const clock = () => ({
    mode: time.mode,
    now: time.now(),
    iso: new Date(time.now()).toISOString(),
  })
  app.get('/time', (context) => answer(context, clock()))
  app.post('/time/advance', async (context) => {
    const given = pick(await readFields(context), { ms: 'number', to: 'moment', ...silence })
    const { ms, to, countsAsSilence = false } = given
    if (to === undefined) await time.advance(ms ?? Number.NaN, { countsAsSilence })
    else await time.advanceTo(to, { countsAsSilence })
    return answer(context, clock())
  })

  app.post('/time/run-until', async (context) => {
    const shape = { ...journalQuery, ...silence, atMostMs: 'number' } as const
    const { atMostMs, countsAsSilence = false, ...wanted } = pick(await readFields(context), shape)
    const since = control.journal.mark()
    const event = wanted as JournalQuery
    const bound = atMostMs === undefined ? {} : { atMostMs }
    await time.runUntil(event, { countsAsSilence, ...bound })
    const [entry] = control.journal.entries({ ...event, since })
    return answer(context, { ...clock(), entry })
  })

  const all = () => ({ rules: control.rules.list() })
  app.get('/rules', (context) => answer(context, all()))
  app.delete('/rules', (context) => {
    control.rules.reset()
    return answer(context, all())
  })
  app.get('/rules/:symbol', (context) =>
    answer(context, control.rules.get(context.req.param('symbol'))),
  )
  app.post('/rules/:symbol', async (context) => {
    // Which rules there are, and what they can be, is known where they are changed.
    const change = (await readFields(context)) as RulesChange
    return answer(context, control.rules.change(context.req.param('symbol'), change))
  })
  app.delete('/rules/:symbol', (context) => {
    const { symbol } = context.req.param()
    control.rules.reset(symbol)
    return answer(context, control.rules.get(symbol))
  })

  app.get('/market', (context) => answer(context, { symbols: market.list() }))
  for (const verb of ['close', 'open', 'silence', 'release'] as const) {
    app.post(`/market/${verb}`, (context) => {
      market[verb]()
      return answer(context, { symbols: market.list() })
    })
    app.post(`/market/:symbol/${verb}`, (context) => {
      const { symbol } = context.req.param()
      market[verb](symbol)
      return answer(context, market.price(symbol))
    })
  }
  app.get('/market/:symbol', (context) =>
    answer(context, market.price(context.req.param('symbol'))),
  )
  app.post('/market/:symbol/price', async (context) => {
    const sides = pick(await readFields(context), { bid: 'price', ask: 'price' })
    return answer(context, market.setPrice(context.req.param('symbol'), sides))
  })
  app.post('/market/:symbol/gap', async (context) => {
    const by = pick(await readFields(context), move)
    return answer(context, market.gap(context.req.param('symbol'), by))
  })
  app.post('/market/:symbol/spike', async (context) => {
    const shape = { ...move, lastsMs: 'number', retrace: 'number', spread: 'number' } as const
    const spike = pick(await readFields(context), shape)
    return answer(context, market.spike(context.req.param('symbol'), spike))
  })
  return app
}
