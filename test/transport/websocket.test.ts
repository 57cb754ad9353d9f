import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { systemClock } from '../../src/async/clock.ts'
import { deferred } from '../../src/async/deferred.ts'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { InvalidArgumentError } from '../../src/errors.ts'
import {
  CertificateError,
  ConnectAbortedError,
  ConnectionRefusedError,
  ConnectTimeoutError,
  HostNotFoundError,
  LinkClosedError,
  MessageTooLongError,
  TlsError,
  WebSocketRefusedError,
  WriteOverflowError,
} from '../../src/transport/errors.ts'
import type { Link, LinkEnd, Transport } from '../../src/transport/transport.ts'
import {
  type WebSocketTransportOptions,
  websocketTransport,
} from '../../src/transport/websocket.ts'
import { patience } from '../patience.ts'
import { type Authority, createAuthority, type KeyPair } from '../peer/certificates.ts'
import { createRawPeer } from '../peer/raw-peer.ts'
import { openSockets } from '../peer/resources.ts'

// The peer is the server of the library that the client uses as well; the sandbox's own server, and browsers, judge the
// client and the sandbox from the other side.
interface Peer {
  readonly host: string
  readonly port: number
  /** The next connection, as the server sees it. */
  connection(): Promise<WebSocket>
  /** The socket below a connection. */
  socketOf(websocket: WebSocket): Socket
  close(): Promise<void>
}

let authority: Authority
let certificate: KeyPair
const closers: (() => Promise<void>)[] = []

beforeAll(() => {
  authority = createAuthority()
  certificate = authority.issue()
})

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

afterAll(() => {
  vi.unstubAllEnvs()
})

async function startPeer(
  onConnection: (websocket: WebSocket) => void = () => {},
  identity: KeyPair = certificate,
): Promise<Peer> {
  const https = createServer(identity)
  const server = new WebSocketServer({ server: https })
  const sockets = new Map<WebSocket, Socket>()
  const waiting: ((websocket: WebSocket) => void)[] = []
  const ready: WebSocket[] = []
  server.on('connection', (websocket, request) => {
    sockets.set(websocket, request.socket)
    websocket.on('error', () => {})
    onConnection(websocket)
    const next = waiting.shift()
    if (next === undefined) ready.push(websocket)
    else next(websocket)
  })
  https.listen(0, '127.0.0.1')
  await once(https, 'listening')
  const close = async (): Promise<void> => {
    for (const socket of sockets.values()) socket.destroy()
    server.close()
    https.closeAllConnections()
    if (https.listening) await new Promise((resolve) => https.close(resolve))
  }
  closers.push(close)
  return {
    host: '127.0.0.1',
    port: (https.address() as AddressInfo).port,
    connection() {
      const first = ready.shift()
      return first === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(first)
    },
    socketOf: (websocket) => sockets.get(websocket) as Socket,
    close,
  }
}

interface Opened {
  readonly link: Link
  readonly heard: string[]
  readonly ends: LinkEnd[]
  readonly ended: Promise<LinkEnd>
}

async function open(
  peer: { readonly host: string; readonly port: number },
  options: WebSocketTransportOptions = {},
  data?: (chunk: Buffer) => void,
): Promise<Opened> {
  const heard: string[] = []
  const ends: LinkEnd[] = []
  const ended = deferred<LinkEnd>()
  const link = await websocketTransport({ ca: authority.ca, ...options }).open(
    peer,
    {
      data: data ?? ((chunk) => heard.push(chunk.toString())),
      end(cause) {
        ends.push(cause)
        ended.resolve(cause)
      },
    },
    { clock: systemClock },
  )
  return { link, heard, ends, ended: ended.promise }
}

const nobody = {
  data: () => {},
  end() {
    throw new Error('a link that was never open must not tell of its end')
  },
}

function attempt(
  peer: { readonly host: string; readonly port: number },
  transport: Transport = websocketTransport({ ca: authority.ca }),
): Promise<unknown> {
  return transport.open(peer, nobody, { clock: systemClock }).then(
    (link) => {
      link.destroy()
      throw new Error('connected')
    },
    (error: unknown) => error,
  )
}

