// What it costs to begin: importing the client, and a sandbox that is ready, both against `node -e 0`.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { interleave, median, printReport, report } from './measure.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

function run(code) {
  const began = process.hrtime.bigint()
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
  })
  if (status !== 0) throw new Error(String(stderr))
  return Number(process.hrtime.bigint() - began) / 1e6
}

async function sandboxReady() {
  const began = process.hrtime.bigint()
  const child = spawn(process.execPath, [`${root}dist/cli/main.js`, 'sandbox', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const took = Number(process.hrtime.bigint() - began) / 1e6
  child.kill('SIGTERM')
  await once(child, 'exit')
  return took
}

const candidates = {
  node: () => run('0'),
  client: () => run("await import('ctrader-open-api')"),
  sandbox: sandboxReady,
}
await interleave(candidates, 1)
const results = await interleave(candidates, 9)
const node = median(results.node)
report("import 'ctrader-open-api', beyond node -e 0", median(results.client) - node, {
  atMost: 60,
  unit: ' ms',
})
report('sandbox ready', median(results.sandbox), { atMost: 1000, unit: ' ms' })
report('sandbox ready / node -e 0', median(results.sandbox) / node, { unit: 'x' })
report('node -e 0', node, { unit: ' ms' })
printReport('Start')
