import { describe, expect, test, vi } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import {
  ConnectionLostError,
  RequestAbortedError,
  RequestRefusedError,
  RequestTimeoutError,
} from '../../src/session/index.ts'
import {
  CertificateError,
  ConnectAbortedError,
  ConnectionRefusedError,
  ConnectTimeoutError,
  LinkClosedError,
  TlsError,
} from '../../src/transport/index.ts'
import { patience } from '../patience.ts'
import { createAuthority } from '../peer/certificates.ts'
import { createRawPeer } from '../peer/raw-peer.ts'
import { connect, failure, secrets, setUp, startPeer, testAuthority, visible } from './fixture.ts'

const silent = (): void => {}

describe('connecting', () => {
  test('a friendly server makes a session that is ready', async () => {
    const { session, connection } = await setUp()
    expect(session.state).toMatchObject({ phase: 'ready' })
    expect(session.pending).toBe(0)
    expect(connection.received).toMatchObject([
      {
        name: 'ProtoOAApplicationAuthReq',
        fields: { clientId: 'app', clientSecret: 'client-s3cret' },
      },
    ])
    await session.close()
    expect(session.state).toMatchObject({ phase: 'closed', end: { kind: 'closed' } })
    expect(await session.closed).toMatchObject({ error: { code: 'SESSION_CLOSED' } })
    expect(await connection.closed).toBe('end')
  })

  test('being authenticated already is a success', async () => {
    const { session } = await setUp({
      onMessage: ({ clientMsgId }, connection) =>
        connection.send(
          'ProtoOAErrorRes',
          { errorCode: 'CH_CLIENT_ALREADY_AUTHENTICATED', description: 'already authorized' },
          clientMsgId,
        ),
    })
    expect(session.state.phase).toBe('ready')
  })

  test('a wrong secret is a refusal that says what to check and shows no secret', async () => {
    const peer = await startPeer({
      onMessage({ clientMsgId }, connection) {
        const description = 'clientId or clientSecret is incorrect: client-s3cret'
        connection.send(
          'ProtoOAErrorRes',
          { errorCode: 'CH_CLIENT_AUTH_FAILURE', description },
          clientMsgId,
        )
        connection.end()
      },
    })
    const error = await failure(connect(peer))
    expect(error).toBeInstanceOf(RequestRefusedError)
    expect(error).toMatchObject({ serverCode: 'CH_CLIENT_AUTH_FAILURE', outcome: 'refused' })
    expect(String(error)).toContain('Check the client id and the client secret')
    for (const secret of secrets) expect(visible(error)).not.toContain(secret)
  })

  test.each(['ProtoOAErrorRes', 'ProtoErrorRes'])(
    '%s without an id answers the authentication',
    async (name) => {
      const peer = await startPeer({
        onMessage: (_message, connection) =>
          connection.send(name, { errorCode: 'CANT_ROUTE_REQUEST' }),
      })
      expect(await failure(connect(peer))).toMatchObject({
        code: 'REQUEST_REFUSED',
        serverCode: 'CANT_ROUTE_REQUEST',
      })
    },
  )

  test('a server that never answers the authentication runs into the deadline', async () => {
    const peer = await startPeer({ onMessage: silent })
    const clock = new ManualClock()
    const connecting = failure(connect(peer, { clock }))
    const connection = await peer.connection()
    await connection.next('ProtoOAApplicationAuthReq')
    clock.advance(15_000)
    expect(await connecting).toBeInstanceOf(RequestTimeoutError)
    await connection.closed
    expect(clock.pending).toBe(0)
  })

  test.each([
    ['closes', (connection: { end(): void }) => connection.end()],
    ['resets', (connection: { reset(): void }) => connection.reset()],
  ])('a server that %s instead of answering leaves the outcome open', async (_how, act) => {
    const peer = await startPeer({ onMessage: (_message, connection) => act(connection) })
    const error = await failure(connect(peer))
    expect(error).toBeInstanceOf(ConnectionLostError)
    expect(error).toMatchObject({ request: 'applicationAuth', outcome: 'unknown' })
    expect(error).toHaveProperty('cause.code', 'LINK_CLOSED')
  })

  test('a server that closes right after the handshake', async () => {
    const peer = await startPeer({ onConnection: (connection) => connection.end() })
    const error = await failure(connect(peer))
    expect(error).toMatchObject({
      code: expect.stringMatching(/^(?:CONNECTION_LOST|LINK_CLOSED)$/),
    })
  })

  test('a server that talks garbage from the start', async () => {
    const peer = await startPeer({
      onConnection: (connection) => connection.sendBytes(Buffer.from('{"payloadType":51}\n')),
    })
    const error = await failure(connect(peer))
    expect(visible(error)).toContain('FRAME_TOO_LONG')
  })
})

