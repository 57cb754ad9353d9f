import { connect } from 'node:net'

/** What came back over the socket, whether it was an answer or not. */
export interface RawAnswer {
  /** Whether all that the headers promised came before the connection ended. */
  readonly ended: 'complete' | 'broken'
  /** Status line and headers; empty when nothing came. */
  readonly head: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly bytes: Buffer
}

/** Sends a GET on a connection of its own and takes down what comes, byte for byte. */
export function rawRequest(url: string): Promise<RawAnswer> {
  const { hostname, port, host, pathname, search } = new URL(url)
  const socket = connect(Number(port), hostname)
  // Not ended: half of a connection closed would be somebody who has left.
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  // Whatever the reason, what came until then is what counts.
  socket.on('error', () => {})
  return new Promise((resolve) => {
    socket.on('close', () => resolve(read(Buffer.concat(chunks))))
  })
}

function read(all: Buffer): RawAnswer {
  const end = all.indexOf('\r\n\r\n')
  const head = end < 0 ? '' : all.subarray(0, end).toString('latin1')
  const bytes = end < 0 ? all : all.subarray(end + 4)
  const [first = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const promised = Number(headers['content-length'] ?? 0)
  return {
    ended: end >= 0 && bytes.length >= promised ? 'complete' : 'broken',
    head,
    status: Number(first.split(' ')[1] ?? 0),
    headers,
    body: bytes.toString('utf8'),
    bytes,
  }
}
