import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { ioTurn } from '../../../src/async/clock.ts'
import { replaySessions } from '../../../src/sandbox/index.ts'
import { OfficialClient } from '../official-client.ts'
import { connectJson } from '../official-json-client.ts'
import { connectRaw, connectWebSocket, endsWithTest, startRecorder, startServer } from './peers.ts'
import { newRecording } from './recording-folder.ts'

async function replay(file: string) {
  const running = await replaySessions({ file })
  endsWithTest(() => running.close())
  return running
}

/** Writes a recording by hand. */
function recordingOf(version: number, ...lines: readonly object[]): string {
  const file = newRecording()
  const head = { format: 'ctrader-session', version, recordedAt: '2026-01-01T00:00:00.000Z' }
  writeFileSync(file, [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''))
  return file
}

const request = { connection: 1, t: 1, from: 'client', payloadType: 2104, clientMsgId: 'a' }
const answer = { connection: 1, t: 2, from: 'server', payloadType: 2105, clientMsgId: 'a' }
const asked = [request, { ...answer, payload: { version: '91' } }] as const

describe('the format of recordings', () => {
  test('version 1, which knew no carriers, is served over any', async () => {
    const running = await replay(
      recordingOf(1, ...asked, { connection: 1, t: 3, closedBy: 'server' }),
    )
    const client = await connectJson('websocket', running.jsonPort, running.ca)
    const heard = await client.request(2104)
    expect(heard).toMatchObject({ payloadType: 2105, payload: { version: '91' } })
    // The server's goodbye is that of the carrier.
    expect(await client.closed).toEqual({ code: 1000, reason: 'Bye' })
    expect([running.problems, running.isComplete]).toEqual([[], true])
  })

  test('a version that is to come is refused with a sentence', async () => {
    await expect(replaySessions({ file: recordingOf(3, ...asked) })).rejects.toMatchObject({
      code: 'RECORDING_UNUSABLE',
      message: expect.stringMatching(
        /:1 cannot be used: its format is of version 3, and this release reads up to version 2\./,
      ),
      remedy: expect.stringContaining('release'),
    })
  })

  test.each([{ carrier: 'smoke' }, { from: 'nobody', note: 'x' }, { from: 'client', note: 1 }])(
    'a line of version 2 that says nothing known is refused: %j',
    async (line) => {
      const file = recordingOf(2, { connection: 1, t: 0, ...line })
      await expect(replaySessions({ file })).rejects.toMatchObject({
        message: expect.stringContaining(':2 cannot be used'),
      })
    },
  )
})

