import { type EnvelopeName, messageNameOf } from './envelope.ts'
import { JsonFormatError } from './errors.ts'
import { type Field, fieldsOf, isMessageName, type MessageName } from './fields.ts'
import type { Messages } from './generated/messages.ts'
import { messageToJson } from './json.ts'
import { type JsonValue, parseJson, stringifyJson } from './json-text.ts'

/**
 * One thing that happened on a connection, as recordings hold it. `v` is the version of this shape. `at` is in milliseconds
 * since 1970-01-01 UTC. `link` counts the links of one session from 1, in the order they were opened.
 *
 * - `opened`: a link is up; `carrier` and `remote` say what kind it is and where it leads
 * - `sent`, `received`: one message, seen from the client
 * - `closed`: the link is over; `code` is that of the error that ended it, `SESSION_CLOSED` when its owner did
 */
export type WireRecord = {
  readonly v: 1
  readonly at: number
  readonly link: number
} & (
  | { readonly kind: 'opened'; readonly carrier: string; readonly remote: string }
  | ({ readonly kind: 'sent' | 'received' } & RecordedMessage)
  | { readonly kind: 'closed'; readonly code: string }
)

/** A message without its secrets. */
export interface RecordedMessage {
  readonly payloadType: number
  /** Absent for a type that this release does not know. */
  readonly message?: EnvelopeName
  readonly clientMsgId?: string
  /**
   * The fields in the protocol's JSON form: enums as numbers, 64-bit integers exact (as bigint where a number cannot hold
   * them). Tokens and client secrets are `[secret]`. Absent for a message that is not known or could not be read.
   */
  readonly payload?: { readonly [key: string]: JsonValue }
}

/** What stands in the place of a secret. */
export const secretMark = '[secret]'

const secretFields: readonly string[] = ['accessToken', 'refreshToken', 'clientSecret']

/** Whether a field of the protocol holds a secret. */
export function isSecretField({ name }: Pick<Field, 'name'>): boolean {
  return secretFields.includes(name)
}

/** The secrets that a message carries. */
export function secretsIn(name: EnvelopeName, message: object): readonly string[] {
  // Secrets stand at the first level only; a test holds the schema to that.
  return fieldsOf(name)
    .filter(isSecretField)
    .map((field): unknown => Reflect.get(message, field.name))
    .filter((value): value is string => typeof value === 'string' && value !== '')
}

/**
 * A message in the form of a recording.
 *
 * @param known secrets to take out wherever they occur, such as a token that the server repeats in its description
 */
export function recordMessage<K extends EnvelopeName>(
  name: K,
  message: Messages[K],
  known: Iterable<string> = [],
): { readonly [key: string]: JsonValue } {
  return redact(name, messageToJson(name, message), [...known])
}

function redact(
  name: MessageName,
  content: { readonly [key: string]: JsonValue | undefined },
  known: readonly string[],
): { readonly [key: string]: JsonValue } {
  const result: Record<string, JsonValue> = {}
  for (const field of fieldsOf(name)) {
    const value = content[field.name]
    if (value === undefined) continue
    result[field.name] = isSecretField(field) ? secretMark : redactValue(field, value, known)
  }
  return result
}

function redactValue(field: Field, value: JsonValue, known: readonly string[]): JsonValue {
  if (typeof value === 'string') {
    return known.reduce((text, secret) => text.replaceAll(secret, secretMark), value)
  }
  // As a reader of the line gets it back.
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (Array.isArray(value)) return value.map((item: JsonValue) => redactValue(field, item, known))
  if (typeof value !== 'object' || value === null || !isMessageName(field.type)) return value
  return redact(field.type, value as { readonly [key: string]: JsonValue | undefined }, known)
}

/** One line of a recording, without its line feed. */
export function formatWireRecord(record: WireRecord): string {
  return stringifyJson({ ...record })
}

/**
 * Reads one line of a recording.
 *
 * @throws {@link JsonFormatError} for a line that is no record of this version
 */
export function parseWireRecord(line: string): WireRecord {
  const value = parseJson(line)
  if (!isRecord(value)) throw new JsonFormatError('The line is no record of a connection')
  return value as unknown as WireRecord
}

function isRecord(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { v, at, link, kind, payloadType, message } = value as { [key: string]: JsonValue }
  if (v !== 1 || typeof at !== 'number' || typeof link !== 'number') return false
  if (kind === 'opened' || kind === 'closed') return true
  if ((kind !== 'sent' && kind !== 'received') || typeof payloadType !== 'number') return false
  return message === undefined || message === messageNameOf(payloadType)
}
