// Refreshes a grant, or saves a first login, and is killed at the step it is told by name: both ends of every change to a
// disk, of every call of the store and of the keychain, and of the request are steps. The last thing it says is where it
// dies; without a step to die at it tells all of them.
import fs from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const { place, endpoints, task, killAt } = JSON.parse(process.env.CTRADER_TEST_CHILD)
let counting = false
const times = new Map()
const steps = []

function point(name) {
  if (!counting) return
  const count = (times.get(name) ?? 0) + 1
  times.set(name, count)
  const step = `${name} #${count}`
  steps.push(step)
  if (step !== killAt) return
  fs.writeSync(1, JSON.stringify({ killedAt: step }))
  process.kill(process.pid, 'SIGKILL')
  // The signal is on its way: nothing else may happen.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

function around(target, name) {
  const call = target[name]
  target[name] = async function (...args) {
    point(`before ${name}`)
    const result = await call.apply(this, args)
    point(`after ${name}`)
    return result
  }
}

const handle = await open(process.execPath)
for (const name of ['writeFile', 'sync']) around(Object.getPrototypeOf(handle), name)
await handle.close()
for (const name of ['open', 'rename', 'unlink', 'link', 'mkdir', 'truncate']) {
  around(fs.promises, name)
}
syncBuiltinESMExports()
if (place.kind === 'keychain') {
  const { AsyncEntry } = await import('@napi-rs/keyring')
  for (const name of ['getSecret', 'setSecret']) around(AsyncEntry.prototype, name)
}

const { createGrantCoordinator, createTokenSet } = await import('ctrader-open-api/oauth')
const { application, key, openStore } = await import('./open-store.mjs')
const opened = openStore(place)
const store = { load: opened.load.bind(opened), save: opened.save.bind(opened) }
store.delete = opened.delete.bind(opened)
store.list = opened.list.bind(opened)
store.lock = async (...args) => {
  point('before lock')
  const lock = await opened.lock(...args)
  around(lock, 'release')
  point('after lock')
  return lock
}
for (const name of ['load', 'save']) around(store, name)

const fetchInSteps = async (...args) => {
  point('before request')
  const response = await fetch(...args)
  point('before body')
  const body = await response.text()
  point('after request')
  return new Response(body, { status: response.status, headers: response.headers })
}
if (task === 'refresh') {
  const grant = createGrantCoordinator({ store, key, application, endpoints, fetch: fetchInSteps })
  counting = true
  await grant.replace(await grant.current())
  counting = false
  await grant.close()
} else {
  const tokens = createTokenSet({ accessToken: 'access-1', refreshToken: 'refresh-1' })
  const record = { key, generation: 1, tokens, status: 'live' }
  counting = true
  const lock = await store.lock(key, { owner: 'first' })
  await store.save(record, 0, lock)
  await lock.release()
  counting = false
}
fs.writeSync(1, JSON.stringify({ steps }))
await opened.close?.()
