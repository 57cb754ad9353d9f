// `npm run bench`: every benchmark in a process of its own, one after the other.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bundle } from '../tools/bundle.mjs'

const benches = [
  'codec',
  'receive',
  'round-trip',
  'scheduler',
  'session',
  'start-up',
  'login',
  'coordinator',
  'push',
  'desk',
  'sandboxes',
]
const wanted = process.argv.slice(2)
const bundles = fileURLToPath(new URL('../.cache/bench', import.meta.url))
await bundle({ internals: 'bench/internals.ts' }, bundles)
await bundle({ codec: 'src/protocol/generated/codec.ts' }, bundles)
let failed = false
for (const name of benches.filter((bench) => wanted.length === 0 || wanted.includes(bench))) {
  const file = fileURLToPath(new URL(`${name}.mjs`, import.meta.url))
  // A larger young generation keeps the collector out of the loops that measure something else.
  const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64']
  const { status } = spawnSync(process.execPath, [...flags, file], { stdio: 'inherit' })
  failed ||= status !== 0
}
process.exitCode = failed ? 1 : 0
