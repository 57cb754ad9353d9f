// Refreshes a grant while this process may not write files of more than a few bytes: the system then breaks writes off in
// the middle, without any privilege being needed for it. Tells what came of it, with the limit and without.
import { execFileSync } from 'node:child_process'
import { createGrantCoordinator } from 'ctrader-open-api/oauth'
import { createFileEmergencyCopy } from 'ctrader-open-api/stores/file'
import { application, key, openStore } from './open-store.mjs'

const { place, emergencyDirectory, endpoints, when } = JSON.parse(process.env.CTRADER_TEST_CHILD)
const limit = (bytes) =>
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`])

const store = openStore(place)
const emergency = createFileEmergencyCopy({ directory: emergencyDirectory })
let due = when === 'after the token is spent'
const fetchAndLimit = async (...request) => {
  const response = await fetch(...request)
  if (due) limit(40)
  due = false
  return response
}
const options = { store, key, application, endpoints, emergency, fetch: fetchAndLimit }
const grant = createGrantCoordinator(options)
const seen = await grant.current()
if (when === 'before the refresh') limit(40)
const limited = await grant.replace(seen).then(
  ({ generation }) => ({ generation, persisted: grant.health().persisted }),
  ({ code, facts, remedy }) => ({ code, systemCode: facts.systemCode, remedy }),
)
const again = await grant.refresh().then(
  () => 'refreshed',
  ({ code }) => code,
)
limit('unlimited')
while (!grant.health().persisted) await new Promise((resolve) => setImmediate(resolve))
const { generation } = await grant.refresh()
await grant.close()
console.log(JSON.stringify({ limited, again, generation }))
