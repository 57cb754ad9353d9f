import { beginEncoding, decodeAt, encodeInto, finishEncoding } from './codec.ts'
import { decodeSlowly } from './diagnose.ts'
import { DecodeError } from './errors.ts'
import type { MessageName } from './fields.ts'
import { decodeProtoOASpotEvent } from './generated/codec.ts'
import { type Messages, payloadTypes } from './generated/messages.ts'
import { readPlainQuote } from './plain-quote.ts'
import { copyOf, cursor, fault, skip, span, string, uint32 } from './wire-read.ts'

/** The name of a message that travels in an envelope of its own. */
export type EnvelopeName = keyof typeof payloadTypes

/** Takes what {@link readEnvelope} finds. Called synchronously, once per envelope. */
export interface EnvelopeSink {
  /** A message of a known type, decoded. */
  message(payloadType: number, payload: object, clientMsgId: string | undefined): void
  /** A message of a type this release does not know; its bytes are a copy. */
  unknown(payloadType: number, payload: Uint8Array, clientMsgId: string | undefined): void
  /** A good envelope around a payload that cannot be read. The stream itself is intact. */
  malformed(error: DecodeError, payloadType: number, clientMsgId: string | undefined): void
}

const lowest = 2100
const names: readonly (EnvelopeName | undefined)[] = (() => {
  const list: (EnvelopeName | undefined)[] = []
  for (const [name, number] of Object.entries(payloadTypes)) {
    if (number >= lowest) list[number - lowest] = name as EnvelopeName
  }
  return Array.from(list)
})()

/** The message that a payload type number stands for; `undefined` for a number this release does not know. */
export function messageNameOf(payloadType: number): EnvelopeName | undefined {
  if (payloadType >= lowest) return names[payloadType - lowest]
  if (payloadType === payloadTypes.ProtoHeartbeatEvent) return 'ProtoHeartbeatEvent'
  return payloadType === payloadTypes.ProtoErrorRes ? 'ProtoErrorRes' : undefined
}

const spot = payloadTypes.ProtoOASpotEvent
// The payload type as the two bytes of a varint.
const spotLow = (spot & 127) | 128
const spotHigh = spot >> 7
const absent = -1

/**
 * Reads one envelope in place, between two positions of a buffer, and hands its content to the sink. Nothing of the
 * buffer is kept.
 *
 * @throws {@link DecodeError} when the envelope itself is malformed; the stream cannot be trusted after that
 */
export function readEnvelope(buffer: Buffer, start: number, end: number, sink: EnvelopeSink): void {
  // A quote without an id, by far the most frequent envelope: its first bytes are always these, and one comparison each
  // is all that is needed to know it.
  if (
    end - start > 5 &&
    buffer[start] === 8 &&
    buffer[start + 1] === spotLow &&
    buffer[start + 2] === spotHigh &&
    buffer[start + 3] === 18 &&
    buffer[start + 4] === end - start - 5 &&
    end - start < 133
  ) {
    return readSpot(buffer, start + 5, end, undefined, sink)
  }
  readAny(buffer, start, end, sink)
}

/** Apart from {@link readEnvelope}, so that the way of a quote is short enough to be inlined into the frame splitter. */
function readAny(buffer: Buffer, start: number, end: number, sink: EnvelopeSink): void {
  let p = start
  let payloadType = absent
  let from = absent
  let to = absent
  let clientMsgId: string | undefined
  try {
    while (p < end) {
      let tag = buffer[p++] as number
      if (tag > 127) {
        tag = uint32(buffer, p - 1)
        p = cursor.at
      }
      switch (tag) {
        case 8:
          payloadType = buffer[p++] as number
          if (payloadType > 127) {
            const second = buffer[p++] as number
            payloadType = (payloadType & 127) | (second << 7)
            if (second > 127) {
              payloadType = uint32(buffer, p - 2)
              p = cursor.at
            }
          }
          break
        case 18:
          to = buffer[p] as number
          if (to < 128) {
            from = p + 1
            to += from
            if (to > end) throw fault
          } else {
            to = span(buffer, p, end)
            from = cursor.at
          }
          p = to
          break
        case 26:
          clientMsgId = string(buffer, p, end)
          p = cursor.at
          break
        default:
          p = skip(buffer, p, tag, end, 14, 0)
      }
    }
    if (p !== end || payloadType === absent) throw fault
  } catch (error) {
    if (error !== fault) throw error
    decodeSlowly('ProtoMessage', buffer.subarray(start, end))
    throw new DecodeError('ProtoMessage', '', 'the envelope could not be read')
  }
  if (from === absent) {
    from = end
    to = end
  }
  if (payloadType === spot) return readSpot(buffer, from, to, clientMsgId, sink)
  readPayload(buffer, from, to, payloadType, clientMsgId, sink)
}

/** A direct call, which the engine can inline. */
function readSpot(
  buffer: Buffer,
  from: number,
  to: number,
  clientMsgId: string | undefined,
  sink: EnvelopeSink,
): void {
  let payload: object
  try {
    payload = readPlainQuote(buffer, from, to) ?? decodeProtoOASpotEvent(buffer, from, to)
  } catch (error) {
    return retry('ProtoOASpotEvent', error, buffer, from, to, spot, clientMsgId, sink)
  }
  sink.message(spot, payload, clientMsgId)
}

function readPayload(
  buffer: Buffer,
  from: number,
  to: number,
  payloadType: number,
  clientMsgId: string | undefined,
  sink: EnvelopeSink,
): void {
  const name = messageNameOf(payloadType)
  if (name === undefined) {
    return sink.unknown(payloadType, copyOf(buffer, from, to), clientMsgId)
  }
  let payload: object
  try {
    payload = decodeAt(name, buffer, from, to)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return sink.malformed(error, payloadType, clientMsgId)
  }
  sink.message(payloadType, payload, clientMsgId)
}

function retry(
  name: MessageName,
  error: unknown,
  buffer: Buffer,
  from: number,
  to: number,
  payloadType: number,
  clientMsgId: string | undefined,
  sink: EnvelopeSink,
): void {
  if (error !== fault) throw error
  let payload: object
  try {
    payload = decodeSlowly(name, buffer.subarray(from, to))
  } catch (reason) {
    if (!(reason instanceof DecodeError)) throw reason
    return sink.malformed(reason, payloadType, clientMsgId)
  }
  sink.message(payloadType, payload, clientMsgId)
}

/** One envelope without length prefix, as a WebSocket carries it. */
export function encodeEnvelope<K extends EnvelopeName>(
  name: K,
  payload: Messages[K],
  clientMsgId?: string,
): Buffer {
  return encode(name, payload, clientMsgId, false)
}

/** One envelope behind its length (four bytes, big endian), as the TCP carrier wants it. */
export function encodeFrame<K extends EnvelopeName>(
  name: K,
  payload: Messages[K],
  clientMsgId?: string,
): Buffer {
  return encode(name, payload, clientMsgId, true)
}

function encode<K extends EnvelopeName>(
  name: K,
  payload: Messages[K],
  clientMsgId: string | undefined,
  framed: boolean,
): Buffer {
  const writer = beginEncoding(name, payload)
  if (framed) writer.at = 4
  writer.uint32(8, payloadTypes[name])
  writer.room(4)
  writer.raw32(18)
  const start = writer.at++
  encodeInto(writer, name, payload)
  writer.closeLength(start)
  if (clientMsgId !== undefined) writer.string(26, clientMsgId)
  if (framed) writer.buffer.writeUInt32BE(writer.at - 4, 0)
  return finishEncoding(writer)
}
