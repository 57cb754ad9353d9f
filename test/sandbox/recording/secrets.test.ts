import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { type Carrier, carriers } from '../../../src/index.ts'
import { recordSessions } from '../../../src/sandbox/index.ts'
import { frame, payloadBytes, payloadTypeOf } from '../official-client.ts'
import {
  connectRaw,
  connectWebSocket,
  endsWithTest,
  startServer,
  startWebSocketServer,
} from './peers.ts'
import { newRecording, wordsOf } from './recording-folder.ts'

/** A secret of the length of real ones, that shows where it was sent. */
const secret = (place: string): string => `${place}-0123456789-abcdefghij-${place}-end+/=`

/** Bytes or text, as one message without framing. */
type Message = Buffer | string

/** One side of a conversation that sends whole messages and counts those that come. */
interface Speaker {
  say(message: Message): void
  /** The next thing that came. */
  heard(): Promise<unknown>
  /** Says something that is no message, and leaves. */
  leave(junk: string): Promise<unknown>
}

function length(message: Message): Buffer {
  const bytes = Buffer.from(message)
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(bytes.length)
  return Buffer.concat([prefix, bytes])
}

function overTcp(socket: TLSSocket, carrier: Carrier): Speaker {
  return {
    say: (message) => void socket.write(carrier === 'json-tcp' ? `${message}\n` : length(message)),
    heard: () => once(socket, 'data'),
    leave(junk) {
      const closed = once(socket, 'close')
      socket.end(carrier === 'json-tcp' ? `{"accessToken":"${junk}` : junk)
      return closed
    },
  }
}

function overWebSocket(socket: WebSocket): Speaker {
  return {
    say: (message) => socket.send(message),
    heard: () => once(socket, 'message'),
    leave(junk) {
      const closed = once(socket, 'close')
      socket.ping(junk)
      socket.close(3000, junk)
      return closed
    },
  }
}

/** A server that answers each thing it hears with the next of some messages. */
async function startAnswering(carrier: Carrier, answers: Message[]) {
  const answer = (speaker: Speaker): void => {
    const next = answers.shift()
    if (next !== undefined) speaker.say(next)
  }
  return carrier.endsWith('tcp')
    ? startServer((socket) => void socket.on('data', () => answer(overTcp(socket, carrier))))
    : startWebSocketServer(
        (socket) => void socket.on('message', () => answer(overWebSocket(socket))),
      )
}

/** An envelope in the form of a carrier. `more` are fields that no schema knows. */
function message(
  carrier: Carrier,
  name: string,
  fields: object,
  id: string,
  more?: string,
): Message {
  const payloadType = payloadTypeOf(name)
  if (carrier.startsWith('json')) {
    const payload = {
      ...fields,
      ...(more === undefined ? {} : { password: more, deep: [{ more }] }),
    }
    return JSON.stringify({ clientMsgId: id, payloadType, payload, ...(more && { more }) })
  }
  return frame(
    payloadType,
    Buffer.concat([payloadBytes(name, fields), unknownField(more)]),
    id,
  ).subarray(4)
}

/** Field 999 with a text. */
function unknownField(text: string | undefined): Buffer {
  if (text === undefined) return Buffer.alloc(0)
  return Buffer.concat([Buffer.from([0xba, 0x3e, text.length]), Buffer.from(text)])
}

/** Messages that nobody can read, each with a secret. */
function broken(carrier: Carrier): readonly (readonly [Message, string, string])[] {
  const [type, unknown, cut] = ['wrong-type', 'unknown-type', 'no-envelope'].map(secret) as [
    string,
    string,
    string,
  ]
  if (carrier.startsWith('json')) {
    const payload = { ctidTraderAccountId: 'x', accessToken: type }
    return [
      [JSON.stringify({ payloadType: 2102, payload }), type, 'a ProtoOAAccountAuthReq that cannot'],
      [
        JSON.stringify({ payloadType: 4711, payload: { odd: unknown } }),
        unknown,
        'payload type 4711',
      ],
      ...(carrier === 'json-tcp'
        ? [[`{"accessToken":"${cut}",}`, cut, 'no JSON envelope'] as const]
        : [[`accessToken "${cut}"`, cut, 'no JSON envelope'] as const]),
      [
        `{"payloadType":2102,"payload":{"ctidTraderAccountId":1,"accessToken":${numeric}}}`,
        ...([numeric, 'a ProtoOAAccountAuthReq that cannot'] as const),
      ],
    ]
  }
  const token = payloadBytes('ProtoOARefreshTokenReq', { refreshToken: type })
  return [
    [frame(2102, token).subarray(4), type, 'a ProtoOAAccountAuthReq that cannot'],
    [frame(4711, unknownField(unknown)).subarray(4), unknown, 'payload type 4711'],
    // A field that says it is longer than what follows.
    [Buffer.concat([unknownField(cut), Buffer.from([0x12, 100])]), cut, 'no protobuf envelope'],
  ]
}

