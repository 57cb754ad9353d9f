// One request at a time on an idle connection, against a raw TLS echo of the same sizes. Both peers do the least that
// can be done: the echo sends back what it gets, the other one sends a prepared reply.
import { once } from 'node:events'
import { connect } from 'node:tls'
import { connectSession } from 'ctrader-open-api'
import { encodeFrame } from 'ctrader-open-api/protocol'
import { makeCertificate } from './certificate.mjs'
import { interleave, median, percentile, printReport, report } from './measure.mjs'
import { startPeer } from './start-peer.mjs'

const requests = 2000
const certificate = makeCertificate()
const replying = await startPeer({ mode: 'reply', ...certificate })
const echoing = await startPeer({ mode: 'echo', ...certificate })

const session = await connectSession({
  endpoint: { host: '127.0.0.1', port: replying.port },
  application: { clientId: 'bench', clientSecret: 'bench' },
  ca: certificate.cert,
  // The peer has no limits, and the scheduler is part of what is measured.
  rateLimits: { generalPerSecond: 100_000 },
})
const socket = connect({ host: '127.0.0.1', port: echoing.port, ca: certificate.cert })
socket.setNoDelay(true)
await once(socket, 'secureConnect')
const frame = encodeFrame('ProtoOAVersionReq', {}, 'abcdef00')

async function measure(one) {
  const times = []
  for (let i = 0; i < requests; i++) {
    const began = process.hrtime.bigint()
    await one()
    times.push(Number(process.hrtime.bigint() - began) / 1000)
  }
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

let answered
socket.on('data', () => answered())
const echo = () =>
  measure(
    () =>
      new Promise((resolve) => {
        answered = resolve
        socket.write(frame)
      }),
  )
const request = () => measure(() => session.call.version({}))

try {
  await interleave({ echo, request }, 2)
  const results = await interleave({ echo, request }, 9)
  const p50 = results.request.map((round, index) => round.p50 / results.echo[index].p50)
  const p99 = results.request.map((round, index) => round.p99 / results.echo[index].p99)
  report('request / raw echo, p50', median(p50), { atMost: 1.5, unit: 'x' })
  report('request / raw echo, p99', median(p99), { atMost: 2, unit: 'x' })
  report('request, p50', median(results.request.map((round) => round.p50)), { unit: ' us' })
  report('raw echo, p50', median(results.echo.map((round) => round.p50)), { unit: ' us' })
  printReport('Round trip of an idle request')
} finally {
  socket.destroy()
  await session.close()
  replying.stop()
  echoing.stop()
}
