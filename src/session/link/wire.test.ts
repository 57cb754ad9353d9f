import { describe, expect, test } from 'vitest'
import { FrameTooLongError, JsonFormatError, payloadTypes } from '../../protocol/index.ts'
import { openWire, type Wire, type WireOptions } from './wire.ts'

const carriers = [
  { format: 'protobuf', framing: 'stream' },
  { format: 'protobuf', framing: 'message' },
  { format: 'json', framing: 'stream' },
  { format: 'json', framing: 'message' },
] as const

interface Opened {
  readonly wire: Wire
  readonly messages: { payloadType: number; payload: object; id: string | undefined }[]
}

function open(options: Omit<WireOptions, 'frameLimit'>, onMessage = (): void => {}): Opened {
  const messages: Opened['messages'] = []
  const sink = {
    message(payloadType: number, payload: object, id: string | undefined): void {
      messages.push({ payloadType, payload, id })
      onMessage()
    },
    unknown() {},
    malformed() {},
  }
  return { wire: openWire({ ...options, frameLimit: 1000 }, sink), messages }
}

describe.each(carriers)('$format over a carrier of framing $framing', (carrier) => {
  test('what one side encodes the other one reads, 64-bit integers exact', () => {
    const { wire, messages } = open(carrier)
    const request = { ctidTraderAccountId: 2 ** 53 - 1, accessToken: 'zwölf' }
    const first = wire.encode('ProtoOAAccountAuthReq', request, 'one')
    const second = wire.encode('ProtoHeartbeatEvent', {})
    if (carrier.framing === 'stream') {
      wire.receive(Buffer.concat([first, second]))
    } else {
      wire.receive(Buffer.from(first))
      wire.receive(Buffer.from(second))
    }
    wire.end()
    expect(messages).toMatchObject([
      { payloadType: payloadTypes.ProtoOAAccountAuthReq, payload: request, id: 'one' },
      { payloadType: payloadTypes.ProtoHeartbeatEvent, id: undefined },
    ])
  })

  test('nothing is handed over once it was stopped, not even the rest of a chunk', () => {
    const opened: Opened = open(carrier, () => opened.wire.stop())
    const { wire, messages } = opened
    const beat = wire.encode('ProtoHeartbeatEvent', {})
    if (carrier.framing === 'stream') wire.receive(Buffer.concat([beat, beat, beat]))
    else for (let i = 0; i < 3; i++) wire.receive(Buffer.from(beat))
    expect(messages).toHaveLength(1)
  })

  test('a message beyond the limit is refused', () => {
    const { wire } = open(carrier)
    const long = wire.encode('ProtoOARefreshTokenReq', { refreshToken: 'x'.repeat(1000) })
    expect(() => wire.receive(Buffer.from(long))).toThrow(FrameTooLongError)
  })
})

test('JSON is one object on a line, or one object in a message, with enums as numbers', () => {
  const list = { ctidTraderAccountId: 1, period: 7, symbolId: 2 }
  const text = '{"clientMsgId":"x","payloadType":2135,"payload":'
  const stream = open({ format: 'json', framing: 'stream' }).wire
  const message = open({ format: 'json', framing: 'message' }).wire
  const [line, whole] = [stream, message].map((wire) =>
    Buffer.from(wire.encode('ProtoOASubscribeLiveTrendbarReq', list, 'x')).toString(),
  )
  expect(whole).toBe(`${text}{"ctidTraderAccountId":1,"period":7,"symbolId":2}}`)
  expect(line).toBe(`${whole}\n`)
})

test('text that is not JSON ends the stream', () => {
  for (const framing of ['stream', 'message'] as const) {
    const { wire } = open({ format: 'json', framing })
    expect(() => wire.receive(Buffer.from('\u0000\u0000\u0000\u0002'))).toThrow(JsonFormatError)
  }
})
