import { expect, test } from 'vitest'
import { redirectDifference } from './redirect-difference.ts'

const registered = ['http://127.0.0.1:8080/auth/callback', 'https://app.example/callback']

test.each([
  ['http://127.0.0.1:8081/auth/callback', `It differs from ${registered[0]} in the port.`],
  ['http://localhost:8080/auth/callback', `It differs from ${registered[0]} in the host.`],
  [
    'http://127.0.0.1:8080/auth/callback/',
    `Only the slash at the end makes it different from ${registered[0]}.`,
  ],
  [
    'http://app.example/callback?a=b',
    `It differs from ${registered[1]} in the scheme and the query.`,
  ],
  [
    'http://127.0.0.1:8080/auth/./callback',
    `It differs from ${registered[0]} only in how it is written.`,
  ],
])('%s: %s', (asked, sentence) => {
  expect(redirectDifference(asked, registered)).toBe(sentence)
})

test('what has little in common, or is no address, is not compared', () => {
  expect(redirectDifference('ftp://elsewhere.example:9/x', registered)).toBeUndefined()
  expect(redirectDifference('not an address', registered)).toBeUndefined()
  expect(redirectDifference('http://127.0.0.1:8080/auth/callback', ['nothing'])).toBeUndefined()
})
