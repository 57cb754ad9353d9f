import type { EnvelopeName } from '../../protocol/index.ts'
import { ControlArgumentError } from './errors.ts'
import type { FaultRule } from './fault.ts'
import { findMessage, requestOf } from './message-names.ts'

/** What a fault is about. */
export type FaultKind = 'request' | 'sending' | 'line'

interface Shape {
  readonly kind: FaultKind
  /** Fields of its own: whether each is needed, and what it must be. */
  readonly fields: Readonly<Record<string, { readonly needed: boolean; readonly check: Check }>>
}

interface Check {
  readonly fits: (value: unknown) => boolean
  readonly means: string
}

const whole = (least: number): Check => ({
  fits: (value) => Number.isSafeInteger(value) && (value as number) >= least,
  means: `a whole number from ${least}`,
})
const delay: Check = {
  fits: (value) => {
    if (!Array.isArray(value)) return whole(0).fits(value)
    const [least, most] = value
    return value.length === 2 && value.every(whole(0).fits) && least <= most
  },
  means: 'whole milliseconds, or the least and the most of them: 20 or [10, 30]',
}
const text: Check = {
  fits: (value) => typeof value === 'string' && value !== '',
  means: 'a text that is not empty',
}
const oneOf = (...words: readonly string[]): Check => ({
  fits: (value) => words.includes(value as string),
  means: `one of ${words.join(', ')}`,
})
const share: Check = {
  fits: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  means: 'a number from 0 to 1',
}
const seed: Check = { fits: Number.isSafeInteger, means: 'a whole number' }
const message: Check = {
  fits: (value) => typeof value === 'string' || typeof value === 'number',
  means: 'the name of a request or a message, or a payload type',
}

const needed = (check: Check) => ({ needed: true, check })
const optional = (check: Check) => ({ needed: false, check })
const how = { how: optional(oneOf('close', 'cut', 'reset')) }

const scope = {
  message: optional(message),
  account: optional(whole(1)),
  connection: optional(whole(1)),
  host: optional(oneOf('demo', 'live')),
  nth: optional(whole(1)),
  times: optional(whole(1)),
  probability: optional(share),
  seed: optional(seed),
}

/** All faults there are. */
export const faultShapes: Readonly<Record<FaultRule['fault'], Shape>> = {
  ignore: { kind: 'request', fields: {} },
  delay: { kind: 'request', fields: { ms: needed(delay) } },
  refuse: {
    kind: 'request',
    fields: {
      errorCode: needed(text),
      description: optional(text),
      retryAfter: optional(whole(0)),
      maintenanceEndTimestamp: optional(whole(0)),
      as: optional(oneOf('error', 'order-error')),
    },
  },
  'lose-answer': { kind: 'request', fields: {} },
  'repeat-answer': { kind: 'request', fields: {} },
  'delay-answer': { kind: 'request', fields: { ms: needed(delay) } },
  'cut-before': { kind: 'request', fields: how },
  'cut-after': { kind: 'request', fields: how },
  lose: { kind: 'sending', fields: {} },
  repeat: { kind: 'sending', fields: {} },
  'delay-sending': { kind: 'sending', fields: { ms: needed(delay) } },
  reorder: { kind: 'sending', fields: { withinMs: optional(whole(1)) } },
  cut: { kind: 'sending', fields: how },
  slice: { kind: 'line', fields: { bytes: needed(whole(1)), gapMs: optional(whole(0)) } },
  throttle: { kind: 'line', fields: { bytesPerSecond: needed(whole(1)) } },
}

/** The names of all faults. */
export const faultNames = Object.keys(faultShapes) as readonly FaultRule['fault'][]

/** A rule that makes sense. */
export interface CheckedFault {
  readonly rule: FaultRule
  readonly kind: FaultKind
  /** The one message it is about; undefined for any. */
  readonly message: EnvelopeName | undefined
}

/**
 * Makes sure that a rule means something.
 *
 * @throws ControlArgumentError that names the field, what was given and what it takes
 */
export function checkFault(given: unknown): CheckedFault {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ControlArgumentError('A fault rule is an object with the name of a fault in it.', {
      remedy: "Give for example { fault: 'lose-answer', message: 'newOrder', nth: 1 }.",
    })
  }
  const fields = given as Readonly<Record<string, unknown>>
  const name = fields['fault']
  const shape =
    typeof name === 'string' && Object.hasOwn(faultShapes, name)
      ? faultShapes[name as FaultRule['fault']]
      : undefined
  if (shape === undefined) {
    throw new ControlArgumentError(
      `There is no fault ${JSON.stringify(name) ?? 'without a name'}.`,
      {
        facts: { fault: String(name) },
        remedy: `Choose one of ${Object.keys(faultShapes).join(', ')}.`,
      },
    )
  }
  checkFields(String(name), { ...scope, ...shape.fields }, fields)
  const rule = given as FaultRule
  const about = rule.message === undefined ? undefined : findMessage(rule.message)
  checkDirection(rule, shape.kind, about)
  return { rule, kind: shape.kind, message: about }
}

function checkFields(fault: string, known: Shape['fields'], given: object): void {
  for (const [key, value] of Object.entries(given)) {
    if (key === 'fault' || value === undefined) continue
    const field = Object.hasOwn(known, key) ? known[key] : undefined
    if (field === undefined) {
      throw new ControlArgumentError(`The fault ${fault} has no field "${key}".`, {
        facts: { fault, field: key },
        remedy: `Its fields are ${Object.keys(known).join(', ')}.`,
      })
    }
    if (field.check.fits(value)) continue
    throw new ControlArgumentError(`${key} of the fault ${fault} cannot be ${shown(value)}.`, {
      facts: { fault, field: key, value: shown(value) },
      remedy: `Give ${field.check.means}.`,
    })
  }
  for (const [key, field] of Object.entries(known)) {
    if (!field.needed || (given as Record<string, unknown>)[key] !== undefined) continue
    throw new ControlArgumentError(`The fault ${fault} needs ${key}.`, {
      facts: { fault, field: key },
      remedy: `Give ${field.check.means}.`,
    })
  }
}

function checkDirection(rule: FaultRule, kind: FaultKind, about: EnvelopeName | undefined): void {
  const facts = { fault: rule.fault, message: about }
  if (kind === 'line' && about !== undefined) {
    throw new ControlArgumentError(
      `The fault ${rule.fault} is about the bytes of a connection, not about ${about}.`,
      { facts, remedy: 'Leave the message out.' },
    )
  }
  if (about === undefined || kind === 'line') return
  const isRequest = requestOf(about) !== undefined || about === 'ProtoHeartbeatEvent'
  const fits = kind === 'request' ? isRequest : requestOf(about) === undefined
  if (fits) return
  const [other, remedy] =
    kind === 'request'
      ? ['requests', 'Use lose, repeat, delay-sending, reorder or cut.']
      : ['what the sandbox sends', 'Use ignore, delay, refuse, cut-before or one of the -answer.']
  throw new ControlArgumentError(
    `The fault ${rule.fault} is about ${other}, and ${about} is ${kind === 'request' ? 'none' : 'a request'}.`,
    { facts, remedy },
  )
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
