// Refreshes a grant and is killed at the step it is told: every change to a disk, every call of the store and both ends
// of the request are steps. Without a step to die at it tells how many there are.
import fs from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const { place, endpoints, killAt } = JSON.parse(process.env.CTRADER_TEST_CHILD)
let counting = false
let step = 0

function point() {
  if (!counting) return
  step += 1
  if (step !== killAt) return
  process.kill(process.pid, 'SIGKILL')
  // The signal is on its way: nothing else may happen.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

function around(target, name) {
  const call = target[name]
  target[name] = async function (...args) {
    point()
    const result = await call.apply(this, args)
    point()
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

const { createGrantCoordinator } = await import('ctrader-open-api/oauth')
const { application, key, openStore } = await import('./open-store.mjs')
const opened = openStore(place)
const store = { load: opened.load.bind(opened), save: opened.save.bind(opened) }
store.delete = opened.delete.bind(opened)
store.list = opened.list.bind(opened)
store.lock = async (...args) => {
  point()
  const lock = await opened.lock(...args)
  const release = lock.release.bind(lock)
  lock.release = async () => {
    point()
    await release()
    point()
  }
  point()
  return lock
}
for (const name of ['load', 'save']) around(store, name)

const fetchInSteps = async (...args) => {
  point()
  const response = await fetch(...args)
  point()
  const body = await response.text()
  point()
  return new Response(body, { status: response.status, headers: response.headers })
}
const grant = createGrantCoordinator({ store, key, application, endpoints, fetch: fetchInSteps })
const seen = await grant.current()
counting = true
await grant.replace(seen)
counting = false
console.log(step)
await grant.close()
await opened.close?.()
