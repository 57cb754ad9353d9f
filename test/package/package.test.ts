import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { install, pack } from '../../tools/check/pack.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string
  readonly exports: Record<string, string>
}
const modules = Object.entries(manifest.exports)
  .filter(([, target]) => target.endsWith('.js'))
  .map(([subpath]) => `ctrader-open-api${subpath.slice(1)}`)

const scratch = mkdtempSync(join(tmpdir(), 'ctrader-package-'))
const app = join(scratch, 'app')
let packed: readonly string[] = []

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'tools/build.mjs'), '--if-stale'])
  const tarball = pack(scratch)
  packed = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((name) => name.replace(/^package\//, ''))
  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), '{ "private": true }\n')
  install(tarball, app)
}, 180_000)

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(file: string, args: readonly string[], cwd = app): Outcome {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    timeout: 30_000,
    // The variables of this run would change what the child prints and imports.
    env: { PATH: process.env['PATH'], HOME: scratch },
  })
  return { status, stdout, stderr }
}

/** Runs a script in the folder that has nothing but the installed package. */
function runScript(name: string, code: string): unknown {
  writeFileSync(join(app, name), code)
  const outcome = run(process.execPath, [name])
  expect(outcome).toMatchObject({ status: 0, stderr: '' })
  return JSON.parse(outcome.stdout)
}

describe('the tarball', () => {
  test('holds what is needed to run, to read and to step through, and nothing else', () => {
    const wanted = [
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
      /^proto\/[\w.-]+$/,
      /^src\/([\w-]+\/)*[\w-]+\.ts$/,
      /^dist\/([\w-]+\/)*[\w-]+\.(js|d\.ts)(\.map)?$/,
    ]
    expect(packed.filter((name) => !wanted.some((pattern) => pattern.test(name)))).toEqual([])
    expect(packed.filter((name) => /(^|\/)(test|spec)\/|\.(test|spec)\./.test(name))).toEqual([])
    expect(packed).toEqual(
      expect.arrayContaining(['README.md', 'LICENSE', 'dist/index.js', 'src/index.ts']),
    )
  })

  test('has the sources behind every source map', () => {
    const maps = packed.filter((name) => name.endsWith('.js.map'))
    expect(maps.length).toBeGreaterThan(20)
    const sources = maps.flatMap((name) => {
      const map = JSON.parse(readFileSync(join(root, name), 'utf8')) as {
        readonly sources: string[]
      }
      return map.sources.map((source) => posix.join(posix.dirname(name), source))
    })
    expect(sources.length).toBeGreaterThan(100)
    expect(sources.filter((name) => !packed.includes(name))).toEqual([])
  })
})

