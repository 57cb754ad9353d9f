// What a user's disk pays for `npm install ctrader-open-api`, without optional peers.
// Usage: node tools/check/install-size.mjs [TARBALL]
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install, pack } from './pack.mjs'

const ceiling = 15_000_000

const scratch = mkdtempSync(join(tmpdir(), 'ctrader-size-'))
try {
  const tarball = process.argv[2] ?? pack(scratch)
  writeFileSync(join(scratch, 'package.json'), '{ "private": true }\n')
  install(tarball, scratch)
  const sizes = packageSizes(join(scratch, 'node_modules'))
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0)
  for (const [name, bytes] of sizes.slice(0, 8)) console.log(`${megabytes(bytes)}  ${name}`)
  console.log(`${megabytes(total)} installed, ceiling ${megabytes(ceiling)}`)
  if (total >= ceiling) process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function packageSizes(modules) {
  const names = readdirSync(modules).flatMap((name) =>
    name.startsWith('@')
      ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`)
      : [name],
  )
  return names.map((name) => [name, diskUse(join(modules, name))]).sort((a, b) => b[1] - a[1])
}

/** Blocks, not bytes: many small files cost more than they hold. */
function diskUse(path) {
  const stat = lstatSync(path)
  if (!stat.isDirectory()) return stat.blocks * 512
  return readdirSync(path).reduce((sum, name) => sum + diskUse(join(path, name)), stat.blocks * 512)
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