describe('connecting, below the protocol', () => {
  test('an untrusted certificate', async () => {
    const peer = await startPeer({ certificate: createAuthority('Stranger').issue() })
    const error = await failure(connect(peer))
    expect(error).toBeInstanceOf(CertificateError)
    expect(error).toMatchObject({ problem: 'untrusted' })
    expect(peer.connections.flatMap((connection) => connection.received)).toEqual([])
  })

  test('an expired certificate', async () => {
    const notAfter = new Date(Date.now() - 1000)
    const peer = await startPeer({ certificate: testAuthority().issue({ notAfter }) })
    expect(await failure(connect(peer))).toMatchObject({ problem: 'expired' })
  })

  test('a certificate for another host', async () => {
    const certificate = testAuthority().issue({ names: ['demo.example.org'], addresses: [] })
    const peer = await startPeer({ certificate })
    expect(await failure(connect(peer))).toMatchObject({ problem: 'wrong-host' })
  })

  test('nobody listening', async () => {
    const peer = await startPeer()
    await peer.close()
    expect(await failure(connect(peer))).toBeInstanceOf(ConnectionRefusedError)
  })

  test('a server without TLS', async () => {
    const peer = await createRawPeer({
      read: 'count',
      onConnection: (connection) => connection.sendBytes(Buffer.from('HTTP/1.1 400\r\n\r\n')),
    })
    expect(await failure(connect(peer))).toBeInstanceOf(TlsError)
    await peer.close()
  })

  test('a server that never finishes the handshake', async () => {
    const peer = await createRawPeer({ read: 'count' })
    const clock = new ManualClock()
    const connecting = failure(connect(peer, { clock, connectTimeoutMs: 500 }))
    const connection = await peer.connection()
    await vi.waitFor(() => expect(connection.chunkSizes).not.toEqual([]), patience)
    clock.advance(500)
    const error = await connecting
    expect(error).toBeInstanceOf(ConnectTimeoutError)
    expect(error).toMatchObject({ stage: 'encrypt', facts: { timeoutMs: 500 } })
    await connection.closed
    await peer.close()
  })

  test('a server that hangs up during the handshake', async () => {
    const peer = await startPeer({ onSocket: (socket) => socket.destroy() })
    expect(await failure(connect(peer))).toBeInstanceOf(LinkClosedError)
  })
})

describe('giving up while connecting', () => {
  test('during the handshake', async () => {
    const peer = await createRawPeer({ read: 'count' })
    const abort = new AbortController()
    const connecting = failure(connect(peer, { signal: abort.signal }))
    const connection = await peer.connection()
    abort.abort(new Error('enough'))
    const error = await connecting
    expect(error).toBeInstanceOf(ConnectAbortedError)
    expect(error).toHaveProperty('cause.message', 'enough')
    await connection.closed
    await peer.close()
  })

  test('during authentication', async () => {
    const peer = await startPeer({ onMessage: silent })
    const abort = new AbortController()
    const connecting = failure(connect(peer, { signal: abort.signal }))
    const connection = await peer.connection()
    await connection.next('ProtoOAApplicationAuthReq')
    abort.abort(new Error('enough'))
    const error = await connecting
    expect(error).toBeInstanceOf(RequestAbortedError)
    expect(error).toMatchObject({ outcome: 'unknown', cause: { message: 'enough' } })
    await connection.closed
  })

  test('before it began', async () => {
    const peer = await startPeer()
    const error = await failure(connect(peer, { signal: AbortSignal.abort() }))
    expect(error).toBeInstanceOf(ConnectAbortedError)
    expect(peer.connections).toHaveLength(0)
  })

  test('once the session is open the signal has no say', async () => {
    const abort = new AbortController()
    const { session } = await setUp({}, { signal: abort.signal })
    abort.abort()
    expect(session.state.phase).toBe('ready')
  })
})
