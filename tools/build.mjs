// Compiles src/ into dist/ and makes the command executable. Safe to run twice at once only in turn:
// the output is written to a fresh folder and swapped in, so that a reader never sees half a build.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const fresh = `${root}dist.${process.pid}`
const old = `${root}dist.${process.pid}.old`

const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
const run = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
})
if (run.status !== 0) {
  rmSync(fresh, { recursive: true, force: true })
  process.exit(run.status ?? 1)
}
chmodSync(`${fresh}/cli/main.js`, 0o755)
if (existsSync(`${root}dist`)) renameSync(`${root}dist`, old)
renameSync(fresh, `${root}dist`)
rmSync(old, { recursive: true, force: true })
