import { connect, type Socket } from 'node:net'

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Sends bytes as they are and reads until the other side ends the connection. */
export async function sendRaw(host: string, port: number, request: string): Promise<RawAnswer> {
  const socket = await openSilently(host, port)
  let text = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    text += chunk
  })
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', () => resolve(parse(text)))
    socket.write(request)
  })
}

/** Opens a connection and says nothing. */
export function openSilently(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port }, () => resolve(socket))
    socket.on('error', reject)
  })
}

/** The text of a GET request. */
export function get(target: string, host: string, ...headers: string[]): string {
  return request('GET', target, host, ...headers)
}

/** The text of a request. */
export function request(
  method: string,
  target: string,
  host: string,
  ...headers: string[]
): string {
  return [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...headers, '', ''].join('\r\n')
}

function parse(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return { status: Number(first.split(' ')[1] ?? 0), headers, body: text.slice(end + 4) }
}
