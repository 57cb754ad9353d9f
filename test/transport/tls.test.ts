import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
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
  TlsError,
  WriteOverflowError,
} from '../../src/transport/errors.ts'
import { type TlsTransportOptions, tlsTransport } from '../../src/transport/tls.ts'
import type { Link, LinkEnd } from '../../src/transport/transport.ts'
import { patience } from '../patience.ts'
import { type Authority, createAuthority, type KeyPair } from '../peer/certificates.ts'
import type { PeerConnection } from '../peer/peer-connection.ts'
import { createRawPeer, type RawPeer, type RawPeerOptions } from '../peer/raw-peer.ts'
import { openSockets } from '../peer/resources.ts'

let authority: Authority
let certificate: KeyPair
const peers: RawPeer[] = []

beforeAll(() => {
  authority = createAuthority()
  certificate = authority.issue()
})

afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.close()
})

afterAll(() => {
  vi.unstubAllEnvs()
})

async function startPeer(options: RawPeerOptions = {}): Promise<RawPeer> {
  const peer = await createRawPeer({ certificate, onMessage: () => {}, ...options })
  peers.push(peer)
  return peer
}

/** A peer without TLS. */
async function startPlainPeer(
  onConnection: (connection: PeerConnection) => void = () => {},
): Promise<RawPeer> {
  const peer = await createRawPeer({ read: 'count', onConnection })
  peers.push(peer)
  return peer
}

const deaf: RawPeerOptions = {
  read: 'count',
  onConnection: (connection) => connection.pause(),
}

interface Opened {
  readonly link: Link
  readonly heard: Buffer[]
  readonly ends: LinkEnd[]
  readonly ended: Promise<LinkEnd>
}

async function open(
  peer: { readonly host: string; readonly port: number },
  options: TlsTransportOptions = {},
  data?: (chunk: Buffer) => void,
): Promise<Opened> {
  const heard: Buffer[] = []
  const ends: LinkEnd[] = []
  const ended = deferred<LinkEnd>()
  const link = await tlsTransport({ ca: authority.ca, ...options }).open(
    peer,
    {
      data: data ?? ((chunk) => heard.push(Buffer.from(chunk))),
      end(cause) {
        ends.push(cause)
        ended.resolve(cause)
      },
    },
    { clock: systemClock },
  )
  return { link, heard, ends, ended: ended.promise }
}

const nobody = { data: () => {}, end: () => {} }

function attempt(
  peer: { readonly host: string; readonly port: number },
  options: TlsTransportOptions = { ca: authority.ca },
): Promise<unknown> {
  return tlsTransport(options)
    .open(peer, nobody, { clock: systemClock })
    .then(
      (link) => {
        link.destroy()
        throw new Error('connected')
      },
      (error: unknown) => error,
    )
}

