import { createHash } from 'node:crypto'

/** What becomes of a client's request to speak WebSocket. */
export interface Handshake {
  /** What the server answers. */
  readonly answer: Buffer
  /** Why the answer is no; undefined for a yes. */
  readonly refusal: string | undefined
}

/** The longest request that is read, in bytes. */
export const longestRequest = 16_384

// From RFC 6455, section 1.3: what proves that the server has understood.
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/**
 * Judges a client's request (RFC 6455, section 4.2). Any path will do, no sub-protocol and no extension is agreed on: the
 * original has neither.
 *
 * @param request everything up to the empty line
 */
export function shakeHands(request: string): Handshake {
  const [start = '', ...lines] = request.split('\r\n')
  if (!/^GET \S+ HTTP\/1\.1$/.test(start)) return refuse('400 Bad Request', 'This is no request.')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1) return refuse('400 Bad Request', 'A header has no colon.')
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value)
  }
  const wants = (name: string, token: string): boolean =>
    (headers.get(name) ?? '').split(',').some((part) => part.trim().toLowerCase() === token)
  if (!wants('upgrade', 'websocket') || !wants('connection', 'upgrade')) {
    return refuse(
      '426 Upgrade Required',
      'This port speaks WebSocket and plain TLS, not HTTP.',
      'Upgrade: websocket',
    )
  }
  if (headers.get('sec-websocket-version') !== '13') {
    return refuse('426 Upgrade Required', 'Only version 13 is spoken.', 'Sec-WebSocket-Version: 13')
  }
  const key = headers.get('sec-websocket-key') ?? ''
  if (!/^[A-Za-z0-9+/]{22}==$/.test(key)) {
    return refuse('400 Bad Request', 'The Sec-WebSocket-Key is not 16 bytes in base64.')
  }
  const accept = createHash('sha1').update(`${key}${magic}`).digest('base64')
  return {
    answer: response(
      '101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
    ),
    refusal: undefined,
  }
}

export function refuse(status: string, words: string, ...headers: readonly string[]): Handshake {
  const body = `${words}\n`
  const answer = response(
    status,
    ...headers,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  )
  return { answer: Buffer.concat([answer, Buffer.from(body)]), refusal: words }
}

function response(status: string, ...headers: readonly string[]): Buffer {
  return Buffer.from(`HTTP/1.1 ${[status, ...headers].join('\r\n')}\r\n\r\n`)
}
