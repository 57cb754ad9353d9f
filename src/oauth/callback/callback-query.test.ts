import { describe, expect, test } from 'vitest'
import { readCallbackQuery } from './callback-query.ts'

describe('the query of a callback', () => {
  test('a code is read, with state and issuer when they are there', () => {
    const answer = readCallbackQuery('code=a%2Bb%2F1&state=s&iss=https%3A%2F%2Fx&other=1')
    expect(answer).toMatchObject({ kind: 'code', state: 's', issuer: 'https://x' })
    expect(answer.kind === 'code' && answer.code.reveal()).toBe('a+b/1')
    expect(readCallbackQuery('code=a')).toMatchObject({ state: undefined, issuer: undefined })
  })

  test('an error is read with its description', () => {
    expect(readCallbackQuery('error=access_denied&error_description=no+thanks&state=s')).toEqual({
      kind: 'error',
      error: 'access_denied',
      description: 'no thanks',
      state: 's',
      issuer: undefined,
    })
  })

  test.each([
    ['code=a&code=a', '"code" more than once'],
    ['code=a&state=s&state=s', '"state" more than once'],
    ['error=a&error=b', '"error" more than once'],
    ['code=a&iss=x&iss=x', '"iss" more than once'],
    ['error=a&error_description=b&error_description=b', 'more than once'],
    ['code=a&error=access_denied', 'a code and an error'],
    ['code=', 'code is empty'],
    ['', 'neither a code nor an error'],
    ['state=s', 'neither a code nor an error'],
    ['error=', 'not a word'],
    [`code=${'a'.repeat(4097)}`, 'longer than 4096'],
    ['code=%00', 'characters that no code has'],
    ['code=a%0Ab', 'characters that no code has'],
    ['code=%C3%A9', 'characters that no code has'],
    ['code=%FF', 'characters that no code has'],
    ['error=%1B%5B31m', 'not a word'],
  ])('CB-9: %s is malformed', (query, problem) => {
    const answer = readCallbackQuery(query)
    expect(answer).toMatchObject({ kind: 'malformed' })
    expect(answer.kind === 'malformed' && answer.problem).toContain(problem)
  })

  test('the longest code allowed is still a code', () => {
    expect(readCallbackQuery(`code=${'a'.repeat(4096)}`).kind).toBe('code')
  })
})
