import { readFile } from 'node:fs/promises'
import { CTraderError } from '../../errors.ts'
import {
  type EnvelopeName,
  type JsonValue,
  type Messages,
  messageFromJson,
  messageNameOf,
  parseJson,
  payloadTypes,
  stringifyJson,
} from '../../protocol/index.ts'
import type { SandboxCarrier } from '../sandbox.ts'
import type { Redaction } from './redaction.ts'

/** One message of a recorded session. */
export interface RecordedMessage {
  /** Which of the recorded connections, from 1. */
  readonly connection: number
  /** Ms since the recording began. */
  readonly t: number
  readonly from: 'client' | 'server'
  readonly message: EnvelopeName
  readonly clientMsgId: string | undefined
  readonly payload: object
}

/** A connection ended. */
export interface RecordedEnd {
  readonly connection: number
  readonly t: number
  readonly closedBy: 'client' | 'server'
}

/** What carries a connection's messages; written once, before the first of them. */
export interface RecordedCarrier {
  readonly connection: number
  readonly t: number
  readonly carrier: SandboxCarrier
}

/** Something passed that could not be read, or the server could not be reached. */
export interface RecordedNote {
  readonly connection: number
  readonly t: number
  readonly from: 'client' | 'server'
  readonly note: string
}

export type RecordedLine = RecordedMessage | RecordedEnd | RecordedCarrier | RecordedNote

/** A recording of sessions cannot be written, read or understood. */
export class RecordingError extends CTraderError {
  constructor(
    file: string,
    line: number | undefined,
    what: string,
    { cause, remedy }: { readonly cause?: unknown; readonly remedy?: string } = {},
  ) {
    const where = line === undefined ? file : `${file}:${line}`
    super('RECORDING_UNUSABLE', `The recording ${where} cannot be used: ${what}.`, {
      facts: { file, line },
      remedy: remedy ?? 'Record the session again, or repair that line.',
      cause,
    })
  }
}

const format = 'ctrader-session'

/** Version 1 knew neither carriers nor notes. */
const version = 2

/** The first line of every recording. */
export function headLine(now: number): string {
  const recordedAt = new Date(now).toISOString()
  return `${stringifyJson({ format, version, recordedAt })}\n`
}

/** One line of a recording: JSON, with every digit of 64-bit integers, and without secrets. */
export function toLine(entry: RecordedLine, redaction: Redaction): string {
  const { connection, t } = entry
  if ('closedBy' in entry) return `${stringifyJson({ connection, t, closedBy: entry.closedBy })}\n`
  if ('carrier' in entry) return `${stringifyJson({ connection, t, carrier: entry.carrier })}\n`
  const { from } = entry
  if ('note' in entry) {
    return `${stringifyJson({ connection, t, from, note: redaction.text(entry.note) })}\n`
  }
  const { message, clientMsgId, payload } = entry
  // The recorder read the message as what its name says. First of all: its secrets are known from here on.
  const fields = redaction.message(message, payload as Messages[EnvelopeName])
  const line: Record<string, JsonValue> = { connection, t, from, message }
  line['payloadType'] = payloadTypes[message]
  if (clientMsgId !== undefined) line['clientMsgId'] = redaction.text(clientMsgId)
  line['payload'] = fields
  return `${stringifyJson(line)}\n`
}

/**
 * Reads a recording, of this release or an older one.
 *
 * @throws RecordingError that names the line
 */
export async function readRecording(file: string): Promise<readonly RecordedLine[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new RecordingError(file, undefined, 'it cannot be read', { cause: error })
  })
  const [head = '', ...lines] = text.split('\n')
  const first = parseLine(file, 1, head)
  const given = first['version']
  if (
    first['format'] !== format ||
    typeof given !== 'number' ||
    !Number.isInteger(given) ||
    given < 1
  ) {
    throw new RecordingError(file, 1, 'its first line is not that of a recording')
  }
  if (given > version) {
    const what = `its format is of version ${given}, and this release reads up to version ${version}`
    throw new RecordingError(file, 1, what, {
      remedy: 'Read it with the release that wrote it, or a later one.',
    })
  }
  return lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [readEntry(file, index + 2, line)],
  )
}

const carriers: readonly SandboxCarrier[] = [
  'protobuf-tcp',
  'protobuf-websocket',
  'json-tcp',
  'json-websocket',
]

function readEntry(file: string, number: number, text: string): RecordedLine {
  const fields = parseLine(file, number, text)
  const { connection, t, from, closedBy, payloadType, clientMsgId, carrier, note } = fields
  const isPlaced = Number.isSafeInteger(connection) && Number.isFinite(t)
  if (!isPlaced) throw new RecordingError(file, number, 'it names no connection or no time')
  const place = { connection: connection as number, t: t as number }
  if (closedBy === 'client' || closedBy === 'server') return { ...place, closedBy }
  const known = carriers.find((one) => one === carrier)
  if (known !== undefined) return { ...place, carrier: known }
  if (typeof note === 'string' && (from === 'client' || from === 'server')) {
    return { ...place, from, note }
  }
  const message = typeof payloadType === 'number' ? messageNameOf(payloadType) : undefined
  if (message === undefined || (from !== 'client' && from !== 'server')) {
    throw new RecordingError(file, number, 'it names no known message, or nobody who sent it')
  }
  try {
    const payload = messageFromJson(message, fields['payload'] ?? {})
    const id = typeof clientMsgId === 'string' ? clientMsgId : undefined
    return { ...place, from, message, clientMsgId: id, payload }
  } catch (error) {
    throw new RecordingError(file, number, `its ${message} cannot be read`, { cause: error })
  }
}

function parseLine(
  file: string,
  number: number,
  text: string,
): Readonly<Record<string, JsonValue>> {
  try {
    const value = parseJson(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, JsonValue>>
    }
  } catch (error) {
    throw new RecordingError(file, number, 'it is not JSON', { cause: error })
  }
  throw new RecordingError(file, number, 'it is not an object')
}
