// Makes dist/ from src/: the bundled modules, their declarations, and the command, executable. With --if-stale: only
// when dist/ is missing or older than what it is made from.
//
// The output is written to a folder of its own and swapped in at the end, so that a reader never sees half a
// build, and builds that run at the same time do not mix.
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isBuilt } from './built.mjs'
import { bundle, publicEntries } from './bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const fresh = join(root, `dist.${process.pid}`)
const tsc = join(root, 'node_modules/typescript/bin/tsc')

if (!process.argv.includes('--if-stale') || !isBuilt()) await build()

async function build() {
  sweep()
  const began = new Date()
  try {
    const { status } = spawnSync(
      process.execPath,
      [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
    )
    if (status !== 0) {
      process.exitCode = status ?? 1
      return
    }
    await bundle(publicEntries(), fresh)
    const command = join(fresh, 'cli/main.js')
    chmodSync(command, 0o755)
    // The command's time is that of the sources as they were read: an edit made meanwhile is newer.
    utimesSync(command, began, began)
    swapIn()
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function swapIn() {
  const dist = join(root, 'dist')
  for (let attempt = 1; ; attempt++) {
    const old = `${fresh}.old${attempt}`
    try {
      renameSync(dist, old)
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
    try {
      renameSync(fresh, dist)
      rmSync(old, { recursive: true, force: true })
      return
    } catch (error) {
      // Another build put its own in place between our two steps.
      rmSync(old, { recursive: true, force: true })
      if (attempt === 5 || !['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error
    }
  }
}

/** Removes what builds left behind that were killed. */
function sweep() {
  for (const name of readdirSync(root)) {
    const pid = /^dist\.(\d+)(\.old\d*)?$/.exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) {
      rmSync(join(root, name), { recursive: true, force: true })
    }
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