const numeric = '98765432109876543210987654321'

describe.each(carriers)('secrets in a session over %s', (carrier) => {
  test('are not in the file, wherever they were said', async () => {
    const [clientId, clientSecret, accessToken, refreshToken, unknown, path, header, junk, given] =
      [
        ...['client-id', 'client-secret', 'access', 'refresh', 'unknown-field', 'path', 'header'],
        ...['junk', 'given'],
      ].map(secret) as [string, string, string, string, string, string, string, string, string]
    const unreadable = broken(carrier)
    const echo = (...texts: readonly string[]): Message =>
      message(
        carrier,
        'ProtoOAErrorRes',
        {
          ...{
            errorCode: texts[0],
            description: `${texts.join(' ')} ${encodeURIComponent(texts[0] ?? '')}`,
          },
          // The client's own id may be a secret too.
        },
        texts[0] ?? '',
      )
    const order = {
      ctidTraderAccountId: '1',
      symbolId: '1',
      orderType: 1,
      tradeSide: 1,
      volume: '100',
    }
    const conversation: (readonly [Message, Message])[] = [
      [
        message(carrier, 'ProtoOAApplicationAuthReq', { clientId, clientSecret }, 'a', unknown),
        echo(clientSecret, clientId, given),
      ],
      [
        message(
          carrier,
          'ProtoOAAccountAuthReq',
          { ctidTraderAccountId: '1', accessToken },
          accessToken,
        ),
        echo(accessToken),
      ],
      [
        message(
          ...([carrier, 'ProtoOANewOrderReq'] as const),
          ...[
            {
              ...order,
              label: accessToken,
              comment: `${accessToken}${clientSecret}`,
              clientOrderId: given,
            },
          ],
          clientSecret,
        ),
        echo(clientSecret, accessToken),
      ],
      [
        message(carrier, 'ProtoOARefreshTokenReq', { refreshToken }, refreshToken),
        message(
          carrier,
          'ProtoOARefreshTokenRes',
          {
            ...{ accessToken: secret('new-access'), refreshToken: secret('new-refresh') },
            ...{ tokenType: refreshToken, expiresIn: '1' },
          },
          refreshToken,
          unknown,
        ),
      ],
      [
        message(carrier, 'ProtoOAVersionReq', {}, secret('new-access')),
        echo(secret('new-access'), secret('new-refresh')),
      ],
      ...unreadable.map(([bytes, text]) => [bytes, echo(text)] as const),
    ]
    const secrets = [
      ...[clientId, clientSecret, accessToken, refreshToken, unknown, junk, given],
      ...[secret('new-access'), secret('new-refresh'), path, header],
      ...unreadable.map(([, text]) => text),
    ]

    const server = await startAnswering(
      carrier,
      conversation.map(([, answer]) => answer),
    )
    const file = newRecording()
    const recorder = await recordSessions({
      ...{
        target: { host: '127.0.0.1', port: server.port },
        ca: server.ca,
        file,
        secrets: [given],
      },
    })
    endsWithTest(() => recorder.close())
    const client = carrier.endsWith('tcp')
      ? overTcp(await connectRaw(recorder), carrier)
      : overWebSocket(
          await connectWebSocket(recorder, {
            path: `/${encodeURIComponent(path)}?token=${encodeURIComponent(path)}`,
            headers: { Authorization: `Bearer ${header}`, Cookie: `session=${header}` },
          }),
        )
    for (const [said] of conversation) {
      const heard = client.heard()
      client.say(said)
      await heard
    }
    await client.leave(junk)
    await recorder.close()

    const text = readFileSync(file, 'utf8')
    for (const one of secrets) {
      const bytes = Buffer.from(one)
      for (const form of [one, encodeURIComponent(one), JSON.stringify(one).slice(1, -1)]) {
        expect(text, form).not.toContain(form)
      }
      for (const form of ['hex', 'base64'] as const)
        expect(text).not.toContain(bytes.toString(form))
      // Nor a part of one.
      expect(text, one).not.toContain(one.slice(0, 12))
    }
    // And all the same everything is there.
    const words = wordsOf(file)
    expect(words.filter((word) => word === 'server ProtoOAErrorRes')).toHaveLength(
      conversation.length - 1,
    )
    for (const [, , what] of unreadable) {
      expect(words, what).toContainEqual(expect.stringContaining(what))
    }
    expect(words).toContain('client ProtoOANewOrderReq')
    expect(text).toContain('"comment":"[removed][removed]"')
    expect(text).toContain('"clientMsgId":"[removed]"')
  })
})

