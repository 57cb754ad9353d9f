import type { Carrier } from '../../../src/session/index.ts'
import {
  frameOf,
  nameOf,
  numberOf,
  payloadBytes,
  type Received,
  readMessage,
} from '../../peer/wire.ts'

/** No message of a run comes near it, so that one beyond it is quickly made. */
export const frameLimit = 100_000

/** How messages look on a carrier, to those who share no code with the client. */
export interface WireForm {
  readonly format: 'protobuf' | 'json'
  /** Whether the carrier keeps the borders between messages. */
  readonly framing: 'stream' | 'message'
  /** Finds the messages in a run of bytes, whatever the pieces it comes in. */
  reader(): (bytes: Uint8Array) => Received[]
  write(name: string, fields: Readonly<Record<string, unknown>>, clientMsgId?: string): Buffer
  /** A message of a type that nobody knows. */
  readonly unknown: Buffer
  /** What announces, or is, more than a client takes. */
  readonly giant: Buffer
}

const unknownType = 16_383

export function wireForm(carrier: Carrier): WireForm {
  const isStream = carrier.endsWith('tcp')
  const framing = isStream ? 'stream' : 'message'
  return carrier.startsWith('json') ? jsonForm(framing) : protobufForm(framing)
}

function protobufForm(framing: WireForm['framing']): WireForm {
  const isStream = framing === 'stream'
  const pack = (frame: Buffer): Buffer => (isStream ? frame : frame.subarray(4))
  return {
    format: 'protobuf',
    framing,
    reader: () => (isStream ? frames() : (bytes) => [readMessage(bytes)]),
    write: (name, fields, clientMsgId) =>
      pack(frameOf(numberOf(name), payloadBytes(name, fields), clientMsgId)),
    unknown: pack(frameOf(unknownType, undefined, undefined)),
    giant: isStream ? Buffer.from([0xff, 0xff, 0xff, 0xff]) : Buffer.alloc(frameLimit + 1),
  }
}

function frames(): (bytes: Uint8Array) => Received[] {
  let unread: Buffer = Buffer.alloc(0)
  return (bytes) => {
    unread = Buffer.concat([unread, bytes])
    const messages: Received[] = []
    while (unread.length >= 4) {
      const end = 4 + unread.readUInt32BE(0)
      if (unread.length < end) break
      messages.push(readMessage(unread.subarray(4, end)))
      unread = unread.subarray(end)
    }
    return messages
  }
}

function jsonForm(framing: WireForm['framing']): WireForm {
  const isStream = framing === 'stream'
  const pack = (envelope: object): Buffer =>
    Buffer.from(`${JSON.stringify(envelope)}${isStream ? '\n' : ''}`)
  return {
    format: 'json',
    framing,
    reader: () => (isStream ? lines() : (bytes) => [readText(Buffer.from(bytes).toString())]),
    write: (name, payload, clientMsgId) =>
      pack({ payloadType: numberOf(name), clientMsgId, payload }),
    unknown: pack({ payloadType: unknownType, payload: { new: true } }),
    giant: Buffer.from(`{"payloadType":51,"payload":"${'x'.repeat(frameLimit)}`),
  }
}

/** Both sides put each object on a line of its own. */
function lines(): (bytes: Uint8Array) => Received[] {
  let unread = ''
  return (bytes) => {
    const whole = (unread + Buffer.from(bytes).toString()).split('\n')
    unread = whole.pop() ?? ''
    return whole.flatMap((line) => (isWhole(line) ? [readText(line)] : []))
  }
}

// The client is sent broken text on purpose; who looks over its shoulder passes over it.
function isWhole(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}

function readText(text: string): Received {
  const envelope = JSON.parse(text) as Partial<Received> & { readonly payload?: object }
  const { payloadType = 0, clientMsgId, payload = {} } = envelope
  return { payloadType, name: nameOf(payloadType), fields: { ...payload }, clientMsgId }
}
