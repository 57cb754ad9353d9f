// Compiles the code of the pages and of examples/ against the built package, as a stranger's editor would.
// A block marked ```ts no-check is left alone.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isOneProgram, pages, programOf, readPage, root } from './markdown.mjs'

const typescript = ['ts', 'typescript', 'mts']
const javascript = ['js', 'javascript', 'mjs']

// Inside the repository, so that the package's own name leads to dist/ as it does for its users.
const folder = join(root, '.cache/doc-code')
const tsc = join(root, 'node_modules/typescript/bin/tsc')

const blocks = pages().flatMap((page) =>
  blocksOf(page)
    .filter(({ language }) => [...typescript, ...javascript].includes(language))
    .filter(({ info }) => !info.split(/\s+/).includes('no-check'))
    .map((block) => ({ ...block, page, file: fileName(page, block) })),
)

rmSync(folder, { recursive: true, force: true })
mkdirSync(join(folder, 'ts'), { recursive: true })
mkdirSync(join(folder, 'js'), { recursive: true })
for (const { file, code } of blocks) writeFileSync(join(folder, file), code)

// What a stranger's compiler would say, one that `tsc --init` has set up, not what ours asks of this repository.
const shared = {
  rootDir: root,
  noEmit: true,
  moduleDetection: 'force',
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: false,
  noUnusedLocals: false,
  noUnusedParameters: false,
}
configure('ts', { ...shared, exactOptionalPropertyTypes: true }, ['**/*.ts'])
// In JavaScript a compiler only looks for names and shapes that are not there.
configure(
  'js',
  { ...shared, allowJs: true, checkJs: true, strict: false, exactOptionalPropertyTypes: false },
  ['**/*.mjs', '../../../examples/**/*.mjs'],
)

const problems = [...compile('ts'), ...compile('js'), ...blocks.flatMap(parseOnThisNode)]
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
else {
  rmSync(folder, { recursive: true, force: true })
  console.log(`${blocks.length} blocks`)
}

/** The blocks of a page; where they are one program, it counts as one block that begins on the first line. */
function blocksOf(page) {
  if (!isOneProgram(page)) return readPage(page).blocks
  return [{ language: 'ts', info: '', line: 1, code: programOf(page) }]
}

function fileName(page, { language, line }) {
  const kind = typescript.includes(language) ? 'ts' : 'js'
  return `${kind}/${page.replaceAll(/[^\w]+/g, '-')}-${line}.${kind === 'ts' ? 'ts' : 'mjs'}`
}

function configure(kind, compilerOptions, include) {
  const config = { extends: '../../../tsconfig.json', compilerOptions, include }
  writeFileSync(join(folder, kind, 'tsconfig.json'), JSON.stringify(config))
}

function compile(kind) {
  const used = kind === 'js' || blocks.some(({ file }) => file.startsWith(`${kind}/`))
  if (!used) return []
  const { status, stdout } = spawnSync(
    process.execPath,
    [tsc, '-p', join(folder, kind, 'tsconfig.json'), '--pretty', 'false'],
    { cwd: root, encoding: 'utf8' },
  )
  // No file at all is no mistake: error TS18003.
  if (status === 0 || stdout.includes('TS18003')) return []
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const at = /^(?:\.cache\/doc-code\/)(\S+?)\((\d+),(\d+)\): (.*)$/.exec(line)
      const block = blocks.find(({ file }) => file === at?.[1])
      if (at === null || block === undefined) return line
      return `${block.page}:${block.line + Number(at[2]) - 1}:${at[3]} ${at[4]}`
    })
}

/** The compiler knows syntax that Node 20 does not; a plain script must run as it stands. */
function parseOnThisNode({ page, line, file }) {
  if (!file.endsWith('.mjs')) return []
  const { status, stderr } = spawnSync(process.execPath, ['--check', join(folder, file)], {
    encoding: 'utf8',
  })
  if (status === 0) return []
  return [
    `${page}:${line} does not parse on Node ${process.versions.node}: ${/\w*Error: .*/.exec(stderr)?.[0] ?? stderr}`,
  ]
}
