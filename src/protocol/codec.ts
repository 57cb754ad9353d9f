import { decodeSlowly, refuseMessage } from './diagnose.ts'
import { type Field, fieldsOf, type MessageName } from './fields.ts'
import { decoders, encoders } from './generated/codec.ts'
import type { Messages } from './generated/messages.ts'
import { fault } from './wire-read.ts'
import { Writer } from './wire-write.ts'

// One buffer serves all encoding: it is filled and copied out within one synchronous call.
const scratch = new Writer()

/**
 * Encodes one message (without envelope).
 *
 * @throws {@link EncodeError} naming the field that is missing or does not fit its type
 */
export function encodeMessage<K extends MessageName>(name: K, message: Messages[K]): Buffer {
  const writer = beginEncoding(name, message)
  encodeInto(writer, name, message)
  return finishEncoding(writer)
}

/**
 * Decodes one message (without envelope) that stands between two positions of a buffer.
 *
 * @throws {@link DecodeError} naming the message and the field; {@link UnsafeIntegerError} for a number beyond 2^53-1
 */
export function decodeMessage<K extends MessageName>(
  name: K,
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): Messages[K] {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return decodeAt(name, buffer, start, end)
}

/** {@link decodeMessage} for callers that hold a Buffer already. */
export function decodeAt<K extends MessageName>(
  name: K,
  buffer: Buffer,
  start: number,
  end: number,
): Messages[K] {
  try {
    return decoders[name](buffer, start, end)
  } catch (error) {
    if (error !== fault) throw error
    return decodeSlowly(name, buffer.subarray(start, end)) as Messages[K]
  }
}

/** The shared writer, emptied. What it throws at has not been decided yet, so the message is looked at first. */
export function beginEncoding(name: MessageName, message: unknown): Writer {
  if (typeof message !== 'object' || message === null) refuseMessage(name, message)
  scratch.at = 0
  return scratch
}

/** Runs the straight-line encoder; what it refuses is explained by an {@link EncodeError}. */
export function encodeInto<K extends MessageName>(
  writer: Writer,
  name: K,
  message: Messages[K],
): void {
  try {
    encoders[name](writer, message)
  } catch (error) {
    // A TypeError comes from a list that is none.
    if (error === fault || error instanceof TypeError) refuseMessage(name, message)
    throw error
  }
}

/** Copies what was written out of the shared writer. */
export function finishEncoding(writer: Writer): Buffer {
  const { at, buffer } = writer
  const bytes = Buffer.allocUnsafe(at)
  // The call takes as long as fifty bytes one by one, and a quote has half as many: 71 ns instead of 133.
  if (at > 48) buffer.copy(bytes, 0, 0, at)
  else for (let index = 0; index < at; index++) bytes[index] = buffer[index] as number
  return bytes
}

/** A copy of the message in which absent optional fields hold the schema's defaults. Sub-messages are left as they are. */
export function withDefaults<K extends MessageName>(name: K, message: Messages[K]): Messages[K] {
  const result: Record<string, unknown> = { ...message }
  for (const field of fieldsOf(name)) {
    if (result[field.name] === undefined && field.preset !== undefined)
      result[field.name] = presetOf(field)
  }
  return result as unknown as Messages[K]
}

function presetOf(field: Field): unknown {
  return field.isBig && typeof field.preset === 'number' ? BigInt(field.preset) : field.preset
}
