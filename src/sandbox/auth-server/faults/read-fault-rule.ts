import { InvalidArgumentError } from '../../../errors.ts'
import type { AuthFaultAction, AuthFaultRule } from './fault-rule.ts'

type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string'
const count: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const wait: Check = (value) => Number.isFinite(value) && Number(value) >= 0
const record: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const texts: Check = (value) => Array.isArray(value) && value.every(text)
const oneOf =
  (...choices: readonly unknown[]): Check =>
  (value) =>
    choices.includes(value)
const status: Check = (value) =>
  Number.isInteger(value) && Number(value) >= 200 && Number(value) < 600
const redirectStatus = oneOf(300, 301, 302, 303, 307, 308)
const line: Check = (value) => typeof value === 'string' && /^[\x20-\x7e]*$/.test(value)
const headers: Check = (value) =>
  record(value) &&
  Object.entries(value as object).every(
    ([name, one]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && line(one),
  )
const pairs: Check = (value) =>
  Array.isArray(value) && value.every((pair) => texts(pair) && (pair as unknown[]).length === 2)
const twin = oneOf('accessToken', 'refreshToken', 'expiresIn')

interface Kind {
  readonly needs?: Readonly<Record<string, Check>>
  readonly takes?: Readonly<Record<string, Check>>
  /** Where it works; both where nothing is said. */
  readonly only?: 'token' | 'authorize'
  /** Whether it needs an answer to work on. */
  readonly after?: true
}

const kinds: { readonly [K in AuthFaultAction['kind']]: Kind } = {
  drop: {},
  reset: {},
  hang: {},
  answer: { needs: { status }, takes: { headers, body: text } },
  'rate-limit': { takes: { retryAfter: (value) => count(value) || line(value) } },
  html: { takes: { status, title: text } },
  redirect: { needs: { location: line }, takes: { status: redirectStatus } },
  oversize: { takes: { bytes: count }, only: 'token', after: true },
  'gzip-bomb': { takes: { bytes: count }, only: 'token', after: true },
  truncate: { takes: { keep: count }, only: 'token', after: true },
  cut: { takes: { keep: count }, only: 'token', after: true },
  'slow-body': { needs: { everyMs: wait }, only: 'token', after: true },
  fields: { takes: { set: record, remove: texts }, only: 'token', after: true },
  'expires-in': { needs: { text }, only: 'token', after: true },
  'conflicting-spellings': { takes: { field: twin }, only: 'token', after: true },
  'duplicate-key': { takes: { key: text }, only: 'token', after: true },
  callback: { takes: { remove: texts, append: pairs }, only: 'authorize', after: true },
}

const fields: Readonly<Record<keyof AuthFaultRule, Check>> = {
  endpoint: oneOf('token', 'authorize'),
  grantType: oneOf('authorization_code', 'refresh_token'),
  clientId: text,
  step: oneOf('page', 'sign-in', 'decision'),
  skip: count,
  times: (value) => value === 'always' || (count(value) && Number(value) > 0),
  probability: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  seed: Number.isSafeInteger,
  when: oneOf('before-commit', 'after-commit'),
  delayMs: wait,
  action: record,
}

/**
 * Checks a rule, which may come from JSON, and fills in what was left out.
 *
 * @throws InvalidArgumentError that names the part that is not usable
 */
export function readFaultRule(
  given: unknown,
): AuthFaultRule & Required<Pick<AuthFaultRule, 'endpoint' | 'when'>> {
  if (!record(given)) throw wrong('rule', given, 'A fault is described by an object.')
  const rule = checked(given as object, {}, fields, 'the fault') as AuthFaultRule
  const { endpoint = 'token', action, delayMs } = rule
  if (action === undefined && delayMs === undefined) {
    throw wrong('action', undefined, 'Give an action, a delayMs, or both.')
  }
  if (endpoint === 'token' && rule.step !== undefined) {
    throw wrong(
      'step',
      rule.step,
      'Steps are of the authorize endpoint: set endpoint to authorize.',
    )
  }
  if (endpoint === 'authorize' && rule.grantType !== undefined) {
    throw wrong('grantType', rule.grantType, 'Only requests for tokens have a grant type.')
  }
  if (action === undefined) return { ...rule, endpoint, when: rule.when ?? 'before-commit' }
  const kind = Object.hasOwn(kinds, action.kind) ? kinds[action.kind] : undefined
  if (kind === undefined) {
    throw wrong('action.kind', action.kind, `Choose one of ${Object.keys(kinds).join(', ')}.`)
  }
  const { needs = {}, takes = {}, only = endpoint, after } = kind
  checked(action, { kind: text, ...needs }, takes, `the fault ${action.kind}`)
  if (only !== endpoint) {
    throw wrong('endpoint', endpoint, `The fault ${action.kind} is for the endpoint ${only}.`)
  }
  if (after === true && rule.when === 'before-commit') {
    throw wrong('when', rule.when, `The fault ${action.kind} changes an answer: leave "when" out.`)
  }
  return { ...rule, endpoint, when: after ? 'after-commit' : (rule.when ?? 'before-commit') }
}

/** The object, when it has what it needs, nothing that is unknown, and nothing that is unusable. */
function checked(
  given: object,
  needs: Readonly<Record<string, Check>>,
  takes: Readonly<Record<string, Check>>,
  where: string,
): object {
  const known: Readonly<Record<string, Check>> = { ...needs, ...takes }
  for (const [name, value] of Object.entries(given)) {
    const check = Object.hasOwn(known, name) ? known[name] : undefined
    if (check === undefined) {
      throw wrong(name, value, `Of ${where} these are known: ${Object.keys(known).join(', ')}.`)
    }
    if (value !== undefined && !check(value)) throw wrong(name, value, `It is part of ${where}.`)
  }
  const missing = Object.keys(needs).find((name) => !Object.hasOwn(given, name))
  if (missing !== undefined) throw wrong(missing, undefined, `It is needed for ${where}.`)
  return given
}

function wrong(name: string, value: unknown, remedy: string): InvalidArgumentError {
  const shown = value === undefined ? 'missing' : (JSON.stringify(value) ?? String(value))
  const short = shown.length > 80 ? `${shown.slice(0, 80)}...` : shown
  return new InvalidArgumentError(`The fault's ${name} cannot be ${short}.`, {
    facts: { option: name, value: short },
    remedy,
  })
}
