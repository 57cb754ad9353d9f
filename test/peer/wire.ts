import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

/**
 * The protocol as a third party's codec sees it: the peer must not share the codec of the client it tests, or a mistake
 * in that codec would go unnoticed.
 */
const root = protobuf.loadSync(
  ['common', 'model', 'messages'].map((name) =>
    fileURLToPath(new URL(`../../proto/${name}.proto`, import.meta.url)),
  ),
)
const envelope = root.lookupType('ProtoMessage')
const numbers: Readonly<Record<string, number>> = {
  ...root.lookupEnum('ProtoPayloadType').values,
  ...root.lookupEnum('ProtoOAPayloadType').values,
}

const typesByNumber = new Map<number, protobuf.Type>()
for (const type of Object.values(root.nested ?? {})) {
  if (!(type instanceof protobuf.Type)) continue
  const preset: unknown = type.fields['payloadType']?.options?.['default']
  const number = typeof preset === 'string' ? numbers[preset] : undefined
  if (number !== undefined) typesByNumber.set(number, type)
}

/** The number a message travels under. */
export function numberOf(message: string): number {
  for (const [number, type] of typesByNumber) if (type.name === message) return number
  throw new Error(`${message} has no payload type`)
}

/** The name of the message that travels under a number; empty when there is none. */
export function nameOf(payloadType: number): string {
  return typesByNumber.get(payloadType)?.name ?? ''
}

/** One message as the peer received it. */
export interface Received {
  readonly payloadType: number
  /** Name of the message. */
  readonly name: string
  /** Its fields; 64-bit integers as numbers. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly clientMsgId: string | undefined
}

/** Reads one envelope, without its length prefix. */
export function readMessage(bytes: Uint8Array): Received {
  const outer = envelope.toObject(envelope.decode(bytes), { longs: Number })
  const payloadType = Number(outer['payloadType'])
  const type = typesByNumber.get(payloadType)
  const payload: Uint8Array = outer['payload'] ?? new Uint8Array()
  const id: unknown = outer['clientMsgId']
  return {
    payloadType,
    name: nameOf(payloadType),
    fields: type === undefined ? {} : type.toObject(type.decode(payload), { longs: Number }),
    clientMsgId: typeof id === 'string' ? id : undefined,
  }
}

/** The bytes of one message, without an envelope. The inner payload type is left out, as the real servers do. */
export function payloadBytes(
  message: string,
  fields: Readonly<Record<string, unknown>>,
): Uint8Array {
  const type = root.lookupType(message)
  return type.encode(type.fromObject(fields)).finish()
}

/** One envelope behind its length. */
export function frameOf(
  payloadType: number,
  payload: Uint8Array | undefined,
  clientMsgId: string | undefined,
): Buffer {
  const bytes = envelope
    .encode(
      envelope.create({
        payloadType,
        ...(payload !== undefined && payload.length > 0 && { payload }),
        ...(clientMsgId !== undefined && { clientMsgId }),
      }),
    )
    .finish()
  return lengthPrefixed(bytes)
}

/** Bytes behind their length. */
function lengthPrefixed(bytes: Uint8Array): Buffer {
  const frame = Buffer.alloc(4 + bytes.length)
  frame.writeUInt32BE(bytes.length, 0)
  frame.set(bytes, 4)
  return frame
}
