import { Hono } from 'hono'
import type { FaultHandle, FaultRule } from '../fault.ts'
import { describeEntry, type JournalQuery } from '../journal-entry.ts'
import type { AdminOptions } from './admin-app.ts'
import { answer, type Fields, journalQuery, pick, readFields, wholeNumber } from './json.ts'

const choice = { connection: 'number', host: 'text', account: 'number', clientId: 'text' } as const
/** Connections, tokens, maintenance, faults and the journal. */
export function trafficRoutes({ control }: Pick<AdminOptions, 'control'>): Hono {
  const { connections, faults, journal, maintenance, tokens } = control
  const app = new Hono({ strict: false })

  app.get('/connections', (context) => answer(context, { connections: connections.list() }))
  app.post('/connections/cut', async (context) => {
    const { how, ...which } = pick(await readFields(context), { ...choice, how: 'text' })
    // What is no choice is refused by whoever takes it.
    return answer(context, { ended: connections.cut(which as object, how as 'cut') })
  })
  app.post('/accounts/:account/disconnect', async (context) => {
    const account = wholeNumber('account', context.req.param('account'))
    const how = pick(await readFields(context), { connection: 'number', mute: 'flag' })
    return answer(context, { ended: connections.disconnectAccount(account, how) })
  })
  app.post('/applications/disconnect', async (context) => {
    const shape = { ...choice, reason: 'text', closes: 'flag' } as const
    const which = pick(await readFields(context), shape)
    return answer(context, { ended: connections.disconnectApplication(which as object) })
  })

  const token = { accessToken: 'text', account: 'number', clientId: 'text' } as const
  app.post('/tokens/invalidate', async (context) => {
    const { reason, ...which } = pick(await readFields(context), { ...token, reason: 'text' })
    return answer(context, { ended: tokens.invalidate(which, reason) })
  })
  app.post('/tokens/expire', async (context) => {
    return answer(context, { expired: tokens.expire(pick(await readFields(context), token)) })
  })

  const window = () => ({ maintenance: maintenance.state ?? null })
  app.get('/maintenance', (context) => answer(context, window()))
  app.post('/maintenance', async (context) => {
    const shape = { forMs: 'number', host: 'text', of: 'text' } as const
    maintenance.begin(pick(await readFields(context), shape) as object)
    return answer(context, window(), 201)
  })
  app.delete('/maintenance', (context) => {
    maintenance.end()
    return answer(context, window())
  })

  app.get('/faults', (context) => answer(context, { faults: faults.list().map(shown) }))
  app.post('/faults', async (context) => {
    // The rule is checked where it is made.
    const handle = faults.add((await readFields(context)) as unknown as FaultRule)
    return answer(context, shown(handle), 201)
  })
  app.delete('/faults', (context) => {
    faults.clear()
    return answer(context, { faults: [] })
  })
  app.delete('/faults/:id', (context) => {
    faults.remove(wholeNumber('id', context.req.param('id')))
    return answer(context, { faults: faults.list().map(shown) })
  })

  app.get('/journal', (context) => {
    const { limit, ...asked } = context.req.query()
    const entries = journal.entries(queryOf(asked))
    const most = limit === undefined ? entries.length : wholeNumber('limit', limit)
    return answer(context, {
      mark: journal.mark(),
      count: entries.length,
      entries: most === 0 ? [] : entries.slice(-most),
    })
  })
  app.post('/journal/expect', async (context) => {
    const { times = 1, ...asked } = pick(await readFields(context), {
      ...journalQuery,
      times: 'number',
    })
    const entries = journal.expect(asked as JournalQuery, times)
    return answer(context, { count: entries.length, entries, shown: entries.map(describeEntry) })
  })
  app.delete('/journal', (context) => {
    journal.clear()
    return answer(context, { mark: journal.mark(), count: 0, entries: [] })
  })
  return app
}

function shown({ id, rule, matched, acted }: FaultHandle) {
  return { id, rule, matched, acted }
}

function queryOf(asked: Readonly<Record<string, string>>): JournalQuery {
  const fields: Record<string, unknown> = { ...asked }
  for (const name of ['account', 'connection', 'since'] as const) {
    const text = asked[name]
    if (text !== undefined) fields[name] = wholeNumber(name, text)
  }
  return pick(fields as Fields, journalQuery) as JournalQuery
}
