import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { ioTurn } from '../../../src/async/clock.ts'
import { silentLogger } from '../../../src/log.ts'
import { recordSessions } from '../../../src/sandbox/index.ts'
import { requestFrame } from '../official-client.ts'
import { connectRaw, endsWithTest, everythingFrom, startRecorder, startServer } from './peers.ts'
import { linesOf, newRecording, wordsOf } from './recording-folder.ts'

const version = requestFrame('ProtoOAVersionReq', {}, 'v')
const versionText = '{"clientMsgId":"v","payloadType":2104}'

/** A server that says back whatever it hears. */
const startEcho = () => startServer((socket) => void socket.pipe(socket))

/** Sends bytes in pieces, each when the one before has come back, and gives what came back. */
async function echoed(port: number, ca: string, bytes: Buffer, pieces: number): Promise<Buffer> {
  const socket = await connectRaw({ port, ca })
  const size = Math.ceil(bytes.length / pieces)
  let heard: Buffer = Buffer.alloc(0)
  for (let at = 0; at < bytes.length; at += size) {
    const until = Math.min(bytes.length, at + size)
    socket.write(bytes.subarray(at, until))
    while (heard.length < until) {
      const [chunk] = await once(socket, 'data')
      heard = Buffer.concat([heard, chunk])
    }
  }
  const closed = once(socket, 'close')
  socket.end()
  await closed
  return heard
}

const junk = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 73 + 200) % 256))

describe('bytes pass as they are, in both directions', () => {
  test.each<[string, Buffer, number, readonly string[]]>([
    [
      ...(['whole frames', Buffer.concat([version, version]), 1] as const),
      ['protobuf-tcp', ...Array(2).fill('client ProtoOAVersionReq')],
    ],
    [
      ...(['a frame byte by byte', version, version.length] as const),
      ['protobuf-tcp', 'client ProtoOAVersionReq'],
    ],
    [
      ...(['JSON behind white space', Buffer.from(`\n ${versionText}\r\n\t`), 3] as const),
      ['json-tcp', 'client ProtoOAVersionReq'],
    ],
    [
      ...(['a frame and junk', Buffer.concat([version, junk]), 2] as const),
      ['protobuf-tcp', 'client ProtoOAVersionReq', 'client bytes that are no message'],
    ],
    [
      ...(['nothing but junk', junk, 1] as const),
      ['protobuf-tcp', 'client bytes that are no message'],
    ],
    [
      ...(['JSON and junk', Buffer.from(`${versionText} secret`), 1] as const),
      ['json-tcp', 'client ProtoOAVersionReq', 'client bytes that are no message'],
    ],
    [
      ...(['a message too long', requestFrame('ProtoErrorRes', long(2000), 'v'), 1] as const),
      ['protobuf-tcp', 'client bytes that are no message'],
    ],
    [
      ...(['half a frame', version.subarray(0, 7), 1] as const),
      ['protobuf-tcp', 'client the beginning of a message'],
    ],
    [
      ...(['half an object', Buffer.from('{"payload'), 1] as const),
      ['json-tcp', 'client the beginning of a message'],
    ],
    [
      ...(['what begins like a request', Buffer.from('GETX and more'), 1] as const),
      ['protobuf-tcp', 'client bytes that are no message'],
    ],
    [
      ...(['a request without an end', Buffer.from(`GET /${'x'.repeat(20_000)}`), 1] as const),
      ['protobuf-tcp', 'client bytes that are no message'],
    ],
  ])('%s', async (_what, bytes, pieces, wanted) => {
    const echo = await startEcho()
    const file = newRecording()
    const recorder = await startRecorder(echo, { file, frameBytes: 1000 })
    const heard = await echoed(recorder.port, recorder.ca, bytes, pieces)
    await recorder.close()
    expect(heard.equals(bytes)).toBe(true)
    const words = wordsOf(file).filter((word) => !word.startsWith('server'))
    expect(words).toHaveLength(wanted.length + 1)
    expect(words).toMatchObject([
      ...wanted.map((word) => expect.stringContaining(word)),
      'client closed',
    ])
    expect(readFileSync(file, 'utf8')).not.toContain('secret')
  })

  test('the beginning of a request whose client leaves', async () => {
    let heard: Promise<Buffer> | undefined
    const server = await startServer((socket) => {
      heard = everythingFrom(socket)
    })
    const file = newRecording()
    const recorder = await startRecorder(server, { file })
    const client = await connectRaw(recorder)
    const closed = once(client, 'close')
    client.end('GE')
    await closed
    await expect.poll(async () => String(await heard)).toBe('GE')
    await recorder.close()
    expect(wordsOf(file)).toEqual([
      ...['protobuf-tcp', expect.stringContaining('client the beginning'), 'client closed'],
    ])
  })

  test('the beginning of a request to a server that speaks before its end', async () => {
    let meet = (_socket: TLSSocket): void => {}
    let complete = (): void => {}
    const met = new Promise<TLSSocket>((resolve) => {
      meet = resolve
    })
    const whole = new Promise<void>((resolve) => {
      complete = resolve
    })
    const server = await startServer((socket) => {
      let heard = ''
      socket.on('data', (chunk) => {
        heard += chunk
        if (heard === 'GE and more') complete()
      })
      meet(socket)
    })
    const file = newRecording()
    const recorder = await startRecorder(server, { file })
    const client = await connectRaw(recorder)
    client.write('GE')
    // The recorder holds it by then; were it slower, the bytes would be the same.
    for (let turn = 0; turn < 50; turn++) await ioTurn()
    const said = once(client, 'data')
    ;(await met).write(requestFrame('ProtoHeartbeatEvent', {}))
    await said
    client.write(' and more')
    await whole
    await recorder.close()
    expect(wordsOf(file)).toContain('server ProtoHeartbeatEvent')
  })

  test('however much, to a client that begins to read late, and no faster than it reads', async () => {
    const bytes = Buffer.concat(Array.from({ length: 8000 }, () => junk))
    let sender: TLSSocket | undefined
    const server = await startServer((socket) => {
      sender = socket
      socket.end(bytes)
    })
    const recorder = await startRecorder(server, { file: newRecording() })
    const client = await connectRaw(recorder)
    client.pause()
    expect(await standsStill(() => sender?.writableLength ?? Number.NaN)).toBeGreaterThan(0)
    const heard = await everythingFrom(client.resume())
    expect(heard.equals(bytes)).toBe(true)
  })
})

