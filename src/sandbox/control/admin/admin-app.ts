import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { CTraderError } from '../../../errors.ts'
import { guard } from '../../admin-guard.ts'
import type { TradingDesk } from '../../desk/index.ts'
import type { World } from '../../world/index.ts'
import type { SandboxControl } from '../control.ts'
import type { Forks } from '../forks.ts'
import type { SandboxTime } from '../sandbox-time.ts'
import { accountRoutes } from './account-routes.ts'
import { forkRoutes } from './fork-routes.ts'
import { answer } from './json.ts'
import { marketRoutes } from './market-routes.ts'
import { stateRoutes } from './state-routes.ts'
import { trafficRoutes } from './traffic-routes.ts'

export interface AdminOptions {
  readonly control: SandboxControl
  readonly time: SandboxTime
  readonly desk: TradingDesk
  readonly world: World
  /** Forks that are made here, which end with the sandbox. */
  readonly forks: Forks
  /** What callers must know. */
  readonly token: string
}

/**
 * {@link SandboxControl} over HTTP, JSON in and out, for programs in other languages and tests that run outside. Mounted
 * under `/admin`. Every call answers with what it has done, or with `{ "error": { "code", "message", "facts" } }`.
 */
export function adminApp(options: AdminOptions): Hono {
  const app = new Hono({ strict: false })
  app.use(guard(options.token))
  app.onError((error, context) => describe(error, context))
  app.route('/', marketRoutes(options))
  app.route('/', trafficRoutes(options))
  app.route('/', stateRoutes(options))
  app.route('/', accountRoutes(options))
  app.route('/', forkRoutes(options))
  app.get('/', (context) => answer(context, { routes: routesOf(app) }))
  // A sub-app's own handler for what is not found would not be asked.
  app.all('*', (context) =>
    answer(
      context,
      {
        error: {
          code: 'NOT_FOUND',
          message: `There is no ${context.req.method} ${context.req.path}. GET /admin lists what there is.`,
          facts: {},
        },
      },
      404,
    ),
  )
  return app
}

function routesOf(app: Hono): readonly string[] {
  const named = app.routes.filter(({ method, path }) => method !== 'ALL' && path !== '/*')
  return [...new Set(named.map(({ method, path }) => `${method} /admin${path}`))]
}

// What was asked makes sense, and cannot be done as things stand.
const conflicts = ['TIME_NOT_OWNED', 'TERMINAL_REFUSED', 'NOTHING_HAPPENED']

function describe(error: Error, context: Context): Response {
  if (error instanceof CTraderError) {
    const status =
      error.code === 'CONTROL_NOT_FOUND' ? 404 : conflicts.includes(error.code) ? 409 : 400
    const { code, message, facts } = error.toJSON()
    return answer(context, { error: { code, message, facts } }, status)
  }
  if (error instanceof HTTPException) {
    const { message, status } = error
    return context.json({ error: { code: 'BAD_REQUEST', message, facts: {} } }, status)
  }
  throw error
}
