import { expect, test } from 'vitest'
import { type Covered, codeGaps, coverageGaps, success } from './coverage.ts'
import { forms } from './documented.ts'

const wanted = { trader: ['before the account'], version: [] }
const all: readonly Covered[] = [
  ...forms.map((form) => ({ request: 'trader', what: success, form })),
  ...forms.map((form) => ({ request: 'trader', what: 'before the account', form })),
  ...forms.map((form) => ({ request: 'version', what: success, form })),
]

test('nothing is missing where each request, failure and form has its test', () => {
  expect(coverageGaps(wanted, forms, all)).toEqual([])
})

test('a request, a failure and a form that are missing are each named', () => {
  const without = (lacks: (one: Covered) => boolean) =>
    coverageGaps(
      wanted,
      forms,
      all.filter((one) => !lacks(one)),
    )
  expect(without(({ request }) => request === 'version')).toEqual([
    `no test: version, ${success}, over protobuf`,
    `no test: version, ${success}, over json`,
  ])
  expect(without(({ what, form }) => what === 'before the account' && form === 'json')).toEqual([
    'no test: trader, before the account, over json',
  ])
  expect(without(({ form }) => form === 'protobuf')).toHaveLength(3)
})

test('a test of what nobody documented is named too', () => {
  const stray = { request: 'trader', what: 'a full moon', form: 'json' } as const
  expect(coverageGaps(wanted, forms, [...all, stray])).toEqual([
    'not documented: trader, a full moon, over json',
  ])
})

test('an error code needs a failure that provokes it, or a reason, and not both', () => {
  const codes = ['NO_QUOTES', 'TIMEOUT_ERROR']
  const reason = { TIMEOUT_ERROR: 'nothing takes long' }
  expect(codeGaps(codes, ['NO_QUOTES'], reason)).toEqual([])
  expect(codeGaps(codes, [], reason)).toEqual(['not provoked: NO_QUOTES'])
  expect(codeGaps(codes, codes, reason)).toEqual(['provoked after all: TIMEOUT_ERROR'])
  expect(codeGaps(codes, ['NO_QUOTES', 'NO_LUCK'], reason)).toEqual(['no error code: NO_LUCK'])
})
