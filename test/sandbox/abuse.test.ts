import { connect as connectTcp } from 'node:net'
import { expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { type LogFields, silentLogger } from '../../src/log.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { connectTo, logIn, openAccount, startSandbox } from './fixture.ts'
import { frame, type OfficialClient, payloadTypeOf, requestFrame } from './official-client.ts'

// One client does everything wrong; another one, connected all the time, must not notice.

/** Runs a client's mischief and asks a witness afterwards. */
async function witnessed(
  sandbox: Sandbox,
  mischief: (villain: OfficialClient) => Promise<void>,
): Promise<void> {
  const { client: witness, ctidTraderAccountId } = await openAccount(sandbox)
  await mischief(await logIn(sandbox))
  const trader = await witness.request('ProtoOATraderReq', { ctidTraderAccountId })
  expect(trader.name).toBe('ProtoOATraderRes')
  expect(witness.socket.destroyed).toBe(false)
}

const version = requestFrame('ProtoOAVersionReq', {}, 'v')

test('a frame may come in pieces, cut anywhere', async () => {
  const sandbox = await startSandbox()
  const client = await logIn(sandbox)
  for (let cut = 1; cut < version.length; cut++) {
    client.write(version.subarray(0, cut))
    // The two halves must not travel together.
    await new Promise((resolve) => setImmediate(resolve))
    client.write(version.subarray(cut))
    const answer = await client.next('ProtoOAVersionRes')
    expect(answer.id).toBe('v')
  }
})

test('several frames may come at once', async () => {
  const sandbox = await startSandbox()
  const client = await logIn(sandbox)
  client.write(Buffer.concat([version, version, version, version.subarray(0, 3)]))
  for (let count = 0; count < 3; count++) await client.next('ProtoOAVersionRes')
  client.write(version.subarray(3))
  await client.next('ProtoOAVersionRes')
})

test('a client that leaves in the middle of a frame harms nobody, wherever it is cut', async () => {
  const sandbox = await startSandbox()
  for (const cut of [1, 3, 4, 5, version.length - 1]) {
    await witnessed(sandbox, async (villain) => {
      villain.socket.end(version.subarray(0, cut))
      await villain.closed
    })
  }
  await witnessed(sandbox, async (villain) => {
    villain.write(version.subarray(0, 6))
    villain.socket.destroy()
    await villain.closed
  })
})

test.each([
  ['4 GiB', 0xffff_ffff],
  ['one byte more than the limit', 15_000_001],
])('a frame of %s is refused by name before any of it is taken', async (_, length) => {
  const sandbox = await startSandbox()
  await witnessed(sandbox, async (villain) => {
    const announced = Buffer.alloc(4)
    announced.writeUInt32BE(length)
    villain.write(announced)
    const answer = await villain.next('ProtoOAErrorRes')
    expect(answer.payload).toEqual({
      errorCode: 'FRAME_TOO_LONG',
      description: `A frame of ${length} bytes is longer than the 15000000 bytes allowed.`,
    })
    await villain.closed
  })
})

test('a client that goes on sending its giant frame still learns why it is cut', async () => {
  const sandbox = await startSandbox()
  await witnessed(sandbox, async (villain) => {
    const announced = Buffer.alloc(4)
    announced.writeUInt32BE(0x7fff_ffff)
    villain.write(announced)
    for (let count = 0; count < 64; count++) villain.write(Buffer.alloc(65_536))
    const answer = await villain.next('ProtoOAErrorRes')
    expect(answer.payload['errorCode']).toBe('FRAME_TOO_LONG')
    await villain.closed
  })
})

test('HTTP on the protobuf port is read as a frame over the limit', async () => {
  const sandbox = await startSandbox()
  await witnessed(sandbox, async (villain) => {
    villain.write(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))
    const answer = await villain.next('ProtoOAErrorRes')
    expect(answer.payload['errorCode']).toBe('FRAME_TOO_LONG')
    await villain.closed
  })
})

test.each([
  ['bytes that are no envelope', Buffer.from('0000000affffffffffffffffffff', 'hex')],
  ['an envelope without a payload type', Buffer.from('000000031a0161', 'hex')],
  ['an empty frame', Buffer.alloc(4)],
])('%s end the connection, after an answer', async (_, bytes) => {
  const sandbox = await startSandbox()
  await witnessed(sandbox, async (villain) => {
    // What follows in the same packet is not looked at any more.
    villain.write(Buffer.concat([bytes, version]))
    const answer = await villain.next('ProtoOAErrorRes')
    expect(answer.payload).toMatchObject({ errorCode: 'INVALID_REQUEST' })
    await villain.closed
    expect(villain.received.at(-1)).toBe(answer)
  })
})

