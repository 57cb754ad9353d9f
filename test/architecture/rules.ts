import { basename, posix } from 'node:path'
import { allowedFrom, levelOf, oauthLevels } from './layers.ts'
import { type ParsedFile, publicSources } from './source.ts'

/** Looks at one file and names what it finds wrong, one sentence each. */
export type Rule = (file: ParsedFile) => readonly string[]

/** The ceiling for one file. The aim is 60 to 200 lines. */
const lineCeiling = 400

// What everything may use: errors, logging, time, exact numbers.
const groundLevel = levelOf('async') ?? 0

const bannedNames = [
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'misc',
  'manager',
  'base',
  'impl',
  'types',
]

// Wire names end where the areas translate them. What the areas give to their callers is held by the check of
// the public API, which reads the declarations of the built package.
const wireFolders = [
  'protocol',
  'session',
  'accounts',
  'trading',
  'market',
  'history',
  'state',
  'sandbox',
]
const wireFiles = [/^src\/cli\/commands\/raw[\w-]*\.ts$/]

// Folders that talk to the outside world. The others are functions of what they are given.
const ioFolders = ['oauth', 'transport', 'stores', 'gateway', 'web', 'sandbox', 'cli']
const pureModules = ['node:buffer', 'node:crypto', 'node:util']

/** The folder of `src` a file belongs to, or the file's own name when it stands in `src` itself. */
function layerOf(path: string): string {
  const [, first = ''] = path.split('/')
  return first.replace(/(\.test)?\.ts$/, '')
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts')
}

function isGenerated(path: string): boolean {
  return path.startsWith('src/protocol/generated/')
}

const importsLookDown: Rule = (file) => {
  const own = layerOf(file.path)
  if (own !== 'sandbox' && levelOf(own) === undefined) {
    return [`${file.path}: "${own}" has no place in the layer table (test/architecture/layers.ts)`]
  }
  const allowed = allowedFrom(own)
  return file.imports.flatMap(({ target, specifier }) => {
    if (target === undefined) return []
    if (!target.startsWith('src/')) return [`${file.path} imports ${specifier}, outside of src`]
    const layer = layerOf(target)
    if (layer === own || allowed.includes(layer)) return []
    return [`${file.path} imports ${specifier}: "${own}" must not import "${layer}"`]
  })
}

/** The login has enough folders to need the same order among them. */
const oauthFoldersLookDown: Rule = (file) => {
  if (layerOf(file.path) !== 'oauth' || isTest(file.path)) return []
  const levelWithin = (path: string): number => {
    const [, , name = ''] = path.replace(/\.ts$/, '').split('/')
    return oauthLevels.findIndex((names) => names.includes(name))
  }
  const folder = posix.dirname(file.path)
  const own = levelWithin(file.path)
  if (own === -1) return [`${file.path} has no place in the table of oauth's folders`]
  return file.imports
    .filter(({ target }) => target !== undefined && layerOf(target) === 'oauth')
    .filter(({ target = '' }) => folder === 'src/oauth' || posix.dirname(target) !== folder)
    .filter(({ target = '' }) => levelWithin(target) >= own)
    .map(({ specifier }) => `${file.path} imports ${specifier}, which is not below it`)
}

/**
 * The command is built from what everybody can import, so that what it shows can be done by others too. Time and the
 * like, which everything here shares, are the exception.
 */
const commandUsesPublicModules: Rule = (file) => {
  if (layerOf(file.path) !== 'cli' || isTest(file.path)) return []
  return file.imports
    .filter(({ target }) => target !== undefined && !target.startsWith('src/cli/'))
    .filter(({ target = '' }) => !publicSources.includes(target))
    .filter(
      ({ target = '' }) => (levelOf(layerOf(target)) ?? Number.POSITIVE_INFINITY) > groundLevel,
    )
    .map(({ specifier }) => `${file.path} imports ${specifier}, which is no subpath of the package`)
}

const innerFoldersDoNoIo: Rule = (file) => {
  if (ioFolders.includes(layerOf(file.path)) || isTest(file.path)) return []
  return file.imports
    .filter(({ specifier }) => specifier.startsWith('node:') && !pureModules.includes(specifier))
    .map(
      ({ specifier }) => `${file.path} imports ${specifier}: this folder does no input or output`,
    )
}

