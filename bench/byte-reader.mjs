// A TLS client in a process of its own: it says its piece, then only counts the bytes that come.
import { connect } from 'node:tls'

const { port, ca, hello } = JSON.parse(process.argv[2])
let bytes = 0
let wanted = Number.POSITIVE_INFINITY
const socket = connect({ host: '127.0.0.1', port, ca })
const tell = () => {
  if (bytes < wanted) return
  wanted = Number.POSITIVE_INFINITY
  process.send('done')
}
socket.on('secureConnect', () => {
  socket.write(Buffer.from(hello, 'base64'))
  // The answers to that are on their way; what counts comes after them.
  setTimeout(() => {
    bytes = 0
    process.send('ready')
  }, 300)
})
socket.on('data', (chunk) => {
  bytes += chunk.length
  tell()
})
process.on('message', ({ count }) => {
  wanted = count
  tell()
})
process.on('disconnect', () => process.exit(0))