describe('tls transport, connecting', () => {
  test.each(['127.0.0.1', 'localhost'])(
    'a server named %s by its certificate is accepted',
    async (host) => {
      const peer = await startPeer()
      const { link } = await open({ host, port: peer.port })
      expect(link.remote).toBe(`${host}:${peer.port}`)
      await link.close()
    },
  )

  test('an unknown authority is not trusted, and the message says what to do', async () => {
    const peer = await startPeer()
    const stranger = createAuthority('Stranger')
    const error = await attempt(peer, { ca: stranger.ca })
    expect(error).toBeInstanceOf(CertificateError)
    expect(error).toMatchObject({ code: 'CERTIFICATE_REJECTED', problem: 'untrusted' })
    expect(String(error)).toContain('`ca` option')
  })

  test('without an authority of its own the system decides, and refuses a stranger', async () => {
    const peer = await startPeer()
    expect(await attempt(peer, {})).toMatchObject({ problem: 'untrusted' })
  })

  test("Node's switch to skip verification changes nothing", async () => {
    const peer = await startPeer()
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const error = await attempt(peer, {}).finally(() => vi.unstubAllEnvs())
    expect(error).toMatchObject({ problem: 'untrusted' })
  })

  test('an expired certificate is refused as expired', async () => {
    const notAfter = new Date(Date.now() - 60_000)
    const peer = await startPeer({ certificate: authority.issue({ notAfter }) })
    expect(await attempt(peer)).toMatchObject({ code: 'CERTIFICATE_REJECTED', problem: 'expired' })
  })

  test('a certificate of tomorrow is refused as not yet valid', async () => {
    const notBefore = new Date(Date.now() + 60_000)
    const peer = await startPeer({ certificate: authority.issue({ notBefore }) })
    expect(await attempt(peer)).toMatchObject({ problem: 'not-yet-valid' })
  })

  test('a certificate for another name is refused', async () => {
    const other = authority.issue({ names: ['demo.example.org'], addresses: [] })
    const peer = await startPeer({ certificate: other })
    expect(await attempt({ host: 'localhost', port: peer.port })).toMatchObject({
      problem: 'wrong-host',
    })
    expect(await attempt(peer)).toMatchObject({ problem: 'wrong-host' })
  })

  test('a certificate for another address is refused', async () => {
    const other = authority.issue({ addresses: ['127.0.0.2'] })
    const peer = await startPeer({ certificate: other })
    expect(await attempt(peer)).toMatchObject({ problem: 'wrong-host' })
  })

  test('nobody listening is a refused connection', async () => {
    const peer = await startPeer()
    await peer.close()
    expect(await attempt(peer)).toBeInstanceOf(ConnectionRefusedError)
    expect(await attempt({ host: 'localhost', port: peer.port })).toBeInstanceOf(
      ConnectionRefusedError,
    )
  })

  test('a name that leads nowhere is not found', async () => {
    expect(await attempt({ host: 'no-such-host.invalid', port: 443 })).toBeInstanceOf(
      HostNotFoundError,
    )
  })

  test('a peer that answers in plain text is no TLS server', async () => {
    const peer = await startPlainPeer((connection) => {
      connection.sendBytes(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    const error = await attempt(peer)
    expect(error).toBeInstanceOf(TlsError)
    expect(String(error)).toContain('speaks TLS')
  })

  test('a server that closes during the handshake is told apart from one that speaks no TLS', async () => {
    const peer = await startPeer({ onSocket: (socket) => socket.destroy() })
    expect(await attempt(peer)).toBeInstanceOf(LinkClosedError)
  })

  test('a server that never finishes the handshake runs into the deadline, which names the stage', async () => {
    const peer = await startPlainPeer()
    const clock = new ManualClock()
    const opening = tlsTransport({ ca: authority.ca }).open(peer, nobody, { clock })
    const connection = await peer.connection()
    await vi.waitFor(() => expect(connection.chunkSizes).not.toEqual([]), patience)
    clock.advance(9_999)
    clock.advance(1)
    const error = await opening.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConnectTimeoutError)
    expect(error).toMatchObject({ code: 'CONNECT_TIMEOUT', stage: 'encrypt' })
    expect(clock.pending).toBe(0)
    await connection.closed
  })

  test('an aborted signal stops the attempt and leaves no socket', async () => {
    const peer = await startPlainPeer()
    const abort = new AbortController()
    const clock = new ManualClock()
    const { signal } = abort
    const opening = tlsTransport({ ca: authority.ca }).open(peer, nobody, { clock, signal })
    const connection = await peer.connection()
    abort.abort(new Error('changed my mind'))
    const error = await opening.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConnectAbortedError)
    expect(error).toHaveProperty('cause.message', 'changed my mind')
    await connection.closed
    expect(clock.pending).toBe(0)
  })

  test('a signal that was aborted before opens nothing', async () => {
    const peer = await startPeer()
    const opening = tlsTransport().open(peer, nobody, {
      clock: systemClock,
      signal: AbortSignal.abort(),
    })
    await expect(opening).rejects.toBeInstanceOf(ConnectAbortedError)
    expect(peer.connections).toHaveLength(0)
  })

  test('an authority that is no certificate is refused at once', () => {
    expect(() => tlsTransport({ ca: '/etc/ssl/ca.pem' })).toThrow(InvalidArgumentError)
    expect(() => tlsTransport({ ca: '/etc/ssl/ca.pem' })).toThrow(/not its path/)
    expect(() => tlsTransport({ ca: [] })).toThrow(InvalidArgumentError)
  })

  test.each([
    { host: '', port: 1 },
    { host: 'localhost', port: 0 },
    { host: 'localhost', port: 65_536 },
    { host: 'localhost', port: 1.5 },
  ])('$host:$port is no endpoint', async (endpoint) => {
    expect(await attempt(endpoint)).toBeInstanceOf(InvalidArgumentError)
  })
})

describe('tls transport, an open link', () => {
  test('bytes arrive in order in both directions', async () => {
    const peer = await startPeer()
    const { link, heard } = await open(peer)
    const connection = await peer.connection()
    link.send(Buffer.from([0, 0, 0, 2, 8, 51]))
    expect(await connection.next()).toMatchObject({ payloadType: 51 })
    const big = Buffer.alloc(200_000, 7)
    connection.sendBytes(Buffer.from('first'))
    connection.sendBytes(big)
    await vi.waitFor(() => expect(Buffer.concat(heard)).toHaveLength(200_005), patience)
    expect(Buffer.concat(heard).subarray(0, 6).toString()).toBe('first\u0007')
    await link.close()
  })

  test('a server that talks first is heard', async () => {
    const peer = await startPeer({
      onConnection: (connection) => connection.sendBytes(Buffer.from('hello')),
    })
    const { link, heard } = await open(peer)
    await vi.waitFor(() => expect(Buffer.concat(heard).toString()).toBe('hello'), patience)
    await link.close()
  })

  test('what is sent in one tick travels in one TLS record', async () => {
    const peer = await startPeer()
    const { link } = await open(peer)
    const connection = await peer.connection()
    const beat = Buffer.from([0, 0, 0, 2, 8, 51])
    for (let i = 0; i < 10; i++) link.send(beat)
    expect(link.bufferedBytes).toBe(60)
    for (let i = 0; i < 10; i++) await connection.next()
    expect(connection.chunkSizes).toEqual([60])
    await link.close()
  })

  test('the peer closing in good order ends the link once, as remote', async () => {
    const peer = await startPeer()
    const { link, ended, ends } = await open(peer)
    ;(await peer.connection()).end()
    expect(await ended).toMatchObject({ kind: 'remote', error: { code: 'LINK_CLOSED' } })
    expect(() => link.send(Buffer.alloc(1))).toThrow(LinkClosedError)
    await link.close()
    link.destroy()
    expect(ends).toHaveLength(1)
  })

  test('a reset ends the link as a failure', async () => {
    const peer = await startPeer()
    const { ended } = await open(peer)
    ;(await peer.connection()).reset()
    const end = await ended
    expect(end.kind).toBe('failure')
    expect(end.error).toBeInstanceOf(LinkClosedError)
  })

  test('closing sends what waits, says goodbye and is the same for everybody who asks', async () => {
    const peer = await startPeer()
    const { link, ended } = await open(peer)
    const connection = await peer.connection()
    link.send(Buffer.from([0, 0, 0, 2, 8, 51]))
    await Promise.all([link.close(), link.close()])
    expect(await ended).toEqual({ kind: 'local', error: undefined })
    expect(await connection.closed).toBe('end')
    expect(connection.received).toHaveLength(1)
    expect(() => link.send(Buffer.alloc(1))).toThrow(LinkClosedError)
  })

  test('closing does not wait for ever for a peer that does not read', async () => {
    const peer = await startPeer(deaf)
    const { link } = await open(peer, { closeTimeoutMs: 30 })
    await peer.connection()
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

  test('a handler that throws ends its link and nothing else', async () => {
    const peer = await startPeer()
    const opened = await open(peer, {}, () => {
      throw new Error('cannot read this')
    })
    ;(await peer.connection()).sendBytes(Buffer.from('x'))
    expect(await opened.ended).toMatchObject({
      kind: 'local',
      error: { cause: { message: 'cannot read this' } },
    })
  })

  test('nothing is delivered after the link was closed here', async () => {
    const peer = await startPeer()
    const { link, heard } = await open(peer)
    const connection = await peer.connection()
    const closing = link.close()
    connection.sendBytes(Buffer.from('late'))
    await closing
    expect(heard).toEqual([])
  })

  test('drained waits while much is waiting and goes on when the peer reads again', async () => {
    const peer = await startPeer(deaf)
    const { link } = await open(peer, { highWaterMark: 65_536 })
    const connection = await peer.connection()
    await link.drained()
    link.send(Buffer.alloc(16_000_000))
    let settled = false
    const drained = link.drained().then(() => {
      settled = true
    })
    expect(link.bufferedBytes).toBeGreaterThan(65_536)
    await new Promise((resolve) => setImmediate(resolve))
    expect(settled).toBe(false)
    connection.resume()
    await drained
    expect(link.bufferedBytes).toBeLessThan(65_536)
    link.destroy()
  })

  test('drained can be given up, and fails when the link ends', async () => {
    const peer = await startPeer(deaf)
    const { link } = await open(peer, { highWaterMark: 1000 })
    await peer.connection()
    link.send(Buffer.alloc(16_000_000))
    const abort = new AbortController()
    const givenUp = link.drained(abort.signal)
    const waiting = link.drained()
    abort.abort(new Error('no longer needed'))
    await expect(givenUp).rejects.toThrow('no longer needed')
    link.destroy()
    await expect(waiting).rejects.toBeInstanceOf(LinkClosedError)
    await expect(link.drained()).rejects.toBeInstanceOf(LinkClosedError)
  })

  test('a sender that never waits is stopped before memory runs out', async () => {
    const peer = await startPeer(deaf)
    const { link } = await open(peer, { writeLimit: 1_000_000 })
    await peer.connection()
    const chunk = Buffer.alloc(100_000)
    expect(() => {
      for (let i = 0; i < 1000; i++) link.send(chunk)
    }).toThrow(WriteOverflowError)
    expect(link.bufferedBytes).toBeLessThanOrEqual(1_000_000)
    link.destroy()
  })

  test('no socket is left after all of this', async () => {
    for (const peer of peers.splice(0)) await peer.close()
    await vi.waitFor(() => expect(openSockets()).toBe(0), patience)
    const peer = await startPeer()
    const { link } = await open(peer)
    expect(openSockets()).toBeGreaterThan(0)
    await link.close()
    await peer.close()
    await vi.waitFor(() => expect(openSockets()).toBe(0), patience)
  })
})
