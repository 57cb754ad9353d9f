// A web application with many users, each of whom can connect several cTrader IDs. Users, links, unfinished logins and
// tokens are in PostgreSQL, so that any number of processes can serve it. Run it, open http://127.0.0.1:8080 and sign in
// under any name. DATABASE_URL says where PostgreSQL is.
import { serve } from '@hono/node-server'
import { createClient, identifyGrant } from 'ctrader-open-api'
import { createGrantCoordinator, forgetGrant, saveLogin } from 'ctrader-open-api/oauth'
import { createPostgresTokenStore } from 'ctrader-open-api/stores/postgres'
import { createWebLogin, GrantLinkedElsewhereError } from 'ctrader-open-api/web'
import { Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { findSetting } from '../setting.mjs'
import { flowStoreIn, openDatabase, sessionsIn } from './database.mjs'
import { accountsPage, signInPage } from './pages.mjs'

const { application, redirectUri, endpoints, environment, close } = await findSetting()
const { origin, port, protocol } = new URL(redirectUri)
const isHttps = protocol === 'https:'
const databaseUrl = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const pool = await openDatabase(databaseUrl, process.env.DATABASE_SCHEMA)
const sessions = sessionsIn(pool)
// Give it `encryption` as well, with a key from your key service, to have the tokens encrypted at rest.
const tokens = createPostgresTokenStore({ pool })
const grantOf = (ctraderUserId) => ({ clientId: application.clientId, userId: ctraderUserId })

const login = createWebLogin({
  application,
  redirectUri,
  endpoints,
  scopes: ['accounts', 'trading'],
  returnPaths: ['/'],
  signInPath: '/sign-in',
  store: flowStoreIn(pool),
  currentUser: (request) => sessions.userOf(request),
  identify: ({ accessToken }) => identifyGrant({ environment, application, accessToken }),
  onError: (error, step) => console.error(`${step}: ${error}`),
  link: async ({ user, tokens: fresh, identity }, request) => {
    const { userId, scope } = identity
    const { rows } = await pool.query(
      `INSERT INTO links (ctrader_user_id, user_name, scope) VALUES ($1, $2, $3)
       ON CONFLICT (ctrader_user_id) DO UPDATE SET scope = $3 WHERE links.user_name = $2 RETURNING user_name`,
      [userId, user, scope],
    )
    // Somebody else's already: this application says no. Another one may decide otherwise.
    if (rows.length === 0) throw new GrantLinkedElsewhereError(userId)
    await saveLogin({ store: tokens, key: grantOf(userId), tokens: fresh, userId })
    return { 'Set-Cookie': await sessions.renew(request, user, isHttps) }
  },
})

/** What the page shows of one connected cTrader ID. The coordinator renews its tokens when it is time to. */
async function readGrant(ctraderUserId) {
  const grant = createGrantCoordinator({
    store: tokens,
    key: grantOf(ctraderUserId),
    application,
    endpoints,
  })
  try {
    const client = await createClient({ environment, application, grants: [grant] })
    const { accounts } = client
    await client.close()
    return { ctraderUserId, accounts }
  } catch (error) {
    return { ctraderUserId, accounts: [], problem: `Please connect it again (${error.code}).` }
  } finally {
    await grant.close()
  }
}

/** @type {Hono<{ Variables: { user: string } }>} */
const app = new Hono()
app.use(csrf({ origin }))
app.use(async (c, next) => {
  c.header('Cache-Control', 'no-store')
  // Browsers follow a form's redirect only where form-action allows it: the consent page must be named.
  const consent = new URL(endpoints.authorizeUrl).origin
  c.header(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${consent}`,
  )
  const answer = await login.handle(c.req.raw)
  return answer ?? next()
})
app.get('/sign-in', (c) => c.html(signInPage()))
app.post('/sign-in', async (c) => {
  const user = String((await c.req.parseBody()).user)
  if (!/^[a-z]{1,20}$/.test(user)) return c.redirect('/sign-in', 303)
  c.header('Set-Cookie', await sessions.renew(c.req.raw, user, isHttps))
  return c.redirect('/', 303)
})
app.use(async (c, next) => {
  const user = await sessions.userOf(c.req.raw)
  if (user === undefined) return c.redirect('/sign-in', 303)
  c.set('user', user)
  return next()
})
app.get('/', async (c) => {
  const user = c.get('user')
  const { rows } = await pool.query(
    'SELECT ctrader_user_id FROM links WHERE user_name = $1 ORDER BY 1',
    [user],
  )
  const grants = await Promise.all(rows.map((row) => readGrant(Number(row.ctrader_user_id))))
  return c.html(accountsPage(user, c.req.query('ctrader'), grants))
})
app.post('/unlink', async (c) => {
  const { id } = await c.req.parseBody()
  const { rowCount } = await pool.query(
    'DELETE FROM links WHERE ctrader_user_id = $1 AND user_name = $2',
    [Number(id), c.get('user')],
  )
  // The consent itself can only be taken back at cTrader.
  if (rowCount === 1) await forgetGrant({ store: tokens, key: grantOf(Number(id)) })
  return c.redirect('/', 303)
})
app.post('/sign-out', async (c) => {
  await sessions.end(c.req.raw)
  return c.redirect('/sign-in', 303)
})

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(port) }, () =>
  console.log(`Open ${origin}`),
)
const stop = async () => {
  server.close()
  if ('closeAllConnections' in server) server.closeAllConnections()
  await tokens.close?.()
  await pool.end()
  await close()
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)