/** Waits until a number changes no more in very many turns. */
async function standsStill(read: () => number): Promise<number> {
  let last = Number.NaN
  for (let still = 0; still < 500; still++) {
    await ioTurn()
    const now = read()
    if (now !== last) still = 0
    last = now
  }
  return last
}

async function everyLineOf(stream: Readable): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of createInterface(stream)) lines.push(line)
  return lines
}

function long(length: number): object {
  return { errorCode: 'E', description: 'secret'.padEnd(length, 'x') }
}

describe('whatever becomes of the server or the file', () => {
  test('nothing is sent to a server with a wrong certificate, and the file says so', async () => {
    const heard: Buffer[] = []
    const server = await startServer(
      (socket) => void socket.on('data', (chunk) => heard.push(chunk)),
    )
    const other = await startServer(() => {})
    const file = newRecording()
    const recorder = await startRecorder({ port: server.port, ca: other.ca }, { file })
    const client = await connectRaw(recorder)
    client.write(version)
    await once(client.resume(), 'close')
    await recorder.close()
    expect(heard).toEqual([])
    expect(wordsOf(file)).toContainEqual(
      expect.stringMatching(/^server no connection to the server \([A-Z_]+\)$/),
    )
    expect(wordsOf(file).at(-1)).toBe('server closed')
  })

  test('a server that is not there ends the client, and the next is served', async () => {
    const file = newRecording()
    const echo = await startEcho()
    const recorder = await startRecorder({ port: 1, ca: echo.ca }, { file })
    for (let count = 1; count <= 2; count++) {
      const client = await connectRaw(recorder)
      await once(client.resume(), 'close')
    }
    await recorder.close()
    expect(recorder.notes).toBe(2)
    expect(linesOf(file).map(({ note }) => note ?? '')).toContain(
      'no connection to the server (ECONNREFUSED)',
    )
  })

  test('a reset of the client ends the connection to the server', async () => {
    let gone: Promise<unknown> | undefined
    const server = await startServer((socket) => {
      gone = once(socket.resume(), 'close')
      socket.pipe(socket)
    })
    const file = newRecording()
    const recorder = await startRecorder(server, { file })
    const client = await connectRaw(recorder)
    client.write(version)
    await once(client, 'data')
    client.destroy()
    await gone
    await recorder.close()
    expect(wordsOf(file).at(-1)).toBe('client closed')
  })

  test('a file that is there is emptied, and read by its owner only from then on', async () => {
    const file = newRecording()
    writeFileSync(file, 'old'.repeat(1000), { mode: 0o644 })
    const recorder = await startRecorder(await startEcho(), { file })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await recorder.close()
    expect(readFileSync(file, 'utf8')).toMatch(/^\{"format":"ctrader-session","version":2,.*\}\n$/)
  })

  test('what the end of the recorder cuts in two is no news', async () => {
    const log: string[] = []
    const logger = { ...silentLogger, warn: (_: object, message: string) => void log.push(message) }
    const echo = await startEcho()
    const file = newRecording()
    const recorder = await startRecorder(echo, { file, logger })
    const client = await connectRaw(recorder)
    client.write(version.subarray(0, 7))
    await once(client, 'data')
    await recorder.close()
    expect([log, recorder.notes]).toEqual([[], 0])
    expect(wordsOf(file)).toEqual(['protobuf-tcp'])
  })

  test('a file that is removed meanwhile is missed at the end', async () => {
    const file = newRecording()
    const recorder = await startRecorder(await startEcho(), { file })
    rmSync(file)
    await expect(recorder.close()).rejects.toMatchObject({
      ...{ code: 'RECORDING_UNUSABLE', message: expect.stringContaining('removed or replaced') },
    })
  })

  test('of two recorders on one file the later has it to itself, and the other says so', async () => {
    const file = newRecording()
    const echo = await startEcho()
    const [first, second] = [
      await startRecorder(echo, { file }),
      await startRecorder(echo, { file }),
    ]
    for (const recorder of [first, second, first]) {
      await echoed(recorder.port, recorder.ca, version, 1)
    }
    await expect(first.close()).rejects.toThrow('removed or replaced')
    await second.close()
    expect(wordsOf(file)).toEqual([
      ...['protobuf-tcp', 'client ProtoOAVersionReq', 'server ProtoOAVersionReq', 'client closed'],
    ])
  })

  test.skipIf(process.platform === 'win32')(
    'what takes the recording slowly makes the server write slowly, and gets it all',
    async () => {
      const file = newRecording()
      execFileSync('mkfifo', [file])
      // Reads on when its own output is read.
      const reader = spawn('cat', [file], { stdio: ['ignore', 'pipe', 'ignore'] })
      let sender: TLSSocket | undefined
      const count = 8000
      const server = await startServer((socket) => {
        sender = socket
        const said = requestFrame('ProtoErrorRes', long(3000))
        socket.end(Buffer.concat(Array.from({ length: count }, () => said)))
      })
      const recorder = await startRecorder(server, { file })
      endsWithTest(() => void reader.kill())
      const client = await connectRaw(recorder)
      const heard = everythingFrom(client)
      expect(await standsStill(() => sender?.writableLength ?? Number.NaN)).toBeGreaterThan(0)
      const lines = everyLineOf(reader.stdout)
      await heard
      await recorder.close()
      expect(recorder.messages).toBe(count)
      expect((await lines).filter((line) => line.includes('"ProtoErrorRes"'))).toHaveLength(count)
    },
  )

  test('a folder that is not there is refused before anybody connects', async () => {
    await expect(
      recordSessions({ target: { host: '127.0.0.1', port: 1 }, file: '/nonexistent/session' }),
    ).rejects.toMatchObject({ code: 'RECORDING_UNUSABLE' })
  })

  test.skipIf(!hasFullDisk())(
    'a disk that is full ends the recording, not the session',
    async () => {
      const echo = await startEcho()
      const recorder = await recordSessions({
        ...{ target: { host: '127.0.0.1', port: echo.port }, ca: echo.ca, file: '/dev/full' },
      })
      endsWithTest(() => recorder.close().catch(() => {}))
      for (let count = 0; count < 2; count++) {
        const heard = await echoed(recorder.port, recorder.ca, version, 1)
        expect(heard.equals(version)).toBe(true)
      }
      await expect(recorder.close()).rejects.toMatchObject({
        ...{
          code: 'RECORDING_UNUSABLE',
          message: expect.stringContaining('not be written to its end'),
        },
      })
    },
  )

  test.each([0, 1.5, -1])('no limit of %j bytes', async (frameBytes) => {
    const target = { host: '127.0.0.1', port: 1 }
    await expect(
      recordSessions({ target, file: newRecording(), frameBytes }),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
  })
})

/** A device that takes no byte, as Linux has one. */
function hasFullDisk(): boolean {
  try {
    closeSync(openSync('/dev/full', 'w'))
    return true
  } catch {
    return false
  }
}