describe('what is played', () => {
  test('notes are for people: nobody waits for them', async () => {
    const note = { connection: 1, t: 0, from: 'client', note: 'something' }
    const running = await replay(recordingOf(2, note, asked[0], note, asked[1]))
    const client = await OfficialClient.connect(running.port, running.ca)
    expect(await client.request('ProtoOAVersionReq')).toMatchObject({ payload: { version: '91' } })
    await client.close()
    expect(running.isComplete).toBe(true)
  })

  test('clients that left without a word are not waited for', async () => {
    const silent = { connection: 1, t: 0, closedBy: 'client' }
    const own = asked.map((line) => ({ ...line, connection: 2 }))
    const running = await replay(recordingOf(2, silent, ...own))
    const client = await OfficialClient.connect(running.port, running.ca)
    expect(await client.request('ProtoOAVersionReq')).toMatchObject({ name: 'ProtoOAVersionRes' })
    await client.close()
    expect([running.problems, running.isComplete]).toEqual([[], true])
  })

  test('heartbeats of the recorded client are not waited for', async () => {
    const beat = { connection: 1, t: 1, from: 'client', payloadType: 51 }
    const running = await replay(recordingOf(2, beat, ...asked, beat, ...asked))
    const client = await OfficialClient.connect(running.port, running.ca)
    for (let count = 0; count < 2; count++) {
      expect(await client.request('ProtoOAVersionReq')).toMatchObject({ name: 'ProtoOAVersionRes' })
    }
    await client.close()
    expect([running.problems, running.isComplete]).toEqual([[], true])
  })

  test('an order goes by the name that its owner gives it now, and by no other', async () => {
    const order = (clientOrderId?: string) => ({
      ...{ ctidTraderAccountId: 1, symbolId: 1, orderType: 1, tradeSide: 1, volume: 100 },
      ...(clientOrderId === undefined ? {} : { clientOrderId }),
    })
    const line = (id: string, name?: string) => ({
      ...{ connection: 1, t: 1, from: 'client', payloadType: 2106, clientMsgId: id },
      payload: order(name),
    })
    const refused = (id: string) => ({
      ...{ ...answer, clientMsgId: id, payloadType: 2132 },
      payload: { ctidTraderAccountId: 1, errorCode: id },
    })
    const file = recordingOf(
      ...([2, line('a', 'recorded'), refused('a'), line('b', 'recorded'), refused('b')] as const),
      ...[line('c'), refused('c')],
    )
    const running = await replay(file)
    const client = await OfficialClient.connect(running.port, running.ca)
    const send = async (name?: string) =>
      (await client.request('ProtoOANewOrderReq', order(name))).payload['errorCode']
    expect(await send('mine')).toBe('a')
    expect(await send('another')).toBe('INVALID_REQUEST')
    expect(await send('mine')).toBe('b')
    expect(await send('third')).toBe('INVALID_REQUEST')
    expect(await send()).toBe('c')
    await client.close()
  })

  test('other fields than recorded are a problem, unless only the names are compared', async () => {
    const trader = { ...request, payloadType: 2121, payload: { ctidTraderAccountId: 1 } }
    const error = { ...answer, payloadType: 2142, payload: { errorCode: 'RECORDED' } }
    const file = recordingOf(2, trader, error)
    for (const [compare, code] of [
      ['fields', 'INVALID_REQUEST'],
      ['names', 'RECORDED'],
    ] as const) {
      const running = await replaySessions({ file, compare })
      endsWithTest(() => running.close())
      const client = await connectJson('tcp', running.jsonPort, running.ca)
      const heard = await client.request(2121, { ctidTraderAccountId: 2 })
      expect(heard.payload?.['errorCode']).toBe(code)
      expect(running.problems).toHaveLength(compare === 'fields' ? 1 : 0)
      await client.close()
    }
  })

  test('a server that spoke to a client without a word speaks and leaves again, over TLS', async () => {
    const beat = { connection: 1, t: 25_000, from: 'server', payloadType: 51 }
    const end = { connection: 1, t: 30_000, closedBy: 'server' }
    for (const lines of [
      [beat, end],
      [{ connection: 1, t: 1, carrier: 'json-tcp' }, beat, end],
    ]) {
      const running = await replay(recordingOf(2, ...lines))
      const client = await OfficialClient.connect(running.port, running.ca)
      await client.closed
      expect(client.received.map(({ name }) => name)).toEqual(['ProtoHeartbeatEvent'])
    }
  })

  test('and over WebSocket, once both agreed to speak it', async () => {
    const lines = [
      { connection: 1, t: 25_000, carrier: 'json-websocket' },
      { connection: 1, t: 25_000, from: 'server', payloadType: 51 },
      { connection: 1, t: 30_000, closedBy: 'server' },
    ]
    const running = await replay(recordingOf(2, ...lines))
    const client = await connectJson('websocket', running.jsonPort, running.ca)
    expect(await client.next(51)).toEqual({ payloadType: 51 })
    expect(await client.closed).toEqual({ code: 1000, reason: 'Bye' })
  })

  test('a request for WebSocket that is refused hears nothing else', async () => {
    const lines = [
      { connection: 1, t: 25_000, carrier: 'json-websocket' },
      { connection: 1, t: 25_000, from: 'server', payloadType: 51 },
    ]
    const running = await replay(recordingOf(2, ...lines))
    const client = await connectRaw({ port: running.jsonPort, ca: running.ca })
    let heard = ''
    client.on('data', (chunk) => {
      heard += chunk
    })
    const closed = once(client, 'close')
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await closed
    expect(heard).toMatch(/^HTTP\/1\.1 426 [^{]*$/)
  })
})

describe('64-bit integers beyond 2^53', () => {
  const balance = '9007199254740993'
  const bonus = '-9223372036854775808'
  const trader = (quote: string): string =>
    `{"payloadType":2122,"clientMsgId":"cm_id_1","payload":{"ctidTraderAccountId":1,"trader":{"ctidTraderAccountId":1,"balance":${quote}${balance}${quote},"depositAssetId":1,"managerBonus":${quote}${bonus}${quote}}}}\n`

  test.each([
    ['as numbers', ''],
    ['as strings', '"'],
  ])(
    '%s in JSON stand in the file exactly, and are served exactly over each carrier',
    async (_how, quote) => {
      const server = await startServer(
        (socket) => void socket.once('data', () => socket.write(trader(quote))),
      )
      const file = newRecording()
      const recorder = await startRecorder(server, { file })
      const recorded = await connectRaw(recorder)
      recorded.write(
        '{"payloadType":2121,"clientMsgId":"cm_id_1","payload":{"ctidTraderAccountId":"1"}}',
      )
      await once(recorded, 'data')
      await recorder.close()
      expect(readFileSync(file, 'utf8')).toContain(`"balance":${balance}`)
      expect(readFileSync(file, 'utf8')).toContain(`"managerBonus":${bonus}`)

      for (const carrier of ['tcp', 'websocket'] as const) {
        const running = await replay(file)
        const client = await connectJson(carrier, running.jsonPort, running.ca)
        await client.request(2121, { ctidTraderAccountId: 1 })
        expect(client.texts.join('')).toContain(`"balance":${balance}`)
        await client.close()
      }
      const running = await replay(file)
      const client = await OfficialClient.connect(running.port, running.ca)
      await client.request('ProtoOATraderReq', { ctidTraderAccountId: 1 })
      // As a varint, by hand: the official client shows numbers.
      expect(Buffer.concat(client.bytes).includes(varint(BigInt(balance)))).toBe(true)
      await client.close()
    },
  )
})

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    const last = rest < 128n
    bytes.push(Number(rest & 127n) | (last ? 0 : 128))
    if (last) return Buffer.from(bytes)
  }
}