const wireNamesStayInside: Rule = (file) => {
  if (isTest(file.path) || wireFolders.includes(layerOf(file.path))) return []
  if (wireFiles.some((pattern) => pattern.test(file.path))) return []
  return file.wireNames.map((name) => `${file.path} uses the wire name ${name}`)
}

const timeAndChanceComeIn: Rule = (file) => {
  if (file.path === 'src/async/clock.ts' || isTest(file.path)) return []
  const imported = file.imports.filter(({ specifier }) => /^node:timers(\/|$)/.test(specifier))
  return [...file.ambient, ...imported.map(({ specifier }) => specifier)].map(
    (name) => `${file.path} uses ${name}; take a Clock, or randomness, as an option`,
  )
}

/** The same seed must give the same prices on every version of Node and every machine. */
const pricesAreExact: Rule = (file) => {
  if (!file.path.startsWith('src/sandbox/market/') || isTest(file.path)) return []
  return file.inexact.map(
    (name) => `${file.path} uses ${name}, whose last digit (or knowledge) is the machine's own`,
  )
}

// The two halves of the integer being read: set and used within one synchronous call, so that reading a 64-bit
// field allocates nothing.
const registers = ['src/protocol/wire-read.ts low', 'src/protocol/wire-read.ts high']

const noModuleState: Rule = (file) => {
  if (isTest(file.path)) return []
  return file.moduleState
    .filter((name) => !registers.includes(`${file.path} ${name}`))
    .map((name) => `${file.path} keeps "${name}" as a variable of the module`)
}

// `require()` of an ES module fails on the first top-level await it meets.
const canBeRequired: Rule = (file) =>
  file.hasTopLevelAwait && file.path !== 'src/cli/main.ts' && !isTest(file.path)
    ? [`${file.path} awaits at the top level, so that CommonJS programs cannot require it`]
    : []

const filesStaySmall: Rule = (file) =>
  file.lines > lineCeiling && !isGenerated(file.path)
    ? [`${file.path} has ${file.lines} lines; the ceiling is ${lineCeiling}`]
    : []

const namesSaySomething: Rule = (file) => {
  const words = file.path.replace(/^src\//, '').split('/')
  const banned = words
    .map((word) => word.replace(/(\.test)?\.ts$/, ''))
    .filter((word) => bannedNames.includes(word))
  const shape = /^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(basename(file.path))
    ? []
    : [`${file.path} is not named in kebab-case`]
  return [
    ...banned.map((word) => `${file.path}: "${word}" says nothing about what is in it`),
    ...shape,
  ]
}

const noDefaultExports: Rule = (file) =>
  file.hasDefaultExport ? [`${file.path} has a default export`] : []

const exportsAreNamed: Rule = (file) =>
  file.starExports
    .filter(
      (specifier) =>
        !(file.path === 'src/protocol/index.ts' && specifier.startsWith('./generated/')),
    )
    .map((specifier) => `${file.path} re-exports everything of ${specifier}; list the names`)

/** Rules that a file can break on its own. */
export const rules = {
  importsLookDown,
  oauthFoldersLookDown,
  commandUsesPublicModules,
  innerFoldersDoNoIo,
  wireNamesStayInside,
  timeAndChanceComeIn,
  pricesAreExact,
  noModuleState,
  canBeRequired,
  filesStaySmall,
  namesSaySomething,
  noDefaultExports,
  exportsAreNamed,
} as const

/** The import cycles among files, each as a path that ends where it began. Types are erased, so they make none. */
export function findCycles(files: readonly ParsedFile[]): string[] {
  const edges = new Map<string, string[]>()
  for (const file of files) {
    const targets = file.imports
      .filter((line) => !line.typeOnly)
      .flatMap((line) => line.target ?? [])
    edges.set(file.path, targets)
  }
  const cycles: string[] = []
  const done = new Set<string>()
  const trail: string[] = []
  const walk = (path: string): void => {
    const at = trail.indexOf(path)
    if (at !== -1) cycles.push([...trail.slice(at), path].join(' -> '))
    if (at !== -1 || done.has(path)) return
    trail.push(path)
    for (const target of edges.get(path) ?? []) walk(target)
    trail.pop()
    done.add(path)
  }
  for (const path of edges.keys()) walk(path)
  return cycles
}
