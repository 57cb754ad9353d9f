// The public names of every subpath against the committed list, tools/check/api.txt: a name that appears or goes
// is a change people notice, and belongs in a changeset. Also: what is declared is there at run time, and the
// protocol's own names stay below the public surface.
// Usage: node tools/check/api.mjs [--write]
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const list = new URL('api.txt', import.meta.url)
// The compiler in use has no API; the docs workspace has one that does.
const ts = createRequire(`${root}docs/package.json`)('typescript')

const wireName = /^(Proto(OA)?[A-Z]\w*|ctidTraderAccount(Id)?)$/
// The session hands out raw messages by purpose; sandbox and protocol speak the protocol.
const rawFolders = /\/dist\/(protocol|session|sandbox)\//

const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
const entries = Object.entries(exports)
  .filter(([, target]) => target.endsWith('.js'))
  .map(([subpath, target]) => ({
    subpath,
    module: `${root}${target.slice(2)}`,
    declarations: `${root}${target.slice(2, -3)}.d.ts`,
  }))
const program = ts.createProgram(
  entries.map((entry) => entry.declarations),
  {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  },
)
const checker = program.getTypeChecker()

const problems = []
let text =
  '# The public names of each subpath. After a wanted change: npm run check:api -- --write\n'
for (const entry of entries) {
  const names = publicNames(entry)
  text += `\n${entry.subpath}\n${names.map(({ kind, name }) => `  ${kind} ${name}\n`).join('')}`
  await compareWithRunTime(entry, names)
  for (const name of names) reportWireNames(entry, name)
}
if (process.argv.includes('--write')) writeFileSync(list, text)
else compareWithList(readFileSync(list, { encoding: 'utf8', flag: 'a+' }), text)

for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
else console.log(`${[...namesIn(text)].length} public names`)

function publicNames({ subpath, declarations }) {
  const source = program.getSourceFile(declarations)
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source)
  if (module === undefined) {
    problems.push(`${subpath}: ${declarations} is not there, or exports nothing`)
    return []
  }
  return checker
    .getExportsOfModule(module)
    .map((symbol) => {
      const { real, typeOnly } = follow(symbol)
      const kind = typeOnly ? 'type' : kindOf(real)
      return { name: symbol.name, kind, declarations: real.declarations ?? [] }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What an exported name stands for in the end, and whether a class or function is let out as a type only. */
function follow(symbol) {
  let typeOnly = false
  let real = symbol
  while (real !== undefined && real.flags & ts.SymbolFlags.Alias) {
    typeOnly ||= real.declarations?.some(ts.isTypeOnlyImportOrExportDeclaration) ?? false
    real = checker.getImmediateAliasedSymbol(real)
  }
  return { real, typeOnly }
}

function kindOf({ flags }) {
  if (flags & ts.SymbolFlags.Class) return 'class'
  if (flags & ts.SymbolFlags.Function) return 'function'
  if (flags & ts.SymbolFlags.Value) return 'const'
  return 'type'
}

async function compareWithRunTime({ subpath, module }, names) {
  const declared = names.filter(({ kind }) => kind !== 'type').map(({ name }) => name)
  const present = Object.keys(await import(pathToFileURL(module).href))
  for (const name of without(declared, present)) {
    problems.push(`${subpath}: ${name} is declared but not there at run time`)
  }
  for (const name of without(present, declared)) {
    problems.push(`${subpath}: ${name} is there at run time but not declared`)
  }
}

function reportWireNames({ subpath }, { name, declarations }) {
  const seen = new Set()
  const visit = (node) => {
    if (ts.isIdentifier(node) && wireName.test(node.text)) seen.add(node.text)
    ts.forEachChild(node, visit)
  }
  for (const declaration of declarations) {
    if (!rawFolders.test(declaration.getSourceFile().fileName)) visit(declaration)
  }
  for (const wire of seen) problems.push(`${subpath}: ${name} shows the wire name ${wire}`)
}

function compareWithList(before, after) {
  const old = [...namesIn(before)]
  const now = [...namesIn(after)]
  for (const name of without(now, old))
    problems.push(`new, but not in tools/check/api.txt: ${name}`)
  for (const name of without(old, now)) problems.push(`in tools/check/api.txt, but gone: ${name}`)
}

/** Every name of a list with its subpath. */
function* namesIn(text) {
  let subpath = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('  ')) yield `${subpath} ${line.trim()}`
    else if (line !== '' && !line.startsWith('#')) subpath = line
  }
}

function without(names, others) {
  const known = new Set(others)
  return names.filter((name) => !known.has(name))
}