test('a malformed payload in a good envelope is refused and the connection stays', async () => {
  const sandbox = await startSandbox()
  await witnessed(sandbox, async (villain) => {
    const type = payloadTypeOf('ProtoOATraderReq')
    for (const payload of ['10', '1205', 'ffff', '0f', '12020000', '0880']) {
      villain.write(frame(type, Buffer.from(payload, 'hex'), `bad ${payload}`))
      const answer = await villain.next((message) => message.id === `bad ${payload}`)
      expect(answer.payload).toMatchObject({ errorCode: 'INVALID_REQUEST' })
      expect(answer.payload['description']).toMatch(/^(Malformed message|Message missing)/)
    }
    await villain.request('ProtoOAVersionReq')
  })
})

test('all missing fields are named', async () => {
  const sandbox = await startSandbox()
  const client = await logIn(sandbox)
  const descriptionOf = async (name: string, payload: Uint8Array): Promise<string> => {
    client.write(frame(payloadTypeOf(name), payload, name))
    const answer = await client.next((message) => message.id === name)
    expect(answer.payload['errorCode']).toBe('INVALID_REQUEST')
    return answer.payload['description']
  }
  expect(await descriptionOf('ProtoOANewOrderReq', Buffer.alloc(0))).toBe(
    'Message missing required fields: ctidTraderAccountId, symbolId, orderType, tradeSide, volume',
  )
  // Field 2, ctidTraderAccountId, is there.
  expect(await descriptionOf('ProtoOAClosePositionReq', Buffer.from('1001', 'hex'))).toBe(
    'Message missing required fields: positionId, volume',
  )
})

test('a wrong integer is refused rather than rounded', async () => {
  const sandbox = await startSandbox()
  const client = await logIn(sandbox)
  // ctidTraderAccountId = 2^53 + 1
  const payload = Buffer.from('108180808080808010', 'hex')
  client.write(frame(payloadTypeOf('ProtoOATraderReq'), payload, 'big'))
  const answer = await client.next((message) => message.id === 'big')
  expect(answer.payload).toMatchObject({
    errorCode: 'INVALID_REQUEST',
    description: expect.stringContaining('ctidTraderAccountId'),
  })
})

test.each([2999, 4_000_000_000, 0, 5])(
  'the unknown payload type %i is answered, with the id echoed',
  async (payloadType) => {
    const sandbox = await startSandbox()
    await witnessed(sandbox, async (villain) => {
      villain.write(frame(payloadType, Buffer.from('whatever'), 'strange'))
      const answer = await villain.next((message) => message.id === 'strange')
      expect(answer.payload).toEqual({
        errorCode: 'UNSUPPORTED_MESSAGE',
        description: `Payload type ${payloadType} is unknown`,
      })
      await villain.request('ProtoOAVersionReq')
    })
  },
)

test('responses and events from a client are unsupported, well-formed as they may be', async () => {
  const sandbox = await startSandbox()
  const client = await logIn(sandbox)
  for (const [name, fields] of [
    ['ProtoOAVersionRes', { version: '91' }],
    ['ProtoOAErrorRes', { errorCode: 'NO' }],
    ['ProtoOASpotEvent', { ctidTraderAccountId: 1, symbolId: 1 }],
    ['ProtoOAv1PnLChangeSubscribeReq', { ctidTraderAccountId: 1001 }],
  ] as const) {
    const answer = await client.request(name, fields)
    expect(answer.payload).toMatchObject({ errorCode: 'UNSUPPORTED_MESSAGE' })
    expect(answer.payload['description']).toContain(name)
  }
})

test('an id is echoed as it is, up to a bound', async () => {
  const sandbox = await startSandbox()
  await witnessed(sandbox, async (villain) => {
    for (const id of ['', ' ', 'ä€😀\u0000', 'x'.repeat(1024)]) {
      villain.send('ProtoOAVersionReq', {}, id)
      const answer = await villain.next('ProtoOAVersionRes')
      expect(answer.id).toBe(id)
    }
    villain.send('ProtoOAVersionReq', {}, 'x'.repeat(10_000_000))
    const answer = await villain.next('ProtoOAErrorRes')
    expect(answer).toMatchObject({
      id: undefined,
      payload: {
        errorCode: 'INVALID_REQUEST',
        description: 'clientMsgId has 10000000 characters; the limit is 1024',
      },
    })
    await villain.request('ProtoOAVersionReq')
  })
})

