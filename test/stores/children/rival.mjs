// One of many programs at work on one grant. It waits until all are there, and then names the generation it saw again
// and again; or, to compare with, only takes the lock and updates the record.
import { once } from 'node:events'
import { createGrantCoordinator, createTokenSet } from 'ctrader-open-api/oauth'
import { application, key, openStore } from './open-store.mjs'

const { place, endpoints, calls, plain = false } = JSON.parse(process.env.CTRADER_TEST_CHILD)
const store = openStore(place)
const options = { lockTimeoutMs: 120_000, waitMs: 120_000, storeTimeoutMs: 120_000 }
const grant = createGrantCoordinator({ store, key, application, endpoints, ...options })
let token = await grant.current()
console.log('ready')
await once(process.stdin, 'data')
const seen = []
for (let call = 0; call < calls; call++) {
  if (plain) {
    const lock = await store.lock(key, { owner: 'rival', timeoutMs: 120_000 })
    const record = await store.load(key, lock)
    const tokens = createTokenSet({ accessToken: 'a', refreshToken: 'r' })
    await store.save(
      { ...record, generation: record.generation + 1, tokens },
      record.generation,
      lock,
    )
    await lock.release()
  } else {
    token = await grant.replace(token)
    seen.push(token.generation)
  }
}
console.log(JSON.stringify(seen))
process.stdin.destroy()
await grant.close()
await store.close?.()
