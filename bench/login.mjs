// What the automatic login costs beyond its HTTP exchanges, against the same exchanges made bare: the callback, the page
// after it, and the token request. The "browser" comes back at once.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { authorizeWithLoopback } from 'ctrader-open-api/oauth'
import { interleave, median, printReport, report } from './measure.mjs'

const body = JSON.stringify({
  accessToken: 'bench-access',
  refreshToken: 'bench-refresh',
  expiresIn: 2_628_000,
  tokenType: 'bearer',
})
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(body)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const origin = `http://127.0.0.1:${server.address().port}`

const probe = createServer().listen(0, '127.0.0.1')
await once(probe, 'listening')
const redirectUri = `http://127.0.0.1:${probe.address().port}/auth/callback`
probe.close()
await once(probe, 'close')

const get = async (url) => (await fetch(url, { headers: { connection: 'close' } })).text()

function login() {
  return authorizeWithLoopback({
    application: { clientId: 'bench', clientSecret: 'bench-secret' },
    redirectUris: [redirectUri],
    scope: 'accounts',
    endpoints: {
      authorizeUrl: `${origin}/apps/auth`,
      tokenUrl: `${origin}/apps/token`,
      statePolicy: 'bound-flow',
      allowInsecureLoopback: true,
    },
    openBrowser(url) {
      const sent = new URL(url).searchParams
      const query = new URLSearchParams({ code: 'bench-code', state: sent.get('state') })
      get(`${redirectUri}?${query}`).catch(() => {})
    },
  })
}

async function exchanges() {
  await get(`${origin}/callback`)
  await get(`${origin}/page`)
  await get(`${origin}/apps/token`)
}

const timed = (run) => async () => {
  const began = process.hrtime.bigint()
  await run()
  return Number(process.hrtime.bigint() - began) / 1e6
}

try {
  const candidates = { login: timed(login), exchanges: timed(exchanges) }
  await interleave(candidates, 3)
  const results = await interleave(candidates, 21)
  const beyond = results.login.map((ms, round) => ms - results.exchanges[round])
  report('login beyond its HTTP exchanges', median(beyond), { atMost: 50, unit: ' ms' })
  report('login', median(results.login), { unit: ' ms' })
  report('the exchanges alone', median(results.exchanges), { unit: ' ms' })
  printReport('Automatic login')
} finally {
  server.close()
}
