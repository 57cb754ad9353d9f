import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { inspect } from 'node:util'
import { test } from 'vitest'
import { CTraderError } from '../../../src/errors.ts'
import { silentLogger } from '../../../src/log.ts'
import { Secret } from '../../../src/secret.ts'

// Each test passes, and gives a secret away in one of the ways that are watched.
const plant = (name: string): string => new Secret(`planted-${name}-0123456789`).reveal()

test('the log', () => {
  silentLogger.info({ deep: { inside: [plant('log')] } }, 'logged in')
})

test('an error', () => {
  const cause = new Error('the driver said', { cause: { url: `https://x/?t=${plant('cause')}` } })
  new CTraderError('LEAKY', `It failed: ${plant('message')}.`, { cause })
})

test('an error that nobody shows', () => {
  new CTraderError('LEAKY', 'Silent.', { facts: { header: plant('facts') } })
})

test('an inspection', () => {
  inspect({ tokens: { access: plant('inspect') } })
})

test('printing', () => {
  process.stdout.write(`${plant('stdout')}\n`)
  console.warn('token', { value: plant('console') })
})

test('a program and its arguments', async () => {
  const script = `console.error(process.env.LEAK.slice(0, 9)); console.error('x')
    process.stdout.write(process.env.LEAK.slice(0, 9)); setTimeout(() => process.stdout.write(process.env.LEAK.slice(9)), 50)`
  const env = { ...process.env, LEAK: plant('program') }
  const child = spawn(process.execPath, ['-e', script, plant('arguments')], { env })
  await once(child, 'close')
})

test('in another form', () => {
  const basic = Buffer.from(`7_id:${plant('base64-of-it')}`).toString('base64')
  console.log(`Authorization: Basic ${basic}`)
  console.log(encodeURIComponent(new Secret('planted url/form&of it').reveal()))
})

test('a program that is waited for without a turn', () => {
  spawnSync(process.execPath, ['-e', `console.log('${plant('sync')}')`])
})