test('random bytes, many times over, crash nothing', async () => {
  const sandbox = await startSandbox()
  // A small generator of its own: a failure must be repeatable.
  let state = 12345
  const byte = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 16) & 255
  }
  await witnessed(sandbox, async () => {
    for (let round = 0; round < 40; round++) {
      const villain = await connectTo(sandbox)
      const body = Buffer.from(Array.from({ length: 1 + byte() }, byte))
      const length = Buffer.alloc(4)
      length.writeUInt32BE(body.length)
      villain.write(round % 2 === 0 ? body : Buffer.concat([length, body]))
      villain.socket.end()
      await villain.closed
    }
  })
})

test('clients that do not speak TLS, or stop in the middle of the handshake, are got rid of', async () => {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock })
  await witnessed(sandbox, async () => {
    const gone = (bytes: string): Promise<void> =>
      new Promise((resolve) => {
        const socket = connectTcp(sandbox.demo.protobufPort, '127.0.0.1')
        socket.on('error', () => {})
        socket.on('close', () => resolve())
        socket.resume()
        socket.write(bytes)
      })
    await gone('hello, is this plain text?\r\n')
    await gone('\u0016\u0003\u0001\u0000\u0005hello')
  })
  const silent = connectTcp(sandbox.demo.protobufPort, '127.0.0.1')
  silent.on('error', () => {})
  await new Promise((resolve) => silent.once('connect', resolve))
  // Being connected is news to the client before it is to the server.
  const later = await connectTo(sandbox)
  await later.request('ProtoOAVersionReq')
  const closed = new Promise((resolve) => silent.once('close', resolve))
  silent.resume()
  clock.advance(30_000)
  await closed
})

test('a client that does not read is cut, and everybody else is served', async () => {
  const clock = new ManualClock()
  const limits = { queuedBytes: 200_000, generalPerSecond: 1000 }
  const reasons: unknown[] = []
  const logger = { ...silentLogger, debug: ({ reason }: LogFields) => void reasons.push(reason) }
  const sandbox = await startSandbox({ clock, logger, limits })
  const { client: villain, ctidTraderAccountId } = await openAccount(sandbox)
  const { client: witness } = await openAccount(sandbox)
  const symbols = await villain.request('ProtoOASymbolsListReq', { ctidTraderAccountId })
  const symbolId = symbols.payload['symbol'].map((symbol: { symbolId: number }) => symbol.symbolId)
  villain.socket.pause()
  const greed = requestFrame('ProtoOASymbolByIdReq', { ctidTraderAccountId, symbolId })
  for (let step = 0; step < 200 && reasons.length === 0; step++) {
    clock.advance(1_000)
    villain.write(Buffer.concat(Array<Buffer>(200).fill(greed)))
    await witness.request('ProtoOATraderReq', { ctidTraderAccountId })
  }
  expect(reasons).toEqual(['the client does not read what it is sent'])
  villain.socket.resume()
  await villain.closed
  const trader = await witness.request('ProtoOATraderReq', { ctidTraderAccountId })
  expect(trader.name).toBe('ProtoOATraderRes')
}, 60_000)

test('money that no message can hold ends the connections that should hear of it, and nothing else', async () => {
  const errors: string[] = []
  const logger = { ...silentLogger, error: (_: LogFields, text: string) => void errors.push(text) }
  const sandbox = await startSandbox({ time: 'owned', logger })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const { accounts, market } = sandbox.control
  accounts.deposit(ctidTraderAccountId, '1000000')
  market.setPrice('EURUSD', { bid: '1.10000', ask: '1.10010' })
  const terminal = sandbox.control.terminal(ctidTraderAccountId)
  terminal.open({ symbol: 'EURUSD', side: 'buy', lots: '100' })
  await sandbox.time.advance(1_000)
  const [position] = terminal.positions()
  market.setPrice('EURUSD', { bid: '90000000000.00000', ask: '90000000000.00010' })
  terminal.close(position?.positionId ?? 0)
  await sandbox.time.advance(1_000)
  await client.closed
  expect(errors).toEqual(['An event cannot be sent'])
  market.release('EURUSD')
  const other = sandbox.accounts.filter(({ isLive }) => !isLive)[1]?.accountId ?? 0
  const witness = await openAccount(sandbox, { id: other })
  const trader = await witness.client.request('ProtoOATraderReq', { ctidTraderAccountId: other })
  expect(trader.name).toBe('ProtoOATraderRes')
})
