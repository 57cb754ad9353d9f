import { type Context, Hono } from 'hono'
import type { AdminOptions } from './admin-app.ts'
import { answer, pick, readFields, wholeNumber } from './json.ts'

/** Forks: made, listed and closed. Each is a sandbox with a line, an admin API and a console of its own. */
export function forkRoutes({ forks }: Pick<AdminOptions, 'forks'>): Hono {
  const app = new Hono({ strict: false })
  const make = async (context: Context, snapshot: number | undefined) => {
    const { fork, sandbox } = await forks.create(snapshot)
    return answer(context, { fork, ...sandbox.line() }, 201)
  }
  const open = () => ({ forks: forks.list() })
  app.get('/forks', (context) => answer(context, open()))
  app.post('/forks', async (context) => {
    const { snapshot } = pick(await readFields(context), { snapshot: 'number' })
    return make(context, snapshot)
  })
  app.post('/snapshots/:id/fork', (context) =>
    make(context, wholeNumber('id', context.req.param('id'))),
  )
  app.delete('/forks/:fork', async (context) => {
    await forks.close(wholeNumber('fork', context.req.param('fork')))
    return answer(context, open())
  })
  return app
}
