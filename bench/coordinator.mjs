// Fifty processes make a thousand calls on one grant through PostgreSQL, each naming the generation it saw, against a
// thousand plain cycles of lock, read, update and release by as many processes. Needs a server: CTRADER_TEST_POSTGRES, or
// one on 127.0.0.1:5432.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createTokenSet } from 'ctrader-open-api/oauth'
import { createPostgresTokenStore } from 'ctrader-open-api/stores/postgres'
import pg from 'pg'
import { interleave, median, printReport, ratio, report } from './measure.mjs'

const connectionString =
  process.env.CTRADER_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const processes = 50
const calls = 20
const script = fileURLToPath(new URL('../test/stores/children/rival.mjs', import.meta.url))
const key = { clientId: '7_id', profile: 'default' }

/** An authorization server of one grant: a refresh token works once. */
async function startServer() {
  let number = 1
  let refused = 0
  const server = createServer((request, response) => {
    const given = new URL(request.url, 'http://x').searchParams.get('refresh_token')
    const isGood = given === `refresh-${number}`
    if (isGood) number += 1
    else refused += 1
    const tokens = {
      accessToken: `access-${number}`,
      refreshToken: `refresh-${number}`,
      expiresIn: 2_628_000,
      errorCode: null,
    }
    const body = JSON.stringify(isGood ? tokens : { errorCode: 'ACCESS_DENIED' })
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${server.address().port}`
  const endpoints = {
    authorizeUrl: `${origin}/apps/auth`,
    tokenUrl: `${origin}/apps/token`,
    allowInsecureLoopback: true,
  }
  return {
    endpoints,
    outcome: () => ({ rotations: number - 1, refused }),
    close: () => server.close(),
  }
}

const outcomes = []

/** Milliseconds from the word "go" until the last process has made its calls. */
async function compete(plain) {
  const server = await startServer()
  const table = `bench_coordinator_${randomBytes(6).toString('hex')}`
  const store = createPostgresTokenStore({ connectionString, table })
  const children = []
  try {
    const tokens = createTokenSet({
      accessToken: 'access-1',
      refreshToken: 'refresh-1',
      scope: 'trading',
      expiresAt: Date.now() + 2_628_000_000,
    })
    await store.save({ key, generation: 1, tokens, status: 'live' }, 0)
    const place = { kind: 'postgres', connectionString, table }
    const settings = { place, endpoints: server.endpoints, calls, plain }
    const env = { ...process.env, CTRADER_TEST_CHILD: JSON.stringify(settings) }
    const rivals = Array.from({ length: processes }, () => {
      const child = spawn(process.execPath, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] })
      children.push(child)
      return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
    })
    for (const { lines } of rivals) await lines.next()
    const began = performance.now()
    for (const { child } of rivals) child.stdin.write('go\n')
    await Promise.all(rivals.map(({ lines }) => lines.next()))
    const took = performance.now() - began
    const { generation } = await store.load(key)
    if (!plain) outcomes.push({ ...server.outcome(), generation })
    return took
  } finally {
    for (const child of children) child.kill()
    await store.close()
    await runSql(`drop table if exists ${table}`)
    await runSql(`drop sequence if exists ${table}_fence`)
    server.close()
  }
}

async function runSql(text) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

const results = await interleave({ grant: () => compete(false), plain: () => compete(true) }, 3)
report('1,000 calls on one grant by 50 processes', median(results.grant), { unit: ' ms' })
report('1,000 plain cycles of lock and update', median(results.plain), { unit: ' ms' })
report('calls against plain cycles', ratio(results.grant, results.plain), { unit: 'x' })
report('rotations', Math.min(...outcomes.map((one) => one.rotations)), { atLeast: calls })
report('tokens spent twice', Math.max(...outcomes.map((one) => one.refused)), { atMost: 0 })
report(
  'generations skipped',
  Math.max(...outcomes.map((one) => Math.abs(one.generation - 1 - one.rotations))),
  { atMost: 0 },
)
printReport('Coordinator: many processes, one grant, PostgreSQL')
