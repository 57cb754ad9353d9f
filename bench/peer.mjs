// The minimal peer, in a process of its own: it answers with prepared bytes and thinks about nothing.
//   flood  answers the version request, then sends spot events as fast as they are taken
//   reply  answers every frame with a prepared one that carries the request's clientMsgId
//   session  answers what a session asks while it restores itself; floods at the request "flood"; cuts all when told to
//   echo   sends back what it gets
import { createServer } from 'node:tls'
import { encodeFrame, FrameSplitter, readEnvelope } from 'ctrader-open-api/protocol'
import { spotFrames } from './spot-frames.mjs'

const { mode, key, cert, events } = JSON.parse(process.argv[2])

function sendFlood(socket) {
  const batch = Buffer.concat(spotFrames(2048))
  let left = events / 2048
  const pump = () => {
    while (left > 0) {
      left--
      if (!socket.write(batch)) return socket.once('drain', pump)
    }
  }
  pump()
}

// The answers of a server that authorises everybody, by the type of the request.
const restoring = {
  2100: ['ProtoOAApplicationAuthRes', () => ({})],
  2102: ['ProtoOAAccountAuthRes', ({ ctidTraderAccountId }) => ({ ctidTraderAccountId })],
  2104: ['ProtoOAVersionRes', () => ({ version: '91' })],
  2127: ['ProtoOASubscribeSpotsRes', ({ ctidTraderAccountId }) => ({ ctidTraderAccountId })],
}
const open = new Set()

const server = createServer({ key, cert, minVersion: 'TLSv1.2' }, (socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => {})
  if (mode === 'echo') return void socket.on('data', (chunk) => socket.write(chunk))
  open.add(socket)
  socket.on('close', () => open.delete(socket))
  const answer = (type, id, payload) => {
    if (mode === 'session') {
      const [name, fields] = restoring[type] ?? []
      if (name !== undefined) socket.write(encodeFrame(name, fields(payload), id))
      if (id === 'flood') sendFlood(socket)
    } else if (type === 2100) socket.write(encodeFrame('ProtoOAApplicationAuthRes', {}, id))
    else if (type === 2104) {
      socket.write(encodeFrame('ProtoOAVersionRes', { version: '91' }, id))
      if (mode === 'flood') sendFlood(socket)
    }
  }
  const sink = {
    message: (type, payload, id) => answer(type, id, payload),
    unknown() {},
    malformed() {},
  }
  const splitter = new FrameSplitter({ onFrame: (b, from, to) => readEnvelope(b, from, to, sink) })
  socket.on('data', (chunk) => splitter.push(chunk))
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', () => {
  const cutAt = Number(process.hrtime.bigint()) / 1e6
  for (const socket of open) socket.destroy()
  process.send({ cutAt })
})
process.on('disconnect', () => process.exit(0))
