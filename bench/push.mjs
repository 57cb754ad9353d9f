// The sandbox's push path: spot events from the market's board through subscription, encoding and batching to one TLS
// client, against a loop that writes the same events, prepared, one by one to a raw TLS socket. Then how much faster than
// the clock on the wall a seeded symbol's market runs, and what a page of history costs.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { encodeFrame } from 'ctrader-open-api/protocol'
import {
  createApiServer,
  createDesk,
  createMarket,
  createPeople,
  createScriptedMarket,
  createWorld,
  ManualClock,
  Random,
  silentLogger,
} from '../.cache/bench/internals.js'
import { makeCertificate } from './certificate.mjs'
import { interleave, median, printReport, ratio, reachable, report } from './measure.mjs'

const certificate = makeCertificate()
const events = 400_000
/** Microseconds of the server's CPU for each event, by round. */
const cpuTimes = []
const slice = 20_000
const prices = Array.from({ length: 997 }, (_, i) => `1.1${String(2000 + i).padStart(4, '0')}`)

/** A client in a process of its own that counts the bytes it gets, and says so when they are all there. */
async function startReader(port, hello) {
  const file = fileURLToPath(new URL('byte-reader.mjs', import.meta.url))
  const child = fork(file, [JSON.stringify({ port, ca: certificate.cert, hello })])
  await once(child, 'message')
  return {
    bytes: async (count) => {
      child.send({ count })
      await once(child, 'message')
    },
    stop: () => child.kill(),
  }
}

async function openServer() {
  const clock = new ManualClock()
  const world = createWorld({ seed: 1, marketHours: 'always' })
  const random = new Random(1)
  const { identity, application, tokens } = createPeople({
    ...{ world, clock, random, logger: silentLogger, redirectUris: ['http://127.0.0.1/'] },
    tokenLifetimeSeconds: undefined,
  })
  const market = createScriptedMarket({ world, clock })
  market.set('EURUSD', '1.10000', '1.10010')
  const desk = createDesk({ world, market, clock, random: random.fork('desk') })
  const server = await createApiServer({
    ...{ kind: 'demo', ports: { protobuf: 0, json: 0 }, certificate },
    ...{ identity, world, market, desk, clock },
    limits: { queuedBytes: 0x7fffffff },
  })
  const { clientId, clientSecret } = application
  const ctidTraderAccountId = 1001
  const { accessToken } = tokens
  const hello = [
    encodeFrame('ProtoOAApplicationAuthReq', { clientId, clientSecret }),
    encodeFrame('ProtoOAAccountAuthReq', { ctidTraderAccountId, accessToken }),
    encodeFrame('ProtoOASubscribeSpotsReq', { ctidTraderAccountId, symbolId: [1] }),
  ]
  return { server, market, hello: Buffer.concat(hello).toString('base64') }
}

const frameOf = (side, price) =>
  encodeFrame('ProtoOASpotEvent', {
    ...{ ctidTraderAccountId: 1001, symbolId: 1, trendbar: [], [side]: price },
  })
const size = frameOf('bid', 112_000).length

async function pushed() {
  const { server, market, hello } = await openServer()
  const reader = await startReader(server.ports.protobuf, hello)
  const cpu = process.cpuUsage()
  const began = process.hrtime.bigint()
  for (let done = 0; done < events; done += slice) {
    // Only the bid moves.
    for (let i = 0; i < slice; i++) market.set('EURUSD', prices[(done + i) % 997], '1.20000')
    await new Promise((resolve) => setImmediate(resolve))
  }
  await reader.bytes(events * size)
  const took = Number(process.hrtime.bigint() - began) / events
  const { user, system } = process.cpuUsage(cpu)
  cpuTimes.push((user + system) / events)
  reader.stop()
  await server.close()
  return took
}

async function raw() {
  const server = createServer({ ...certificate, minVersion: 'TLSv1.2' })
  const connected = new Promise((resolve) => server.on('secureConnection', resolve))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const starting = startReader(server.address().port, '')
  const socket = await connected
  socket.setNoDelay(true)
  socket.on('error', () => {})
  const reader = await starting
  const frames = prices.map((price) => frameOf('bid', Number(price.replace('.', ''))))
  const began = process.hrtime.bigint()
  for (let done = 0; done < events; done += slice) {
    for (let i = 0; i < slice; i++) socket.write(frames[(done + i) % 997])
    await new Promise((resolve) => setImmediate(resolve))
  }
  await reader.bytes(events * size)
  const took = Number(process.hrtime.bigint() - began) / events
  reader.stop()
  server.close()
  socket.destroy()
  return took
}

