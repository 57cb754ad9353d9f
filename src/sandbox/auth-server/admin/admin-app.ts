import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { InvalidArgumentError } from '../../../errors.ts'
import { guard } from '../../admin-guard.ts'
import type { NewApplication } from '../../credentials.ts'
import type { Ctid, GrantChoice } from '../../identity/index.ts'
import type { AuthFaultRule } from '../faults/fault-rule.ts'
import { readBody } from '../form-body.ts'
import type { PortalChanges } from './application-control.ts'
import type { ConsentChoice } from './consent-control.ts'
import { oauthState } from './oauth-state.ts'
import type { SandboxAuth } from './sandbox-auth.ts'

/**
 * {@link SandboxAuth} over HTTP, JSON in and out: what a program in another language, or a test that runs outside,
 * uses. Mounted under `/admin/oauth`, for those who know the admin token.
 */
export function oauthAdmin(
  auth: SandboxAuth,
  adminToken: string,
  people: () => readonly Ctid[],
): Hono {
  const app = new Hono({ strict: false })
  app.use(guard(adminToken))
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

  app.get('/state', (context) => context.json(oauthState(auth, people())))

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

  const { applications, behaviour, grants, consents } = auth
  app.get('/applications', (context) => context.json({ applications: applications.list() }))
  app.post('/applications', async (context) =>
    context.json(applications.create((await readJson(context)) as NewApplication), 201),
  )
  app.get('/applications/:clientId', (context) => {
    const application = applications.find(context.req.param('clientId'))
    if (application === undefined) return notFound(context, 'There is no such application.')
    return context.json(application)
  })
  app.patch('/applications/:clientId', async (context) => {
    const changes = (await readJson(context)) as PortalChanges
    return context.json(applications.update(context.req.param('clientId'), changes))
  })
  app.delete('/applications/:clientId', (context) => {
    applications.remove(context.req.param('clientId'))
    return context.json({ applications: applications.list() })
  })
  app.post('/applications/:clientId/secret', (context) =>
    context.json(applications.resetSecret(context.req.param('clientId'))),
  )

  app.get('/behaviour', (context) => context.json(behaviour.current))
  app.patch('/behaviour', async (context) => {
    behaviour.set(asObject(await readJson(context)))
    return context.json(behaviour.current)
  })
  app.put('/behaviour', async (context) => {
    const { preset, ...changes } = asObject(await readJson(context))
    behaviour.use(preset as 'ctrader' | 'rfc', changes)
    return context.json(behaviour.current)
  })
  app.delete('/behaviour', (context) => {
    behaviour.reset()
    return context.json(behaviour.current)
  })

  app.get('/grants', (context) =>
    context.json({ grants: grants.list(filterOf(context.req.query())) }),
  )
  app.post('/grants', async (context) =>
    context.json(grants.issue(asObject(await readJson(context))), 201),
  )
  app.post('/grants/revoke', async (context) =>
    context.json({ revoked: grants.revoke(filterOf(asObject(await readJson(context)))) }),
  )
  app.post('/grants/expire', async (context) =>
    context.json({ expired: grants.expire(filterOf(asObject(await readJson(context)))) }),
  )

  app.post('/consents', async (context) => {
    const { url, decision = 'allow', ...choice } = asObject(await readJson(context))
    if (decision !== 'allow' && decision !== 'deny') {
      throw new InvalidArgumentError('The decision is allow or deny.')
    }
    const location = consents[decision](String(url), choice as ConsentChoice)
    return context.json({ location: location ?? null })
  })

  app.get('/requests', (context) => context.json({ requests: auth.requests.list() }))
  app.get('/requests/findings', (context) => context.json({ findings: auth.requests.findings() }))
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

function asObject(json: unknown): Record<string, unknown> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
    return json as Record<string, unknown>
  }
  throw new InvalidArgumentError('The body must be an object of JSON.')
}

/** Which grants are meant, in a query or in JSON. */
function filterOf(given: Readonly<Record<string, unknown>>): GrantChoice {
  const { id, clientId, userId, ...rest } = given
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`Grants cannot be told apart by ${unknown}.`, {
      remedy: 'Name an id, a clientId, a userId, or several of them.',
    })
  }
  for (const [name, value] of Object.entries({ id, userId })) {
    if (value === undefined || Number.isSafeInteger(Number(value))) continue
    throw new InvalidArgumentError(`A grant's ${name} is a whole number.`)
  }
  return {
    id: id === undefined ? undefined : Number(id),
    clientId: clientId === undefined ? undefined : String(clientId),
    userId: userId === undefined ? undefined : Number(userId),
  }
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
