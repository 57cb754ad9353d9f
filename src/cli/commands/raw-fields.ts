import { similarNames } from '../../known-options.ts'
import {
  type Field,
  fieldsOf,
  isMessageName,
  type JsonValue,
  type MessageName,
  parseJson,
} from '../../protocol/index.ts'
import { UsageError } from '../errors.ts'

/** The fields of a message, in the protocol's own names. */
export type MessageFields = { readonly [name: string]: JsonValue | undefined }

/** Fields that are secrets: they come from the environment or from standard input. */
const secretFields = ['accessToken', 'refreshToken', 'clientSecret']

/**
 * Reads the fields of a message from the arguments: one JSON object, or `key=value` pairs, whose values are read as the
 * field's type asks; a list is written with commas, a message in it as JSON.
 *
 * @throws {@link UsageError}
 */
export function readArguments(message: MessageName, args: readonly string[]): MessageFields {
  const [first = '{}', ...others] = args
  const given =
    first.trimStart().startsWith('{') && others.length === 0
      ? readJsonFields(message, first)
      : readPairs(message, args)
  const secret = secretFields.find((name) => given[name] !== undefined)
  if (secret === undefined) return given
  throw new UsageError(
    `${secret} was given as an argument, which everybody on this machine can read.`,
    `Leave it out to use the stored one, or give the fields as JSON on standard input: ctrader raw REQUEST -`,
    { field: secret },
  )
}

/**
 * Reads the fields of a message from JSON.
 *
 * @throws {@link UsageError}; JsonFormatError for what is no JSON
 */
export function readJsonFields(message: MessageName, text: string): MessageFields {
  const value = parseJson(text)
  if (!isObject(value)) {
    throw new UsageError(
      'The fields are not a JSON object.',
      `Give one such as '{"symbolId":[1]}'.`,
    )
  }
  requireKnown(message, value, '')
  return value
}

/** The codec skips what it does not know; a person who mistypes a field wants to hear of it. */
function requireKnown(message: MessageName, value: MessageFields, path: string): void {
  const fields = fieldsOf(message)
  for (const [name, content] of Object.entries(value)) {
    const field = fieldNamed(message, fields, name, path)
    if (field.kind !== 'message' || !isMessageName(field.type)) continue
    const items = Array.isArray(content) ? content : [content]
    for (const item of items as readonly JsonValue[]) {
      if (isObject(item)) requireKnown(field.type, item, `${path}${name}.`)
    }
  }
}

function fieldNamed(
  message: MessageName,
  fields: readonly Field[],
  name: string,
  path = '',
): Field {
  const found = fields.find((field) => field.name === name)
  if (found !== undefined) return found
  const names = fields.map((field) => field.name).filter((known) => known !== 'payloadType')
  const similar = similarNames(names, name)
  throw new UsageError(
    `${message} has no field ${path}${name}.`,
    similar.length > 0
      ? `Did you mean ${similar.join(', ')}?`
      : `It has ${names.join(', ') || 'no fields'}.`,
    { message, field: `${path}${name}` },
  )
}

function readPairs(message: MessageName, args: readonly string[]): MessageFields {
  const fields = fieldsOf(message)
  const result: Record<string, JsonValue> = {}
  for (const arg of args) {
    const [, name, text] = /^(\w+)=(.*)$/s.exec(arg) ?? []
    if (name === undefined || text === undefined) {
      throw new UsageError(
        // What it is cannot be known, so it is not shown: it may be a secret.
        'A field is neither a JSON object nor key=value.',
        `Give the fields like symbolId=1,2 or like '{"symbolId":[1,2]}', or - to read JSON from standard input.`,
      )
    }
    const field = fieldNamed(message, fields, name)
    const before = result[name]
    if (before === undefined) result[name] = fieldValue(field, text)
    else if (Array.isArray(before)) {
      result[name] = [...(before as readonly JsonValue[]), ...listOf(field, text)]
    } else throw new UsageError(`The field ${name} was given twice.`, 'Give it once.')
  }
  requireKnown(message, result, '')
  return result
}

function fieldValue(field: Field, text: string): JsonValue {
  return field.label === 'repeated' ? listOf(field, text) : itemOf(field, text)
}

function listOf(field: Field, text: string): readonly JsonValue[] {
  if (text.trimStart().startsWith('[')) {
    const value = parseJson(text)
    if (Array.isArray(value)) return value
  }
  // JSON has commas of its own.
  if (field.kind === 'message') return [itemOf(field, text)]
  return text === '' ? [] : text.split(',').map((item) => itemOf(field, item))
}

/** What does not fit the type is handed on as text; the codec then says what belongs there. */
function itemOf(field: Field, text: string): JsonValue {
  if (field.kind === 'message') return parseJson(text)
  if (field.type === 'string' || field.type === 'bytes') return text
  if (field.type === 'bool') return text === 'true' ? true : text === 'false' ? false : text
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? parseJson(text) : text
}

function isObject(value: JsonValue | undefined): value is MessageFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
