// What sandboxes cost: many in one process, many connections to one, and the handling of a request apart from the network.
import { connect } from 'node:tls'
import { encodeFrame, FrameSplitter, readEnvelope } from 'ctrader-open-api/protocol'
import { createSandbox } from 'ctrader-open-api/sandbox'
import { median, percentile, printReport, report } from './measure.mjs'

const megabyte = 1024 * 1024

async function manySandboxes(count) {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  const began = performance.now()
  const sandboxes = []
  for (let seed = 1; seed <= count; seed++) sandboxes.push(await createSandbox({ seed }))
  const took = (performance.now() - began) / count
  globalThis.gc?.()
  const used = process.memoryUsage.rss()
  report(`${count} sandboxes in one process, all of its memory`, used / megabyte, {
    atMost: 400,
    unit: ' MB',
  })
  report('each of them adds', (used - before) / megabyte / count, { unit: ' MB' })
  report('each of them takes to start', took, { unit: ' ms' })
  for (const sandbox of sandboxes) await sandbox.close()
}

async function manyConnections(count) {
  const sandbox = await createSandbox()
  const { clientId, clientSecret, ca } = sandbox
  const hello = encodeFrame('ProtoOAApplicationAuthReq', { clientId, clientSecret }, 'hello')
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect({ host: '127.0.0.1', port: sandbox.demo.protobufPort, ca })
      await new Promise((resolve, reject) => {
        socket.once('secureConnect', resolve)
        socket.once('error', reject)
      })
      const answered = new Promise((resolve) => socket.once('data', resolve))
      socket.write(hello)
      await answered
      return socket
    }),
  )
  const authenticated = sandbox.control.connections
    .list()
    .filter((one) => one.clientId === clientId)
  report('simultaneous connections, all authenticated', authenticated.length, { atLeast: count })
  for (const socket of sockets) socket.destroy()
  await sandbox.close()
}

/** Reads the request's bytes, checks it, carries it out, and makes the bytes of the answer: no socket is involved. */
async function handling() {
  const sandbox = await createSandbox({ time: 'owned' })
  const terminal = sandbox.control.terminal(1001)
  for (const [name, message, answer] of [
    ['trader', 'ProtoOATraderReq', 'ProtoOATraderRes'],
    ['symbolsList', 'ProtoOASymbolsListReq', 'ProtoOASymbolsListRes'],
    ['reconcile', 'ProtoOAReconcileReq', 'ProtoOAReconcileRes'],
  ]) {
    const bytes = encodeFrame(message, { ctidTraderAccountId: 1001 }, 'id')
    const times = []
    const sink = {
      message: (_, payload) => encodeFrame(answer, terminal.request(name, payload), 'id'),
      unknown: () => {},
      malformed: () => {},
    }
    const splitter = new FrameSplitter({
      onFrame: (buffer, start, end) => readEnvelope(buffer, start, end, sink),
    })
    for (let round = 0; round < 6_000; round++) {
      const began = process.hrtime.bigint()
      splitter.push(bytes)
      if (round >= 1_000) times.push(Number(process.hrtime.bigint() - began) / 1e6)
    }
    report(`handling of ${name}, p50`, median(times), { atMost: 0.1, unit: ' ms' })
    report(`handling of ${name}, p99`, percentile(times, 0.99), { unit: ' ms' })
  }
  await sandbox.close()
}

await handling()
await manyConnections(200)
await manySandboxes(30)
printReport('Sandboxes')
