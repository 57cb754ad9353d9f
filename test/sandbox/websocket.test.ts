import { once } from 'node:events'
import { connect } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { accountOf, connectTo, startSandbox } from './fixture.ts'
import { type Received, readEnvelope, requestFrame } from './official-client.ts'

const sockets: { terminate(): void }[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate()
})

/** A plain WebSocket client with the official schema; it verifies the certificate. */
async function open(sandbox: Sandbox) {
  const socket = new WebSocket(`wss://localhost:${sandbox.demo.protobufPort}/any/path`, {
    ca: sandbox.ca,
  })
  sockets.push(socket)
  const received: Received[] = []
  const waiting: ((message: Received) => void)[] = []
  socket.on('message', (data, isBinary) => {
    if (!isBinary) throw new Error('Protobuf belongs into binary messages.')
    const message = readEnvelope(data as Buffer)
    const next = waiting.shift()
    if (next === undefined) received.push(message)
    else next(message)
  })
  const closed = once(socket, 'close').then(([code, reason]) => `${code} ${reason}`.trim())
  await once(socket, 'open')
  return {
    socket,
    closed,
    next(): Promise<Received> {
      const first = received.shift()
      return first === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(first)
    },
    // One message is one envelope: no length before it.
    send: (name: string, fields: object = {}, id?: string) =>
      socket.send(requestFrame(name, fields, id).subarray(4)),
  }
}

/** Sends text to the port and resolves with everything that came until it was closed. */
async function talk(sandbox: Sandbox, text: string): Promise<string> {
  const socket = connect({
    host: '127.0.0.1',
    port: sandbox.demo.protobufPort,
    ca: sandbox.ca,
  })
  sockets.push({ terminate: () => void socket.destroy() })
  socket.setEncoding('latin1')
  let heard = ''
  socket.on('data', (chunk) => {
    heard += chunk
  })
  await once(socket, 'secureConnect')
  socket.write(text)
  await once(socket, 'close')
  return heard
}

describe('protobuf over WebSocket, as a client of another make sees it', () => {
  test('the same port takes both; a session goes from authentication to quotes', async () => {
    const sandbox = await startSandbox()
    const overTcp = await connectTo(sandbox)
    const client = await open(sandbox)
    const { clientId, clientSecret, accessToken } = sandbox
    client.send('ProtoOAApplicationAuthReq', { clientId, clientSecret }, 'a')
    expect(await client.next()).toMatchObject({ name: 'ProtoOAApplicationAuthRes', id: 'a' })
    const ctidTraderAccountId = accountOf(sandbox).accountId
    client.send('ProtoOAAccountAuthReq', { ctidTraderAccountId, accessToken }, 'b')
    expect(await client.next()).toMatchObject({ name: 'ProtoOAAccountAuthRes', id: 'b' })
    client.send('ProtoOASubscribeSpotsReq', { ctidTraderAccountId, symbolId: [1] }, 'c')
    expect(await client.next()).toMatchObject({ name: 'ProtoOASubscribeSpotsRes', id: 'c' })
    expect(await client.next()).toMatchObject({ name: 'ProtoOASpotEvent' })
    const answer = await overTcp.request('ProtoOAApplicationAuthReq', { clientId, clientSecret })
    expect(answer.name).toBe('ProtoOAApplicationAuthRes')
  })

  test('a ping is answered, a goodbye is returned', async () => {
    const client = await open(await startSandbox())
    const pong = once(client.socket, 'pong')
    client.socket.ping('are you there')
    expect(String((await pong)[0])).toBe('are you there')
    client.socket.close(3001, 'done')
    expect(await client.closed).toBe('3001')
  })

  test('messages in fragments, and several in one piece, are understood', async () => {
    const sandbox = await startSandbox({ behaviour: { versionBeforeAuthentication: true } })
    const client = await open(sandbox)
    const whole = requestFrame('ProtoOAVersionReq', {}, 'cut').subarray(4)
    client.socket.send(whole.subarray(0, 3), { fin: false })
    client.socket.send(whole.subarray(3), { fin: true })
    client.send('ProtoOAVersionReq', {}, 'next')
    expect([(await client.next()).id, (await client.next()).id]).toEqual(['cut', 'next'])
  })

  test('bytes that are no envelope are answered, and the connection ends with Bye', async () => {
    const client = await open(await startSandbox())
    client.socket.send(Buffer.from('ffffff', 'hex'))
    expect(await client.next()).toMatchObject({ payload: { errorCode: 'INVALID_REQUEST' } })
    expect(await client.closed).toBe('1000 Bye')
  })

  test('text messages have no place on a protobuf port', async () => {
    const client = await open(await startSandbox())
    client.socket.send('{"payloadType":51}')
    expect(await client.closed).toMatch(/^1003/)
  })

  test('a message beyond the limit is refused by its length', async () => {
    const client = await open(await startSandbox({ limits: { frameBytes: 1000 } }))
    client.socket.send(Buffer.alloc(1001))
    expect(await client.next()).toMatchObject({ payload: { errorCode: 'FRAME_TOO_LONG' } })
    expect(await client.closed).toMatch(/^1009/)
  })
})

describe('what is no handshake', () => {
  const upgrade = 'Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n'
  test.each([
    ['plain HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', '426 Upgrade Required'],
    ['an old version', `GET / HTTP/1.1\r\n${upgrade}Sec-WebSocket-Version: 8\r\n\r\n`, '426'],
    [
      'a bad key',
      `GET / HTTP/1.1\r\n${upgrade}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n`,
      '400 Bad Request',
    ],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', '400 Bad Request'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nwhat\r\n\r\n', '400 Bad Request'],
    ['a request without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`, '431'],
  ])('%s is told so and closed', async (_what, request, status) => {
    const answer = await talk(await startSandbox(), request)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status}`))
  })

  test('the handshake may come byte by byte', async () => {
    const sandbox = await startSandbox({ limits: { unauthenticatedMs: 60_000 } })
    const socket = connect({ host: '127.0.0.1', port: sandbox.demo.protobufPort, ca: sandbox.ca })
    sockets.push({ terminate: () => void socket.destroy() })
    socket.setEncoding('latin1')
    await once(socket, 'secureConnect')
    const key = Buffer.alloc(16, 1).toString('base64')
    const request = `GET / HTTP/1.1\r\n${upgrade}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`
    for (const byte of request) {
      socket.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const [answer] = await once(socket, 'data')
    expect(answer).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
    // From RFC 6455: SHA-1 of the key and a fixed text.
    expect(answer).toContain('Sec-WebSocket-Accept: ')
  })

  test('a word that only begins like a request is no handshake', async () => {
    const answer = await talk(await startSandbox(), 'GETX')
    expect(answer).toContain('FRAME_TOO_LONG')
  })
})