/** A server that speaks TLS and answers the handshake with these words, or not at all. */
async function startOther(answer?: string): Promise<{ host: string; port: number }> {
  const peer = await createRawPeer({
    certificate,
    read: 'count',
    onConnection(connection) {
      if (answer === '') connection.end()
      else if (answer !== undefined) connection.sendBytes(Buffer.from(answer))
    },
  })
  closers.push(() => peer.close())
  return peer
}

describe('websocket transport, connecting', () => {
  test.each(['127.0.0.1', 'localhost'])('a server named %s is accepted', async (host) => {
    const peer = await startPeer()
    const { link } = await open({ host, port: peer.port })
    expect(link.remote).toBe(`${host}:${peer.port}`)
    await link.close()
  })

  test('certificates are verified, whatever the environment says', async () => {
    const peer = await startPeer()
    const stranger = createAuthority('Stranger')
    const untrusted = await attempt(peer, websocketTransport({ ca: stranger.ca }))
    expect(untrusted).toBeInstanceOf(CertificateError)
    expect(untrusted).toMatchObject({ problem: 'untrusted' })
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const error = await attempt(peer, websocketTransport()).finally(() => vi.unstubAllEnvs())
    expect(error).toMatchObject({ problem: 'untrusted' })
  })

  test('a certificate that is too old or for another name is refused', async () => {
    const notAfter = new Date(Date.now() - 60_000)
    const old = await startPeer(undefined, authority.issue({ notAfter }))
    expect(await attempt(old)).toMatchObject({ problem: 'expired' })
    const other = await startPeer(
      undefined,
      authority.issue({ names: ['demo.example.org'], addresses: [] }),
    )
    expect(await attempt(other)).toMatchObject({ problem: 'wrong-host' })
  })

  test('nobody there, and a name that leads nowhere', async () => {
    const peer = await startPeer()
    await peer.close()
    expect(await attempt(peer)).toBeInstanceOf(ConnectionRefusedError)
    const nowhere = { host: 'no-such-host.invalid', port: 443 }
    expect(await attempt(nowhere)).toBeInstanceOf(HostNotFoundError)
  })

  test('a server without TLS', async () => {
    const peer = await createRawPeer({
      read: 'count',
      onConnection: (connection) => connection.sendBytes(Buffer.from('HTTP/1.1 400 No\r\n\r\n')),
    })
    closers.push(() => peer.close())
    expect(await attempt(peer)).toBeInstanceOf(TlsError)
  })

  test.each([
    ['refuses', 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n', /HTTP status 404/],
    ['sends elsewhere', 'HTTP/1.1 302 Found\r\nlocation: /x\r\n\r\n', /HTTP status 302/],
    ['speaks something else', '\u0000\u0000\u0000\u0002\b3', /no proper answer/],
    [
      'agrees without proof',
      'HTTP/1.1 101 Ok\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
      /no proper answer/,
    ],
  ])('a server that %s is no WebSocket server', async (_what, answer, words) => {
    const error = await attempt(await startOther(answer))
    expect(error).toBeInstanceOf(WebSocketRefusedError)
    expect(String(error)).toMatch(words)
  })

  test('a server that hangs up instead of answering', async () => {
    expect(await attempt(await startOther(''))).toBeInstanceOf(LinkClosedError)
  })

  test('a server that never answers runs into the deadline, which names the stage', async () => {
    const peer = await createRawPeer({ certificate, read: 'count' })
    closers.push(() => peer.close())
    const clock = new ManualClock()
    const opening = websocketTransport({ ca: authority.ca }).open(peer, nobody, { clock })
    const connection = await peer.connection()
    await vi.waitFor(() => expect(connection.chunkSizes).not.toEqual([]), patience)
    clock.advance(10_000)
    const error = await opening.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConnectTimeoutError)
    expect(error).toMatchObject({ stage: 'upgrade' })
    expect(clock.pending).toBe(0)
    await connection.closed
  })

  test('an aborted signal stops the attempt and leaves no socket', async () => {
    const peer = await createRawPeer({ certificate, read: 'count' })
    closers.push(() => peer.close())
    const abort = new AbortController()
    const clock = new ManualClock()
    const opening = websocketTransport({ ca: authority.ca }).open(peer, nobody, {
      clock,
      signal: abort.signal,
    })
    const connection = await peer.connection()
    abort.abort(new Error('changed my mind'))
    const error = await opening.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConnectAbortedError)
    await connection.closed
    expect(clock.pending).toBe(0)
  })

  test('an authority that is no certificate is refused at once', () => {
    expect(() => websocketTransport({ ca: './ca.pem' })).toThrow(InvalidArgumentError)
  })
})

