// Bundles modules of src/ for Node. Reading many small files costs more than running them: the client alone is over
// a hundred, and a program that imports it should not wait for each.
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const foreign = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })

/** What package.json promises, as the bundler's entries: the name below dist/ and the source it is made from. */
export function publicEntries() {
  const targets = [...Object.values(manifest.exports), ...Object.values(manifest.bin)]
  const names = targets.flatMap((target) => /^\.\/dist\/(.+)\.js$/.exec(target)?.[1] ?? [])
  return Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]))
}

/**
 * Entries keep their names. What several of them use goes to files that they share, so that a class is the same
 * class however it was imported.
 */
export async function bundle(entries, directory) {
  const build = await rolldown({
    cwd: root,
    input: entries,
    platform: 'node',
    external: (id) =>
      id.startsWith('node:') || foreign.some((name) => id === name || id.startsWith(`${name}/`)),
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  const { output } = await build.write({
    dir: directory,
    format: 'es',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: ({ moduleIds }) => `${homeOf(moduleIds)}shared/[name].js`,
    // The package has the sources beside them, or leaves out the maps as well.
    sourcemapExcludeSources: true,
    minifyInternalExports: false,
  })
  await build.close()
  for (const file of output) {
    refuseRenamedClasses(file)
    escapeLetters(directory, file)
  }
}

/**
 * One letter beyond Latin makes the engine hold a whole file in two bytes a letter, and read it half as fast. Texts,
 * templates and patterns mean the same with escapes.
 */
function escapeLetters(directory, { fileName, code = '' }) {
  const escaped = code.replaceAll(
    /[^\0-\x7f]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  if (escaped !== code) writeFileSync(join(directory, fileName), escaped)
}

/** The command and the sandbox are packed without sources and maps, so what is made from theirs stays with them. */
function homeOf(moduleIds) {
  const home = ['cli/', 'sandbox/'].find((folder) =>
    moduleIds.some((id) => relative(root, id).startsWith(`src/${folder}`)),
  )
  return home ?? ''
}

/** An error's name is that of its class, which the bundler changes where two classes of a file have one name. */
function refuseRenamedClasses({ fileName, code = '' }) {
  const name = /(\w+)\$\d+ = class\b|class (\w+)\$\d+/.exec(code)?.slice(1).find(Boolean)
  if (name !== undefined) throw new Error(`${fileName}: two classes are called ${name}`)
}
