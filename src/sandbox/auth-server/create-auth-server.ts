import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Clock } from '../../async/clock.ts'
import { type Logger, silentLogger } from '../../log.ts'
import { Credentials } from '../credentials.ts'
import { listenError } from '../errors.ts'
import type { Identity } from '../identity/index.ts'
import type { Random } from '../random.ts'
import { authorizePaths, tokenPath } from './addresses.ts'
import { oauthAdmin } from './admin/admin-app.ts'
import { createApplicationControl } from './admin/application-control.ts'
import { createConsentControl } from './admin/consent-control.ts'
import { createGrantControl } from './admin/grant-control.ts'
import type { SandboxAuth } from './admin/sandbox-auth.ts'
import type { AuthBehaviour } from './auth-behaviour.ts'
import { AuthJournal } from './auth-journal.ts'
import { AuthSwitches } from './auth-switches.ts'
import { AuthorizeEndpoint } from './authorize-endpoint.ts'
import type { ConsentAccount } from './consent-account.ts'
import { ConsentDesk } from './consent-desk.ts'
import { AuthFaults } from './faults/auth-faults.ts'
import { consolePage } from './pages/console-page.ts'
import { markSvg } from './pages/layout.ts'
import { playgroundPage, problemPage } from './pages/problem-page.ts'
import { securityHeaders } from './security-headers.ts'
import { serverMetadata } from './server-metadata.ts'
import { SessionCookie } from './session-cookie.ts'
import { SignInSessions } from './sign-in-sessions.ts'
import { TokenEndpoint } from './token-endpoint.ts'

export interface AuthServerOptions {
  readonly identity: Identity
  /** Whose accounts the pages show. */
  readonly world: { readonly accounts: readonly ConsentAccount[] }
  /** Decides when a browser's sign-in ends. */
  readonly clock: Clock
  readonly random: Random
  /** 0 takes any free one. */
  readonly port: number
  readonly logger?: Logger
  readonly behaviour?: Partial<AuthBehaviour>
  /** Makes the ids and secrets of new applications. @defaultValue follows from `random` */
  readonly credentials?: Credentials
  /** What a caller of the control over HTTP has to know. */
  readonly adminToken: string
  /** What else is served, by its path; asked before the server's own pages. */
  readonly extensions?: readonly { readonly path: string; readonly app: Hono }[]
}

export interface AuthServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly origin: string
  readonly port: number
  /** The page where a person gives consent, at the address both official SDKs use. */
  readonly authorizeUrl: string
  readonly tokenUrl: string
  readonly consoleUrl: string
  /** What a test may do to it. */
  readonly control: SandboxAuth
  /** Ends it with every connection it has. */
  close(): Promise<void>
}

const host = '127.0.0.1'

/**
 * Starts the authorization server, on the loopback interface only.
 *
 * @throws PortInUseError, PortRefusedError when the port cannot be had
 */
export async function createAuthServer(options: AuthServerOptions): Promise<AuthServer> {
  const logger = options.logger ?? silentLogger
  const switches = new AuthSwitches(options.behaviour ?? {}, options.identity)
  const server = createServer({
    requestTimeout: 15_000,
    headersTimeout: 5_000,
    // Node looks only every half a minute otherwise.
    connectionsCheckingInterval: 1_000,
  })
  const port = await listen(server, options.port)
  const origin = `http://${host}:${port}`
  options.identity.registry.servedAt(origin)
  const faults = new AuthFaults(options.clock, options.random.fork('faults'))
  const journal = new AuthJournal()
  const { identity } = options
  const state = options.random.fork('state')
  const desk = new ConsentDesk({ identity, switches, random: state, logger })
  const credentials = options.credentials ?? new Credentials(options.random.fork('credentials'))
  const control: SandboxAuth = {
    applications: createApplicationControl(identity, credentials),
    behaviour: switches,
    consents: createConsentControl({ identity, switches, desk, origin }),
    faults,
    grants: createGrantControl(identity),
    requests: journal,
  }
  const app = routes({ ...options, switches, desk, logger, faults, journal, control }, port)
  server.on('request', getRequestListener(app.fetch, { overrideGlobalObjects: false }))
  logger.info({ origin }, 'Authorization server is ready')

  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
      faults.close()
    })
    return closing
  }
  return {
    origin,
    port,
    authorizeUrl: `${origin}${authorizePaths[0]}`,
    tokenUrl: `${origin}${tokenPath}`,
    consoleUrl: `${origin}/`,
    control,
    close,
    [Symbol.asyncDispose]: close,
  }
}

type Settled = AuthServerOptions & {
  readonly switches: AuthSwitches
  readonly desk: ConsentDesk
  readonly logger: Logger
  readonly faults: AuthFaults
  readonly journal: AuthJournal
  readonly control: SandboxAuth
}

function routes(options: Settled, port: number): Hono {
  const { identity, switches, logger, faults, journal, clock } = options
  const { accounts } = options.world
  const sessions = new SignInSessions(options.clock, options.random.fork('sign-in sessions'))
  const cookie = new SessionCookie(sessions, port)
  const authorize = new AuthorizeEndpoint({
    ...{ identity, accounts, switches, cookie, faults, logger },
    desk: options.desk,
  })
  const token = new TokenEndpoint({ identity, switches, faults, journal, clock, logger })
  const page = (context: Context, status: ContentfulStatusCode, title: string) =>
    context.html(problemPage({ title, details: [] }), status)

  const app = new Hono({ strict: false })
  app.use(securityHeaders)
  app.use(async (context, next) => {
    // A name that somebody else's DNS points at this machine must not read pages here.
    if (isLoopback(new URL(context.req.url).hostname)) return next()
    return page(context, 421, 'This server only answers to 127.0.0.1 and localhost')
  })
  for (const path of authorizePaths)
    app.all(path.replace(/\/$/, ''), (context) => authorize.handle(context))
  app.all(tokenPath, (context) => token.handle(context))
  app.get('/apps/:clientId/playground', (context) => {
    const application = identity.findApplication(context.req.param('clientId'))
    return application === undefined
      ? context.notFound()
      : context.html(playgroundPage(application))
  })
  app.get('/.well-known/oauth-authorization-server', (context) => {
    if (!switches.current.metadata) return context.notFound()
    return context.json(serverMetadata(new URL(context.req.url).origin, switches.current))
  })
  app.route(
    '/admin/oauth',
    oauthAdmin(options.control, options.adminToken, () => identity.ctids),
  )
  for (const { path, app: extension } of options.extensions ?? []) app.route(path, extension)
  app.get('/', (context) => {
    const { applications, ctids } = identity
    const origin = new URL(context.req.url).origin
    return context.html(
      consolePage({ origin, authorizePaths, tokenPath, applications, ctids, accounts }),
    )
  })
  app.get('/favicon.svg', (context) =>
    context.body(markSvg, 200, { 'Content-Type': 'image/svg+xml' }),
  )
  app.notFound((context) => page(context, 404, 'There is nothing here'))
  app.onError((error, context) => {
    if (error instanceof HTTPException) return page(context, error.status, error.message)
    if ('code' in error && error.code === 'ECONNRESET') {
      logger.debug({}, 'A client left in the middle of its request')
      return page(context, 400, 'The request broke off')
    }
    logger.error({ error }, 'A request failed')
    return page(context, 500, 'The sandbox made a mistake')
  })
  return app
}

function isLoopback(hostname: string): boolean {
  return hostname === host || hostname === 'localhost' || hostname === '[::1]'
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
  } catch (error) {
    server.close()
    throw listenError(error, port, 'authorization server')
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}
