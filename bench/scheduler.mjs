// The scheduler against the sandbox, in real time: what it costs below the server's rate limits, and what it carries at
// them. The sandbox runs in a process of its own and counts strictly on receipt, so a single refusal is a miss.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connectSession } from 'ctrader-open-api'
import { percentile, printReport, report } from './measure.mjs'

const seconds = Number(process.env['BENCH_SECONDS'] ?? 60)
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const child = spawn(process.execPath, [main, 'sandbox', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
const sandbox = JSON.parse(line)

let queueTimes = []
let refusals = 0
const session = await connectSession({
  endpoint: { host: sandbox.host, port: sandbox.demo.protobufPort },
  application: sandbox,
  ca: readFileSync(sandbox.caFile, 'utf8'),
  requestTimeoutMs: 60_000,
  metrics: {
    count: (name) => {
      if (name === 'rateLimited') refusals++
    },
    record: (name, ms) => {
      if (name === 'queueTime') queueTimes.push(ms)
    },
  },
})
const account = sandbox.accounts.find(({ isLive }) => !isLive)
const ctidTraderAccountId = account.ctidTraderAccountId
await session.authorizeAccount(ctidTraderAccountId, sandbox.accessToken)
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

try {
  // Forty general requests and four historical ones a second: below both limits.
  await sleep(1_100)
  queueTimes = []
  const below = []
  for (let i = 0; i < 400; i++) {
    below.push(session.call.trader({ ctidTraderAccountId }))
    if (i % 10 === 0) below.push(session.call.orderList({ ctidTraderAccountId }).catch(() => {}))
    await sleep(25)
  }
  await Promise.all(below)
  report('below the limits, queue time p50', percentile(queueTimes, 0.5), { unit: ' ms' })
  report('below the limits, queue time p99', percentile(queueTimes, 0.99), {
    atMost: 1,
    unit: ' ms',
  })

  // More than the server takes, all the time.
  await sleep(1_100)
  let isOver = false
  const carried = { general: 0, historical: 0 }
  const ask = async (budget, request) => {
    while (!isOver) {
      await session.call[request]({ ctidTraderAccountId }).catch(() => {})
      if (!isOver) carried[budget]++
    }
  }
  const asking = [
    ...Array.from({ length: 150 }, () => ask('general', 'trader')),
    ...Array.from({ length: 20 }, () => ask('historical', 'orderList')),
  ]
  const began = performance.now()
  await sleep(seconds * 1_000)
  const took = (performance.now() - began) / 1_000
  isOver = true
  report('saturated, general requests a second', carried.general / took, { atLeast: 47 })
  report('saturated, historical requests a second', carried.historical / took, { atLeast: 4.7 })
  report('refusals because of rate limits', refusals, { atMost: 0 })
  printReport(`Scheduler, ${seconds} s saturated`)
  await session.close()
  await Promise.all(asking)
} finally {
  await session.close()
  child.kill('SIGTERM')
  await once(child, 'exit')
}