test('words of a message of the server that nobody can read stay where they stand, tokens do not', async () => {
  const [word, token] = ['EURUSD.example', 'aB3'.repeat(14)] as const
  const texts = { errorCode: word, description: token }
  const answers = [
    JSON.stringify({ payloadType: 4711, payload: texts }),
    JSON.stringify({ payloadType: 2142, payload: texts }),
  ]
  const server = await startAnswering('json-tcp', answers)
  const file = newRecording()
  const target = { host: '127.0.0.1', port: server.port }
  const recorder = await recordSessions({ target, ca: server.ca, file })
  endsWithTest(() => recorder.close())
  const client = overTcp(await connectRaw(recorder), 'json-tcp')
  for (let count = 0; count < 2; count++) {
    const heard = client.heard()
    client.say('{"payloadType":2104}')
    await heard
  }
  await recorder.close()
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(`{"errorCode":"${word}","description":"[removed]"}`)
})

test.each(carriers)(
  'what a server quotes of a client that cannot be read any more is not in the file: %s',
  async (carrier) => {
    const token = secret('access')
    const quoting = (id: string): Message =>
      message(carrier, 'ProtoOAErrorRes', { errorCode: 'E', description: `of ${token}` }, id)
    const server = await startAnswering(carrier, [quoting('first'), quoting('second')])
    const file = newRecording()
    const target = { host: '127.0.0.1', port: server.port }
    const recorder = await recordSessions({ target, ca: server.ca, file, frameBytes: 500 })
    endsWithTest(() => recorder.close())
    const client = carrier.endsWith('tcp')
      ? overTcp(await connectRaw(recorder), carrier)
      : overWebSocket(await connectWebSocket(recorder))
    const texts = { clientId: token, clientSecret: 'x'.repeat(1000) }
    const messages = [
      message(carrier, 'ProtoOAApplicationAuthReq', texts, 'a'),
      message(
        carrier,
        'ProtoOAAccountAuthReq',
        { ctidTraderAccountId: '1', accessToken: token },
        'b',
      ),
    ]
    for (const said of messages) {
      const heard = client.heard()
      client.say(said)
      await heard
    }
    await recorder.close()
    expect(readFileSync(file, 'utf8')).not.toContain(token)
    expect(wordsOf(file)).toContainEqual(expect.stringMatching(/nothing behind them is read/))
  },
)

test('a token of the request for WebSocket is not in the file when the server quotes it', async () => {
  const token = 'aB3'.repeat(14)
  const server = await startAnswering('json-websocket', [
    message(
      'json-websocket',
      'ProtoOAErrorRes',
      { errorCode: 'E', description: `No ${token}` },
      'a',
    ),
  ])
  const file = newRecording()
  const target = { host: '127.0.0.1', port: server.port }
  const recorder = await recordSessions({ target, ca: server.ca, file })
  endsWithTest(() => recorder.close())
  const client = overWebSocket(await connectWebSocket(recorder, { path: `/?token=${token}` }))
  const heard = client.heard()
  client.say(message('json-websocket', 'ProtoOAVersionReq', {}, 'a'))
  await heard
  await recorder.close()
  expect(readFileSync(file, 'utf8')).toContain('"description":"No [removed]"')
})
