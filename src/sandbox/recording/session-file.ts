import { readFile } from 'node:fs/promises'
import { CTraderError } from '../../errors.ts'
import {
  type EnvelopeName,
  type JsonValue,
  type Messages,
  messageFromJson,
  messageNameOf,
  messageToJson,
  parseJson,
  payloadTypes,
  stringifyJson,
} from '../../protocol/index.ts'

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

export type RecordedLine = RecordedMessage | RecordedEnd

/** A recording of sessions cannot be written, read or understood. */
export class RecordingError extends CTraderError {
  constructor(file: string, line: number | undefined, what: string, cause?: unknown) {
    const where = line === undefined ? file : `${file}:${line}`
    super('RECORDING_UNUSABLE', `The recording ${where} cannot be used: ${what}.`, {
      facts: { file, line },
      remedy: 'Record the session again, or repair that line.',
      cause,
    })
  }
}

/** What stands in a recording in place of a secret. */
export const removed = '[removed]'

/** Fields that never get into a recording. */
export const secretFields = ['clientId', 'clientSecret', 'accessToken', 'refreshToken'] as const

/** The first line of every recording. */
export function headLine(now: number): string {
  const recordedAt = new Date(now).toISOString()
  return `${stringifyJson({ format: 'ctrader-session', version: 1, recordedAt })}\n`
}

/** One line of a recording: JSON, with every digit of 64-bit integers, and without secrets. */
export function toLine(entry: RecordedLine): string {
  const { connection, t } = entry
  if ('closedBy' in entry) return `${stringifyJson({ connection, t, closedBy: entry.closedBy })}\n`
  const { from, message, clientMsgId, payload } = entry
  // The recorder read the message as what its name says.
  const fields = messageToJson(message, payload as Messages[EnvelopeName]) as Record<
    string,
    JsonValue
  >
  for (const name of secretFields) if (name in fields) fields[name] = removed
  const line: Record<string, JsonValue> = { connection, t, from, message }
  line['payloadType'] = payloadTypes[message]
  if (clientMsgId !== undefined) line['clientMsgId'] = clientMsgId
  line['payload'] = fields
  return `${stringifyJson(line)}\n`
}

/**
 * Reads a recording.
 *
 * @throws RecordingError that names the line
 */
export async function readRecording(file: string): Promise<readonly RecordedLine[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new RecordingError(file, undefined, 'it cannot be read', error)
  })
  const [head = '', ...lines] = text.split('\n')
  const first = parseLine(file, 1, head)
  if (first['format'] !== 'ctrader-session' || first['version'] !== 1) {
    throw new RecordingError(file, 1, 'its first line is not that of a recording of version 1')
  }
  return lines.flatMap((line, index) => (line === '' ? [] : [readEntry(file, index + 2, line)]))
}

function readEntry(file: string, number: number, text: string): RecordedLine {
  const fields = parseLine(file, number, text)
  const { connection, t, from, closedBy, payloadType, clientMsgId } = fields
  const isPlaced = Number.isSafeInteger(connection) && typeof t === 'number'
  if (!isPlaced) throw new RecordingError(file, number, 'it names no connection or no time')
  const place = { connection: connection as number, t: t as number }
  if (closedBy === 'client' || closedBy === 'server') return { ...place, closedBy }
  const message = typeof payloadType === 'number' ? messageNameOf(payloadType) : undefined
  if (message === undefined || (from !== 'client' && from !== 'server')) {
    throw new RecordingError(file, number, 'it names no known message, or nobody who sent it')
  }
  try {
    const payload = messageFromJson(message, fields['payload'] ?? {})
    const id = typeof clientMsgId === 'string' ? clientMsgId : undefined
    return { ...place, from, message, clientMsgId: id, payload }
  } catch (error) {
    throw new RecordingError(file, number, `its ${message} cannot be read`, error)
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
    throw new RecordingError(file, number, 'it is not JSON', error)
  }
  throw new RecordingError(file, number, 'it is not an object')
}
