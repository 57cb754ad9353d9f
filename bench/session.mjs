// Sessions that outlive their links: how soon one is back, how soon its requests know, and what many accounts cost.
import { once } from 'node:events'
import { connect } from 'node:tls'
import { openSession } from 'ctrader-open-api'
import { makeCertificate } from './certificate.mjs'
import { median, percentile, printReport, report } from './measure.mjs'
import { startPeer } from './start-peer.mjs'

const cuts = 25
const accounts = 1000
const symbols = 200
const events = 489 * 2048
const certificate = makeCertificate()
const peer = await startPeer({ mode: 'session', events, ...certificate })
const now = () => Number(process.hrtime.bigint()) / 1e6

const open = () =>
  openSession({
    endpoint: { host: '127.0.0.1', port: peer.port },
    application: { clientId: 'bench', clientSecret: 'bench' },
    ca: certificate.cert,
    // Every cut is to find a session that has been stable.
    reconnect: { stableAfterMs: 1 },
  })

/** Resolves when the status is, or next becomes, the wanted one. */
async function until(session, phase) {
  for await (const status of session.watchStatus()) if (status.phase === phase) return
}

function heap() {
  for (let i = 0; i < 3; i++) globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}

async function handshake() {
  const began = now()
  const socket = connect({ host: '127.0.0.1', port: peer.port, ca: certificate.cert })
  await once(socket, 'secureConnect')
  const took = now() - began
  socket.destroy()
  return took
}

async function recovery() {
  const session = await open()
  await session.authorizeAccount(1, 'token')
  await session.call.subscribeSpots({ ctidTraderAccountId: 1, symbolId: [1, 2, 3] })
  const handshakes = []
  const roundTrips = []
  const back = []
  const told = []
  for (let i = 0; i < cuts; i++) {
    handshakes.push(await handshake())
    for (let j = 0; j < 20; j++) {
      const began = now()
      await session.call.version({})
      roundTrips.push(now() - began)
    }
    const lost = until(session, 'connecting')
    const waiting = Array.from({ length: 30 }, () =>
      session.call.trader({ ctidTraderAccountId: 1 }).catch(() => now()),
    )
    const { cutAt } = await peer.cut()
    const failed = await Promise.all(waiting)
    told.push(Math.max(...failed) - cutAt)
    await lost
    await until(session, 'ready')
    back.push(now() - cutAt)
  }
  await session.close()
  const allowed = 5 * median(roundTrips) + median(handshakes) + 100
  report('cut to ready / (5 round trips + TLS handshake + 100 ms)', median(back) / allowed, {
    atMost: 1,
    unit: 'x',
  })
  report('cut to ready, median', median(back), { unit: ' ms' })
  report('cut to ready, worst of 25', Math.max(...back), { unit: ' ms' })
  report('cut to 30 waiting requests failed, p90', percentile(told, 0.9), {
    atMost: 10,
    unit: ' ms',
  })
}

async function many() {
  const before = heap()
  const session = await open()
  const began = now()
  const ids = Array.from({ length: accounts }, (_, index) => index + 1)
  await Promise.all(ids.map((id) => session.authorizeAccount(id, 'token', { timeoutMs: 60_000 })))
  report(`${accounts} accounts authorised`, (now() - began) / 1000, { atMost: 22, unit: ' s' })
  const symbolId = Array.from({ length: symbols }, (_, index) => index + 1)
  await session.call.subscribeSpots({ ctidTraderAccountId: 1, symbolId }, { timeoutMs: 60_000 })
  report(`heap of ${accounts} accounts and ${symbols} symbols`, heap() - before, {
    atMost: 20,
    unit: ' MB',
  })
  await session.close()
}

async function flood() {
  const session = await open()
  let seen = 0
  let bids = 0
  const done = new Promise((resolve) => {
    session.on('ProtoOASpotEvent', (event) => {
      if (event.bid !== undefined) bids += event.bid
      if (++seen === events) resolve()
    })
  })
  await session.call.version({})
  const before = heap()
  await session.call.version({}, { clientMsgId: 'flood' })
  await done
  report(`heap growth after ${events} spots`, heap() - before, { atMost: 5, unit: ' MB' })
  if (bids === 0) throw new Error('nothing was decoded')
  await session.close()
}

try {
  await recovery()
  await many()
  await flood()
  printReport('Sessions')
} finally {
  peer.stop()
}