test('a recorded WebSocket client without a word leaves no line but its end', async () => {
  const lines = [{ connection: 1, t: 1, closedBy: 'client' }]
  const running = await replay(recordingOf(2, ...lines))
  const client = await connectWebSocket({ port: running.jsonPort, ca: running.ca })
  const closed = once(client, 'close')
  client.close(1000)
  expect((await closed)[0]).toBe(1000)
  expect(running.isComplete).toBe(true)
})

test('however much a server said, a client that begins to read late gets it all, in order', async () => {
  const count = 12_000
  const said = Array.from({ length: count }, (_, index) => ({
    ...{ connection: 1, t: 2, from: 'server', payloadType: 2142 },
    payload: { errorCode: String(index), description: 'x'.repeat(1000) },
  }))
  const running = await replay(recordingOf(2, request, ...said))
  const client = await connectRaw({ port: running.jsonPort, ca: running.ca })
  client.pause()
  client.write('{"payloadType":2104}')
  // Long enough for all to be said, were nobody waited for.
  for (let turn = 0; turn < 500; turn++) await ioTurn()
  const codes: string[] = []
  for await (const line of createInterface(client)) {
    codes.push(JSON.parse(line).payload.errorCode)
    if (codes.length === count) break
  }
  expect(codes).toEqual(said.map(({ payload }) => payload.errorCode))
  expect([running.problems, running.isComplete]).toEqual([[], true])
})

test('a server that only closed does so again when the client has connected', async () => {
  const note = { connection: 1, t: 1, from: 'client', note: 'bytes that are no message' }
  const running = await replay(recordingOf(2, note, { connection: 1, t: 2, closedBy: 'server' }))
  const client = await connectRaw(running)
  await once(client.resume(), 'close')
  expect([running.problems, running.isComplete]).toEqual([[], true])
})

test('bytes that are no message are told like everything that was not recorded', async () => {
  const running = await replay(recordingOf(2, ...asked))
  const client = await connectRaw({ port: running.jsonPort, ca: running.ca })
  client.write('{"payloadType":2104}junk')
  await once(client.resume(), 'close')
  expect(running.problems).toEqual([
    'Connection 1: Bytes came that are no message (MALFORMED_JSON).',
  ])
})
