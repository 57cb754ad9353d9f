import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { readBody } from '../../auth-server/form-body.ts'
import { ControlArgumentError } from '../errors.ts'

export type Fields = Readonly<Record<string, unknown>>

/** An answer in JSON. Whole numbers of 64 bits become text, so that no reader rounds them. */
export function answer(
  context: Context,
  value: unknown,
  status: 200 | 201 | 400 | 404 | 409 = 200,
) {
  const text = JSON.stringify(value, (_, one: unknown) => {
    if (typeof one === 'bigint') return one.toString()
    return one instanceof Uint8Array ? Buffer.from(one).toString('base64') : one
  })
  return context.body(text, status, { 'Content-Type': 'application/json' })
}

/**
 * The fields of a request: an object in JSON, or nothing at all.
 *
 * @throws HTTPException 400, 413 or 415
 */
export async function readFields(context: Context): Promise<Fields> {
  const text = await readBody(context)
  if (text === '') return {}
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw new HTTPException(415, { message: 'Send JSON, with Content-Type: application/json.' })
  }
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HTTPException(400, { message: 'The body is not a JSON object.' })
  }
  return value as Fields
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new HTTPException(400, { message: 'The body is not JSON.' })
  }
}

/**
 * Picks the fields that an operation takes.
 *
 * @throws ControlArgumentError for a field it does not take, or of another kind
 */
export function pick<const Shape extends Readonly<Record<string, Kind>>>(
  fields: Fields,
  shape: Shape,
): { [K in keyof Shape]?: Value<Shape[K]> } {
  for (const [name, value] of Object.entries(fields)) {
    const kind = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (kind === undefined) {
      const known = Object.keys(shape)
      throw new ControlArgumentError(`There is no field "${name}" here.`, {
        facts: { field: name, known },
        remedy: known.length === 0 ? 'Send none.' : `Send any of ${known.join(', ')}.`,
      })
    }
    if (value !== undefined && !fits(kind, value)) {
      throw new ControlArgumentError(`${name} cannot be ${JSON.stringify(value)}.`, {
        facts: { field: name, kind },
        remedy: `Send ${kinds[kind]}.`,
      })
    }
  }
  return fields as { [K in keyof Shape]?: Value<Shape[K]> }
}

const kinds = {
  text: 'a text',
  number: 'a number',
  flag: 'true or false',
  price: 'a price, as text or number',
  moment: 'milliseconds since 1970 or an ISO 8601 text',
  any: 'anything',
} as const

type Kind = keyof typeof kinds
type Value<K extends Kind> = K extends 'text'
  ? string
  : K extends 'number'
    ? number
    : K extends 'flag'
      ? boolean
      : K extends 'any'
        ? unknown
        : string | number

function fits(kind: Kind, value: unknown): boolean {
  if (kind === 'any') return true
  if (kind === 'text') return typeof value === 'string'
  if (kind === 'number') return typeof value === 'number'
  if (kind === 'flag') return typeof value === 'boolean'
  return typeof value === 'string' || typeof value === 'number'
}

/** The fields that say which journal entries are meant. */
export const journalQuery = {
  direction: 'text',
  message: 'price',
  account: 'number',
  connection: 'number',
  host: 'text',
  clientMsgId: 'text',
  since: 'number',
} as const

/** A whole number in a path or a query. @throws ControlArgumentError */
export function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new ControlArgumentError(`${name} cannot be ${JSON.stringify(text)}.`, {
    facts: { field: name },
    remedy: 'Give a whole number.',
  })
}
