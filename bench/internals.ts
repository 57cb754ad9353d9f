// What the benchmarks measure below the package's surface. main.mjs bundles it to .cache/bench, as the package is.
export { ManualClock } from '../src/async/manual-clock.ts'
export { silentLogger } from '../src/log.ts'
export { createApiServer } from '../src/sandbox/api-server/api-server.ts'
export { createDesk } from '../src/sandbox/desk/index.ts'
export { createMarket, createScriptedMarket } from '../src/sandbox/market/index.ts'
export { createPeople } from '../src/sandbox/people.ts'
export { Random } from '../src/sandbox/random.ts'
export { createWorld } from '../src/sandbox/world/index.ts'
