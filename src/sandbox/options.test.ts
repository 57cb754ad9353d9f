import { expect, test } from 'vitest'
import { InvalidArgumentError } from '../errors.ts'
import { checkSandboxOptions, type SandboxOptions } from './options.ts'
import { parseSandboxOptions } from './options-text.ts'

test('no options at all are good options', () => {
  expect(() => checkSandboxOptions({})).not.toThrow()
  expect(parseSandboxOptions({})).toEqual({})
})

test.each<[keyof SandboxOptions, unknown]>([
  ['seed', 1.5],
  ['seed', Number.NaN],
  ['seed', 2 ** 53],
  ['marketHours', 'weekend'],
  ['rules', 'none'],
  ['rules', null],
  ['speed', 0],
  ['speed', -1],
  ['speed', Number.POSITIVE_INFINITY],
  ['httpPort', 65_536],
  ['demoPort', -1],
  ['livePort', 80.5],
  ['demoJsonPort', 65_536],
  ['liveJsonPort', 70_000],
  ['redirectUris', []],
  ['redirectUris', ['/callback']],
  ['redirectUris', ['localhost:8080/callback']],
  ['redirectUris', ['http://127.0.0.1:8080/callback#here']],
  ['replay', { '': 'ticks.csv' }],
  ['replay', { EURUSD: '' }],
])('%s cannot be %j, and the error names the option', (name, value) => {
  const check = (): void => checkSandboxOptions({ [name]: value })
  expect(check).toThrow(InvalidArgumentError)
  expect(check).toThrow(name)
})

test('two servers cannot share a port, but any number of them may take a free one', () => {
  expect(() => checkSandboxOptions({ demoPort: 5035, livePort: 5035 })).toThrow(
    /livePort cannot be 5035.*demoPort/,
  )
  expect(() => checkSandboxOptions({ httpPort: 0, demoPort: 0, livePort: 0 })).not.toThrow()
})

test('redirect URIs of native applications are welcome', () => {
  expect(() => checkSandboxOptions({ redirectUris: ['myapp://callback'] })).not.toThrow()
})

test('the command line becomes options', () => {
  const text = {
    seed: '-7',
    marketHours: 'real',
    speed: '2.5',
    httpPort: '4000',
    demoPort: '0',
    redirectUri: ['http://localhost:1/cb'],
    replay: ['EURUSD=a=b.csv', 'XAUUSD=/data/gold.csv.gz'],
    caDir: '/tmp/ca',
  }
  expect(parseSandboxOptions(text)).toEqual({
    seed: -7,
    marketHours: 'real',
    speed: 2.5,
    httpPort: 4000,
    demoPort: 0,
    redirectUris: ['http://localhost:1/cb'],
    replay: { EURUSD: 'a=b.csv', XAUUSD: '/data/gold.csv.gz' },
    caDir: '/tmp/ca',
  })
})

test.each([
  { seed: '' },
  { seed: '0x10' },
  { demoPort: 'five' },
  { speed: '1e999' },
  { speed: '-1' },
  { marketHours: 'sometimes' },
  { replay: ['EURUSD'] },
  { replay: ['=file'] },
  { replay: ['EURUSD='] },
  { replay: ['EURUSD=a', 'EURUSD=b'] },
])('the command line %j is refused', (text) => {
  expect(() => parseSandboxOptions(text)).toThrow(InvalidArgumentError)
})