describe('websocket transport, an open link', () => {
  test('each send is a message of its own, of the kind that was chosen', async () => {
    for (const frames of ['binary', 'text'] as const) {
      const peer = await startPeer()
      const { link, heard } = await open(peer, { frames })
      const connection = await peer.connection()
      const got: [string, boolean][] = []
      connection.on('message', (data, isBinary) => got.push([String(data), isBinary]))
      link.send(Buffer.from('one'))
      link.send(Buffer.from('zwölf'))
      connection.send('drei')
      await vi.waitFor(() => expect([...got, ...heard]).toHaveLength(3), patience)
      const binary = frames === 'binary'
      expect(got).toEqual([
        ['one', binary],
        ['zwölf', binary],
      ])
      expect(heard).toEqual(['drei'])
      await link.close()
    }
  })

  test('a server that talks first is heard, also in pieces', async () => {
    const peer = await startPeer((websocket) => {
      websocket.send('hel', { fin: false })
      websocket.send('lo', { fin: true })
      websocket.ping()
    })
    const { link, heard } = await open(peer)
    await vi.waitFor(() => expect(heard).toEqual(['hello']), patience)
    await link.close()
  })

  test('what is sent in one tick travels in one piece', async () => {
    const peer = await startPeer()
    const { link } = await open(peer)
    const connection = await peer.connection()
    const sizes: number[] = []
    peer.socketOf(connection).on('data', (chunk: Buffer) => sizes.push(chunk.length))
    let count = 0
    connection.on('message', () => count++)
    for (let i = 0; i < 10; i++) link.send(Buffer.alloc(6))
    expect(link.bufferedBytes).toBeGreaterThanOrEqual(60)
    await vi.waitFor(() => expect(count).toBe(10), patience)
    expect(sizes).toEqual([120])
    await link.close()
  })

  test('the peer closing in good order ends the link once, with its words', async () => {
    const peer = await startPeer()
    const { link, ended, ends } = await open(peer)
    ;(await peer.connection()).close(1000, 'Bye')
    const end = await ended
    expect(end).toMatchObject({ kind: 'remote', error: { code: 'LINK_CLOSED' } })
    expect(String(end.error)).toContain('1000 Bye')
    expect(() => link.send(Buffer.alloc(1))).toThrow(LinkClosedError)
    await link.close()
    link.destroy()
    expect(ends).toHaveLength(1)
  })

  test('a server that says goodbye and does not hang up is hung up on', async () => {
    const peer = await startPeer()
    const { ended } = await open(peer, { closeTimeoutMs: 30 })
    const connection = await peer.connection()
    const socket = peer.socketOf(connection)
    // The bytes of a close frame, behind the library's back.
    socket.write(Buffer.from([0x88, 0x00]))
    await expect(ended).resolves.toMatchObject({ kind: 'remote' })
  })

  test('a reset, and a socket that just ends, are failures', async () => {
    const peer = await startPeer()
    const first = await open(peer)
    peer.socketOf(await peer.connection()).destroy()
    expect(await first.ended).toMatchObject({ kind: 'failure', error: { code: 'LINK_CLOSED' } })
    const second = await open(peer)
    peer.socketOf(await peer.connection()).end()
    expect(await second.ended).toMatchObject({ kind: 'failure', error: { code: 'LINK_CLOSED' } })
  })

  test('a message beyond the limit, and bytes that are no frames, end the link', async () => {
    const peer = await startPeer()
    const long = await open(peer, { messageLimit: 1000 })
    ;(await peer.connection()).send('x'.repeat(1001))
    const end = await long.ended
    expect(end.error).toBeInstanceOf(MessageTooLongError)
    expect(end).toMatchObject({ kind: 'failure', error: { code: 'FRAME_TOO_LONG' } })
    const broken = await open(peer)
    peer.socketOf(await peer.connection()).write(Buffer.from([0xff, 0xff, 0xff]))
    expect(await broken.ended).toMatchObject({ kind: 'failure', error: { code: 'LINK_CLOSED' } })
  })

  test('closing sends what waits, says goodbye and is the same for everybody who asks', async () => {
    const peer = await startPeer()
    const { link, ended } = await open(peer)
    const connection = await peer.connection()
    const got: string[] = []
    connection.on('message', (data) => got.push(String(data)))
    const closed = once(connection, 'close')
    link.send(Buffer.from('last'))
    await Promise.all([link.close(), link.close()])
    expect(await ended).toEqual({ kind: 'local', error: undefined })
    expect((await closed)[0]).toBe(1000)
    expect(got).toEqual(['last'])
    expect(() => link.send(Buffer.alloc(1))).toThrow(LinkClosedError)
  })

  test('closing does not wait for ever for a peer that does not read', async () => {
    const peer = await startPeer()
    const { link } = await open(peer, { closeTimeoutMs: 30 })
    peer.socketOf(await peer.connection()).pause()
    link.send(Buffer.alloc(20_000_000))
    await link.close()
    expect(() => link.send(Buffer.alloc(1))).toThrow(LinkClosedError)
  })

  test('destroying with a cause ends the link with that cause', async () => {
    const peer = await startPeer()
    const { link, ended } = await open(peer)
    const cause = new InvalidArgumentError('enough')
    link.destroy(cause)
    expect(await ended).toEqual({ kind: 'local', error: cause })
  })

  test('a handler that throws ends its link, and nothing else is delivered', async () => {
    const peer = await startPeer()
    let calls = 0
    const opened = await open(peer, {}, () => {
      calls++
      throw new Error('cannot read this')
    })
    const connection = await peer.connection()
    connection.send('x')
    connection.send('y')
    expect(await opened.ended).toMatchObject({
      kind: 'local',
      error: { cause: { message: 'cannot read this' } },
    })
    expect(calls).toBe(1)
  })

  test('drained waits for the reader, can be given up, and a sender that never waits is stopped', async () => {
    const peer = await startPeer()
    const { link } = await open(peer, { highWaterMark: 65_536, writeLimit: 20_000_000 })
    const socket = peer.socketOf(await peer.connection())
    await link.drained()
    socket.pause()
    link.send(Buffer.alloc(16_000_000))
    const abort = new AbortController()
    const givenUp = link.drained(abort.signal)
    let settled = false
    const drained = link.drained().then(() => {
      settled = true
    })
    abort.abort(new Error('no longer needed'))
    await expect(givenUp).rejects.toThrow('no longer needed')
    expect(settled).toBe(false)
    expect(() => link.send(Buffer.alloc(10_000_000))).toThrow(WriteOverflowError)
    socket.resume()
    await drained
    expect(link.bufferedBytes).toBeLessThan(65_536)
    link.destroy()
    await expect(link.drained()).rejects.toBeInstanceOf(LinkClosedError)
  })

  test('no socket is left after all of this', async () => {
    for (const close of closers.splice(0)) await close()
    await vi.waitFor(() => expect(openSockets()).toBe(0), patience)
    const peer = await startPeer()
    const { link } = await open(peer)
    expect(openSockets()).toBeGreaterThan(0)
    await link.close()
    await peer.close()
    await vi.waitFor(() => expect(openSockets()).toBe(0), patience)
  })
})
