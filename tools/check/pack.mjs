// The package as it would be published.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Packs what is built into a tarball in `folder`; returns its path. Nothing is rebuilt. */
export function pack(folder) {
  const [info] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  )
  return join(folder, info.filename)
}

/** Installs a tarball with its runtime dependencies, and nothing else, in an empty folder. */
export function install(tarball, folder) {
  npm(
    [
      'install',
      '--omit=dev',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      tarball,
    ],
    folder,
  )
}

function npm(args, cwd) {
  // Set by the npm that started us, and pointing at this repository; the inner one has its own folder.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle|config_(local_)?prefix)/.test(name),
    ),
  )
  return execFileSync('npm', args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
