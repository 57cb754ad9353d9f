// The whole receive path (TLS, framing, decoding, a typed listener) of one million spot events, against a client that
// only counts the same bytes in 'data' events.
import { once } from 'node:events'
import { connect } from 'node:tls'
import { connectSession } from 'ctrader-open-api'
import { encodeFrame } from 'ctrader-open-api/protocol'
import { makeCertificate } from './certificate.mjs'
import { interleave, median, printReport, ratio, report } from './measure.mjs'
import { spotFrames } from './spot-frames.mjs'
import { startPeer } from './start-peer.mjs'

const batches = 489
const events = batches * 2048
const floodBytes = batches * Buffer.concat(spotFrames(2048)).length
const certificate = makeCertificate()
const peer = await startPeer({ mode: 'flood', events, ...certificate })

async function raw() {
  const socket = connect({ host: '127.0.0.1', port: peer.port, ca: certificate.cert })
  await once(socket, 'secureConnect')
  let bytes = 0
  const done = new Promise((resolve) => {
    socket.on('data', (chunk) => {
      bytes += chunk.length
      if (bytes >= floodBytes) resolve()
    })
  })
  const began = process.hrtime.bigint()
  socket.write(encodeFrame('ProtoOAVersionReq', {}))
  await done
  const took = Number(process.hrtime.bigint() - began) / events
  socket.destroy()
  return took
}

async function typed() {
  const session = await connectSession({
    endpoint: { host: '127.0.0.1', port: peer.port },
    application: { clientId: 'bench', clientSecret: 'bench' },
    ca: certificate.cert,
  })
  let seen = 0
  let bids = 0
  const done = new Promise((resolve) => {
    session.on('ProtoOASpotEvent', (event) => {
      if (event.bid !== undefined) bids += event.bid
      if (++seen === events) resolve()
    })
  })
  const began = process.hrtime.bigint()
  await session.call.version({})
  await done
  const took = Number(process.hrtime.bigint() - began) / events
  await session.close()
  if (bids === 0) throw new Error('nothing was decoded')
  return took
}

try {
  const candidates = { raw, typed }
  await interleave(candidates, 1)
  const results = await interleave(candidates, 7)
  report('session with typed listener / counting bytes', ratio(results.typed, results.raw), {
    atMost: 2.2,
    unit: 'x',
  })
  report('session, median for each event', median(results.typed), { unit: ' ns' })
  report('counting bytes, median for each event', median(results.raw), { unit: ' ns' })
  printReport(`Receive path: ${events} spot events over TLS`)
} finally {
  peer.stop()
}
