import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { InvalidArgumentError } from '../../../errors.ts'
import type { AuthFaultRule } from '../faults/fault-rule.ts'
import { readBody } from '../form-body.ts'
import type { SandboxAuth } from './sandbox-auth.ts'

/**
 * {@link SandboxAuth} over HTTP, JSON in and out: what a program in another language, or a test that runs outside,
 * uses. Mounted under `/admin/oauth`.
 */
export function oauthAdmin(auth: SandboxAuth): Hono {
  const app = new Hono({ strict: false })
  app.use(async (context, next) => {
    // Another site's page may send requests here from a browser on this machine; it must not get anything done.
    const site = context.req.header('sec-fetch-site')
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      return context.json(
        { error: { code: 'CROSS_SITE', message: 'Other sites may not do this.' } },
        403,
      )
    }
    return next()
  })
  app.onError((error, context) => {
    if (error instanceof InvalidArgumentError) {
      const { code, message, facts } = error
      return context.json({ error: { code, message, facts } }, 400)
    }
    if (error instanceof HTTPException) {
      return context.json({ error: { code: 'BAD_REQUEST', message: error.message } }, error.status)
    }
    throw error
  })

  app.get('/faults', (context) => context.json({ faults: auth.faults.list() }))
  app.post('/faults', async (context) => {
    const fault = auth.faults.add((await readJson(context)) as AuthFaultRule)
    return context.json(fault, 201)
  })
  app.delete('/faults', (context) => {
    auth.faults.clear()
    return context.json({ faults: [] })
  })
  app.delete('/faults/:id', (context) => {
    const id = Number(context.req.param('id'))
    const fault = auth.faults.list().find((one) => one.id === id)
    if (fault === undefined) return notFound(context, 'There is no such fault.')
    fault.remove()
    return context.json({ faults: auth.faults.list() })
  })

  app.get('/requests', (context) => context.json({ requests: auth.requests.list() }))
  app.delete('/requests', (context) => {
    auth.requests.clear()
    return context.json({ requests: [] })
  })

  // A sub-app's own handler for what is not found would not be asked.
  app.all('*', (context) => notFound(context, 'There is nothing here.'))
  return app
}

function notFound(context: Context, message: string): Response {
  return context.json({ error: { code: 'NOT_FOUND', message } }, 404)
}

/**
 * The JSON of a request. Only of one that says it is JSON: a page of another site cannot send such a request unasked.
 *
 * @throws HTTPException 400 or 415
 */
async function readJson(context: Context): Promise<unknown> {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw new HTTPException(415, { message: 'Send JSON, with Content-Type: application/json.' })
  }
  try {
    return JSON.parse(await readBody(context))
  } catch (error) {
    if (error instanceof HTTPException) throw error
    throw new HTTPException(400, { message: 'The body is not JSON.' })
  }
}