describe('installed in an empty folder', () => {
  test.each(modules)('import of %s gives its names and leaves nothing running', (name) => {
    const names = runScript(
      'import.mjs',
      `console.log(JSON.stringify(Object.keys(await import('${name}'))))`,
    )
    expect(names).not.toEqual([])
  })

  test.each(modules)('require of %s gives the same, without a warning', (name) => {
    const required = runScript(
      'require.cjs',
      `console.log(JSON.stringify(Object.keys(require('${name}')).sort()))`,
    )
    const imported = runScript(
      'names.mjs',
      `console.log(JSON.stringify(Object.keys(await import('${name}')).sort()))`,
    )
    // Node adds this mark for tools that turned ES modules into CommonJS.
    expect((required as string[]).filter((key) => key !== '__esModule')).toEqual(imported)
  })

  test('an error thrown by one subpath is a CTraderError of every other', () => {
    const verdict = runScript(
      'errors.mjs',
      `import { createRequire } from 'node:module'
      import { CTraderError } from 'ctrader-open-api'
      import { decodeMessage } from 'ctrader-open-api/protocol'
      import { validateRedirectUri, OAuthError, AuthorizationDeniedError } from 'ctrader-open-api/oauth'
      const required = createRequire(import.meta.url)('ctrader-open-api')
      let thrown
      try { decodeMessage('ProtoOATraderReq', Buffer.from([255])) } catch (error) { thrown = error }
      console.log(JSON.stringify({
        code: thrown.code,
        imported: thrown instanceof CTraderError,
        required: thrown instanceof required.CTraderError,
        oneCopy: required.CTraderError === CTraderError,
        oauth: OAuthError.prototype instanceof Error && typeof validateRedirectUri === 'function',
        notEverything: new Error('x') instanceof CTraderError || thrown instanceof AuthorizationDeniedError,
      }))`,
    )
    expect(verdict).toEqual({
      code: expect.stringMatching(/^[A-Z_]+$/),
      imported: true,
      required: true,
      oneCopy: true,
      oauth: true,
      notEverything: false,
    })
  })

  test('an error of a second copy of the package is recognised', () => {
    const copy = join(app, 'vendor/ctrader-open-api')
    cpSync(join(app, 'node_modules/ctrader-open-api'), copy, { recursive: true })
    const verdict = runScript(
      'copies.mjs',
      `import { CTraderError, Secret } from 'ctrader-open-api'
      import { CTraderError as Other, Secret as OtherSecret } from './vendor/ctrader-open-api/dist/index.js'
      let thrown
      try { new OtherSecret('') } catch (error) { thrown = error }
      console.log(JSON.stringify({ copies: Other !== CTraderError, known: thrown instanceof CTraderError, name: thrown.name }))`,
    )
    expect(verdict).toEqual({ copies: true, known: true, name: 'InvalidArgumentError' })
  })

  test('the command is there and knows its version', () => {
    const outcome = run(join(app, 'node_modules/.bin/ctrader'), ['--version'])
    expect(outcome).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })

  test('a deep import that is not a subpath is refused', () => {
    const outcome = run(process.execPath, ['-e', "import('ctrader-open-api/dist/errors.js')"])
    expect(outcome.status).not.toBe(0)
    expect(outcome.stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })
})

describe('its types', () => {
  const compilers = [
    ['TypeScript 7', join(root, 'node_modules/typescript/bin/tsc')],
    ['TypeScript 6', join(root, 'docs/node_modules/typescript/bin/tsc')],
  ] as const
  const resolutions = [
    ['nodenext', { module: 'nodenext' }],
    ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
  ] as const
  const cases = compilers.flatMap(([compiler, tsc]) =>
    resolutions.map(([name, options]) => [compiler, name, tsc, options] as const),
  )

  test.each(cases)(
    'compile under %s with %s, the library included',
    (_compiler, name, tsc, options) => {
      const folder = join(app, `types-${name}`)
      mkdirSync(folder, { recursive: true })
      const uses = modules.map(
        (module, index) =>
          `import * as m${index} from '${module}'\nexport const used${index}: object = m${index}\n`,
      )
      writeFileSync(join(folder, 'esm.mts'), uses.join(''))
      // A bundler reads ES modules; the CommonJS form is Node's business.
      if (name === 'nodenext') {
        writeFileSync(
          join(folder, 'cjs.cts'),
          "import sdk = require('ctrader-open-api')\nexport const error: typeof sdk.CTraderError = sdk.CTraderError\n",
        )
      }
      writeFileSync(
        join(folder, 'wrong.mts'),
        "import { createClient } from 'ctrader-open-api'\n// @ts-expect-error nothing is optional about how to log in\ncreateClient({})\n",
      )
      const compilerOptions = {
        ...options,
        target: 'es2023',
        lib: ['es2023'],
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
        rootDir: '.',
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
      }
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ compilerOptions, include: ['*.mts', '*.cts'] }),
      )
      expect(run(process.execPath, [tsc, '-p', folder])).toEqual({
        status: 0,
        stdout: '',
        stderr: '',
      })
    },
    60_000,
  )
})
