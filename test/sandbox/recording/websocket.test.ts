import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  closeCodes,
  opcodes,
  writeFrame,
} from '../../../src/sandbox/api-server/websocket-frames.ts'
import { requestFrame } from '../official-client.ts'
import {
  connectRaw,
  connectWebSocket,
  everythingFrom,
  startRecorder,
  startServer,
  startWebSocketServer,
} from './peers.ts'
import { newRecording, wordsOf } from './recording-folder.ts'

const version = requestFrame('ProtoOAVersionReq', {}, 'v')
const versionText = '{"clientMsgId":"v","payloadType":2104}'

describe('WebSocket', () => {
  test('the server is asked under its own name, without extensions, and the certificate is for that name', async () => {
    let request: string | undefined
    let name: unknown
    const server = await startServer((socket) => {
      name = Reflect.get(socket, 'servername')
      socket.once('data', (chunk) => {
        request = String(chunk)
        socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno')
      })
    })
    const file = newRecording()
    const recorder = await startRecorder(server, { file, host: 'localhost' })
    const client = await connectRaw(recorder)
    const answer = everythingFrom(client)
    client.write(
      [
        ...['GET /path HTTP/1.1', `Host: 127.0.0.1:${recorder.port}`, 'Upgrade: websocket'],
        `Origin: https://127.0.0.1:${recorder.port}`,
        ...['Sec-WebSocket-Extensions: permessage-deflate', 'X-Other: 1', '', ''],
      ].join('\r\n'),
    )
    // What the server says to that is for the client to judge.
    expect(String(await answer)).toBe('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno')
    expect(name).toBe('localhost')
    expect(request?.split('\r\n')).toEqual([
      ...['GET /path HTTP/1.1', `Host: localhost:${server.port}`, 'Upgrade: websocket'],
      ...[`Origin: https://localhost:${server.port}`, 'X-Other: 1', '', ''],
    ])
    await recorder.close()
    expect(wordsOf(file)).toEqual([
      'server an answer to the upgrade that is a no: HTTP 403',
      'server closed',
    ])
  })

  test('a client and a server that would compress do not, and are read', async () => {
    const server = await startWebSocketServer((socket) => {
      expect(socket.extensions).toBe('')
      socket.on('message', (data) => socket.send(String(data)))
    })
    const file = newRecording()
    const recorder = await startRecorder(server, { file })
    const client = await connectWebSocket(recorder)
    expect(client.extensions).toBe('')
    client.send(versionText)
    expect(String((await once(client, 'message'))[0])).toBe(versionText)
    client.close(1000)
    await once(client, 'close')
    await recorder.close()
    expect(wordsOf(file)).toEqual([
      ...['json-websocket', 'client ProtoOAVersionReq', 'server ProtoOAVersionReq'],
      'client closed',
    ])
  })

  test('fragments with pings between them, of both sides, are one message; whoever says goodbye first has closed', async () => {
    const whole = version.subarray(4)
    const server = await startWebSocketServer((socket) => {
      socket.on('message', () => {
        socket.send(whole.subarray(0, 2), { fin: false })
        socket.ping('hidden')
        socket.send(whole.subarray(2), { fin: true })
        socket.close(1000, 'hidden')
      })
    })
    const file = newRecording()
    const recorder = await startRecorder(server, { file })
    const client = await connectWebSocket(recorder)
    const pong = once(client, 'ping')
    const answer = once(client, 'message')
    client.send(whole.subarray(0, 3), { fin: false })
    client.ping('hidden')
    client.send(whole.subarray(3), { fin: true })
    expect((await answer)[0]).toEqual(whole)
    expect(String((await pong)[0])).toBe('hidden')
    await once(client, 'close')
    await recorder.close()
    expect(recorder.notes).toBe(0)
    expect(wordsOf(file)).toEqual([
      ...['protobuf-websocket', 'client ProtoOAVersionReq', 'server ProtoOAVersionReq'],
      'server closed',
    ])
    expect(readFileSync(file, 'utf8')).not.toContain('hidden')
  })

  test.each([
    [
      'HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\nsecret',
      'an answer to the upgrade with an extension that nobody offered',
    ],
    ['HTTP/1.1 101 Switching Protocols\r\nX: secret', 'no whole answer to the upgrade'],
    ['secret\r\n\r\n', 'an answer to the upgrade that is none'],
    [`HTTP/1.1 101 ${'secret'.repeat(4000)}`, 'an answer to the upgrade that does not end'],
  ])('an answer to the upgrade that nobody can go on from passes: %j', async (answer, note) => {
    const server = await startServer((socket) => void socket.once('data', () => socket.end(answer)))
    const file = newRecording()
    const recorder = await startRecorder(server, { file })
    const client = await connectRaw(recorder)
    const heard = everythingFrom(client)
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(String(await heard)).toBe(answer)
    await recorder.close()
    expect(wordsOf(file)).toEqual([`server ${note}`, 'server closed'])
    expect(readFileSync(file, 'utf8')).not.toContain('secret')
  })

  test('a message that is none does not hide the next', async () => {
    const server = await startWebSocketServer((socket) => {
      socket.on('message', (data) => socket.send(String(data)))
    })
    const file = newRecording()
    const recorder = await startRecorder(server, { file, frameBytes: 1000 })
    const client = await connectWebSocket(recorder)
    const tooLong = `"${'secret'.padEnd(2000, 'x')}"`
    for (const text of ['no JSON, but a secret', versionText, tooLong, versionText]) {
      client.send(text)
      expect(String((await once(client, 'message'))[0])).toBe(text)
    }
    client.close()
    await once(client, 'close')
    await recorder.close()
    const words = wordsOf(file)
    for (const side of ['client', 'server']) {
      expect(words.filter((word) => word.startsWith(`${side} `)).slice(0, 3)).toEqual([
        `${side} a message that is no JSON envelope (MALFORMED_JSON)`,
        `${side} ProtoOAVersionReq`,
        // Behind it nothing is read: neither the message nor the goodbye.
        `${side} bytes that are no message, or one too long; nothing behind them is read (FRAME_TOO_LONG)`,
      ])
    }
    expect(words.filter((word) => word.endsWith('ProtoOAVersionReq'))).toHaveLength(2)
    expect(readFileSync(file, 'utf8')).not.toContain('secret')
  })

  test('frames against the rules end the reading, and are for the other side to judge', async () => {
    const heard: string[] = []
    const server = await startWebSocketServer((socket) => {
      socket.on('error', (error) => heard.push(error.message))
    })
    const file = newRecording()
    const recorder = await startRecorder(server, { file })
    const client = await connectWebSocket(recorder)
    const closed = once(client, 'close')
    const raw = Reflect.get(client, '_socket') as NodeJS.WritableStream
    // A message goes on that was not begun.
    raw.write(maskless(writeFrame(opcodes.continuation, Buffer.from('secret'))))
    expect((await closed)[0]).toBe(closeCodes.protocolError)
    expect(heard).toHaveLength(1)
    await recorder.close()
    expect(wordsOf(file)).toEqual([
      expect.stringMatching(/^client bytes that are no message/),
      'server closed',
    ])
    expect(readFileSync(file, 'utf8')).not.toContain('secret')
  })
})

/** The frame of a server as a client has to send it, under a mask that changes nothing. */
function maskless(frame: Buffer): Buffer {
  const [first = 0, length = 0] = frame
  return Buffer.concat([Buffer.from([first, length | 0x80, 0, 0, 0, 0]), frame.subarray(2)])
}