/** A seeded symbol watched for so many days of market, every tick told, every bar there afterwards. */
async function acceleration(marketHours, days) {
  const clock = new ManualClock('2026-01-05T00:00:00Z')
  const world = createWorld({ seed: 1, marketHours })
  const market = await createMarket({ world, clock, random: new Random(1) })
  let ticks = 0
  market.onChange(() => ticks++)
  market.watch(1)
  market.start()
  const from = clock.now()
  const began = process.hrtime.bigint()
  clock.advance(days * 86_400_000)
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  const { items } = market.bars(1, 1, { from, to: clock.now(), limit: 10_000_000 })
  market.close()
  return { factor: (days * 86_400) / seconds, ticks, seconds, bars: items.length }
}

/** Ten years of M1 bars, page by page, newest first. */
async function tenYears() {
  const now = Date.UTC(2026, 0, 5)
  const world = createWorld({ seed: 1, marketHours: 'real' })
  const market = await createMarket({ world, clock: new ManualClock(now), random: new Random(1) })
  const from = Date.UTC(2016, 0, 5)
  const before = reachable()
  let [bars, slowest, to] = [0, 0, now]
  for (let more = true; more; ) {
    const began = process.hrtime.bigint()
    const page = market.bars(1, 1, { from, to, limit: 14_000 })
    slowest = Math.max(slowest, Number(process.hrtime.bigint() - began) / 1e6)
    bars += page.items.length
    more = page.more
    to = page.items[0].start - 1
  }
  const grown = reachable() - before
  // As the server makes it where others must be served meanwhile: four steps in each turn of the event loop.
  const longestTurn = (symbolId) => {
    const steps = market.barsInSteps(symbolId, 12, { from: 0, to: now, limit: 1_000 })
    let longest = 0
    for (let done = false; !done; ) {
      const began = process.hrtime.bigint()
      for (let step = 0; step < 4 && !done; step++) done = steps.next().done === true
      longest = Math.max(longest, Number(process.hrtime.bigint() - began) / 1e6)
    }
    return longest
  }
  const daily = (symbolId) => {
    const began = process.hrtime.bigint()
    market.bars(symbolId, 12, { from: 0, to: now, limit: 1_000 })
    return Number(process.hrtime.bigint() - began) / 1e6
  }
  const [cold, warm, coldCross, warmCross] = [daily(2), daily(2), daily(9), daily(9)]
  const turn = longestTurn(4)
  market.close()
  return { bars, slowest, grown: grown / 1e6, cold, warm, coldCross, warmCross, turn }
}

const { pushed: pushing, raw: writing } = await interleave({ raw, pushed }, 5)
report('spot events pushed to one TLS client, per second', 1e9 / median(pushing), {
  atLeast: 500_000,
})
report('  per second of CPU, which other work on the machine disturbs less', 1e6 / median(cpuTimes))
report('rate relative to writing them one by one to a raw TLS socket', ratio(writing, pushing), {
  atLeast: 0.13,
})
printReport('Push path of the sandbox')

const real = await acceleration('real', 28)
const always = await acceleration('always', 7)
report('market time over wall time, one symbol, real hours', real.factor, { atLeast: 10_000 })
report('  microseconds for each tick', (real.seconds * 1e6) / real.ticks)
report('the same, busy round the clock', always.factor, { atLeast: 10_000 })
const past = await tenYears()
report('ten years of M1 bars: bars served', past.bars)
report('  slowest page of 14,000', past.slowest, { atMost: 1_000, unit: ' ms' })
report('  memory grown', past.grown, { atMost: 32, unit: ' MB' })
report('1,000 daily bars, cold', past.cold, { atMost: 2_000, unit: ' ms' })
report('  warm', past.warm, { atMost: 1_000, unit: ' ms' })
report('1,000 daily bars of a cross, cold', past.coldCross, { atMost: 2_500, unit: ' ms' })
report('  warm', past.warmCross, { atMost: 1_000, unit: ' ms' })
report('  longest turn of the event loop while a cold page is made', past.turn, {
  ...{ atMost: 50, unit: ' ms' },
})
printReport('The seeded market')
