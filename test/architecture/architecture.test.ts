import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { allowedFrom, levels } from './layers.ts'
import { findCycles, type Rule, rules } from './rules.ts'
import { type ParsedFile, parse, publicSources, readSources, root } from './source.ts'

const files = readSources('src').map(parse)

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}

function virtual(path: string, text: string): ParsedFile {
  return parse({ path, text })
}

describe('the source of this package', () => {
  test('there is something to look at', () => {
    expect(files.length).toBeGreaterThan(20)
    expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(files.length)
  })

  test.each(Object.entries(rules))('%s', (_name, rule) => {
    expect(files.flatMap(rule)).toEqual([])
  })

  test('no file imports itself by way of others', () => {
    expect(findCycles(files)).toEqual([])
  })

  test('every import of a local file names a file that is there', () => {
    const known = new Set(files.map((file) => file.path))
    const missing = files.flatMap((file) =>
      file.imports
        .filter(({ target }) => target !== undefined && !known.has(target))
        .map((line) => `${file.path}: ${line.specifier}`),
    )
    expect(missing).toEqual([])
  })

  test('every subpath of package.json has its source', () => {
    const missing = publicSources.filter((source) => !existsSync(join(root, source)))
    expect(missing).toEqual([])
  })

  test('examples use only what a stranger could import', () => {
    const foreign = readSources('examples')
      .map(parse)
      .flatMap((file) =>
        file.imports
          // Besides the package: files of the examples themselves, and what its users have to install for them.
          .filter(({ specifier }) => !/^(node:|ctrader-open-api(\/|$))/.test(specifier))
          .filter(
            ({ specifier }) => !/^(\.\.?\/[\w-]+\.mjs$|hono(\/|$)|@hono\/|pg$)/.test(specifier),
          )
          .map(({ specifier }) => `${file.path} imports ${specifier}`),
      )
    expect(foreign).toEqual([])
  })
})

describe('the linter', () => {
  interface Override {
    readonly includes: readonly string[]
    readonly linter: {
      readonly rules: { readonly style?: { readonly noRestrictedImports?: unknown } }
    }
  }

  const looseFiles = ['errors', 'log', 'say', 'secret', 'duration', 'known-options', 'index']
  const spell = (up: string, name: string): string =>
    `!${up}${name}${looseFiles.includes(name) ? '.ts' : '/**'}`

  /** How deep the files of a folder lie that are written by hand; 1 for a folder without folders, or one to come. */
  function depthOf(name: string): number {
    const own = files.filter(({ path }) => path.startsWith(`src/${name}/`))
    const written = own.filter(({ path }) => !path.startsWith('src/protocol/generated/'))
    return Math.max(1, ...written.map(({ path }) => path.split('/').length - 2))
  }

  /** What the configuration has to say so that it means the layer table. */
  function expectedOverrides(): { readonly includes: string; readonly group: readonly string[] }[] {
    const names = [...levels.flat().filter((name) => name !== 'cli'), 'sandbox']
    return names.flatMap((name) => {
      const allowed = allowedFrom(name)
      if (looseFiles.includes(name)) {
        const group = ['./**', ...allowed.map((other) => spell('./', other))]
        return [{ includes: `src/${name}.ts`, group }]
      }
      return Array.from({ length: depthOf(name) }, (_, below) => {
        const up = '../'.repeat(below + 1)
        const group = [`${up}**`, ...allowed.map((other) => spell(up, other))]
        return { includes: `src/${name}/${'*/'.repeat(below)}*.ts`, group }
      })
    })
  }

  test('knows the same layers as the table', () => {
    const { overrides } = readJson('biome.json') as { overrides: readonly Override[] }
    const layered = overrides.filter(
      (one) => one.linter.rules.style?.noRestrictedImports !== undefined,
    )
    const message = 'Imports only look down: see the layer table in test/architecture/layers.ts.'
    expect(layered).toEqual(
      expectedOverrides().map(({ includes, group }) => ({
        includes: [includes],
        linter: {
          rules: {
            style: {
              noRestrictedImports: { level: 'error', options: { patterns: [{ group, message }] } },
            },
          },
        },
      })),
    )
  })
})

// A rule that cannot fail protects nothing: each is shown a file that breaks it and a neighbour that does not.
describe('negative controls', () => {
  const cases: readonly (readonly [keyof typeof rules, string, ParsedFile, ParsedFile])[] = [
    [
      'importsLookDown',
      'upwards',
      virtual('src/transport/tls.ts', `import { Session } from '../session/session.ts'`),
      virtual('src/session/session.ts', `import { Link } from '../transport/link.ts'`),
    ],
    [
      'importsLookDown',
      'sideways',
      virtual('src/oauth/refresh.ts', `import type { Messages } from '../protocol/index.ts'`),
      virtual('src/oauth/refresh.ts', `import { state } from './state.ts'`),
    ],
    [
      'importsLookDown',
      'from one area into another',
      virtual('src/trading/place-order.ts', `export { symbols } from '../market/symbols.ts'`),
      virtual('src/state/account-state.ts', `export { symbols } from '../market/symbols.ts'`),
    ],
    [
      'importsLookDown',
      'sandbox to client code',
      virtual('src/sandbox/desk/desk.ts', `const units = await import('../../units/money.ts')`),
      virtual('src/sandbox/desk/desk.ts', `import { quotes } from '../market/quotes.ts'`),
    ],
    [
      'importsLookDown',
      'client code to sandbox',
      virtual('src/client/create-client.ts', `type T = import('../sandbox/index.ts').Sandbox`),
      virtual(
        'src/cli/commands/sandbox.ts',
        `import { createSandbox } from '../../sandbox/index.ts'`,
      ),
    ],
    [
      'importsLookDown',
      'unknown folder',
      virtual('src/stuff/a.ts', ''),
      virtual('src/units/a.ts', ''),
    ],
    [
      'importsLookDown',
      'out of src',
      virtual('src/units/money.ts', `import { x } from '../../test/x.ts'`),
      virtual('src/units/money.ts', `import { x } from '../errors.ts'`),
    ],
    [
      'oauthFoldersLookDown',
      'upwards',
      virtual('src/oauth/tokens/a.ts', `import type { G } from '../grant/grant-door.ts'`),
      virtual('src/oauth/grant/a.ts', `import type { T } from '../tokens/token-set.ts'`),
    ],
    [
      'oauthFoldersLookDown',
      'unknown folder',
      virtual('src/oauth/stuff/a.ts', ''),
      virtual('src/oauth/store/a.ts', `import { E } from '../errors.ts'`),
    ],
    [
      'commandUsesPublicModules',
      'deep import',
      virtual('src/cli/commands/quotes.ts', `import { Session } from '../../session/session.ts'`),
      virtual('src/cli/commands/quotes.ts', `import { createClient } from '../../index.ts'`),
    ],
    [
      'innerFoldersDoNoIo',
      'socket in the session',
      virtual('src/session/session.ts', `import { connect } from 'node:tls'`),
      virtual('src/transport/tls.ts', `import { connect } from 'node:tls'`),
    ],
    [
      'wireNamesStayInside',
      'identifier',
      virtual(
        'src/client/options.ts',
        `export interface Options { readonly ctidTraderAccountId: number }`,
      ),
      virtual(
        'src/client/options.ts',
        `/** Not ctidTraderAccountId. */ export interface Options { readonly accountId: number }`,
      ),
    ],
    [
      'wireNamesStayInside',
      'type and text',
      virtual('src/client/client.ts', `call('ProtoOATraderReq')`),
      virtual('src/cli/commands/raw.ts', `call('ProtoOATraderReq')`),
    ],
    ...[
      'Date.now()',
      'Math.random()',
      'setTimeout(f, 1)',
      'globalThis.setInterval(f, 1)',
      'new Date()',
      'AbortSignal.timeout(1)',
    ].map(
      (use) =>
        [
          'timeAndChanceComeIn',
          use,
          virtual('src/session/heartbeat.ts', `export const x = ${use}`),
          virtual('src/async/clock.ts', `export const x = ${use}`),
        ] as const,
    ),
    [
      'timeAndChanceComeIn',
      'as a default value',
      virtual(
        'src/session/heartbeat.ts',
        'export function f(now = Date.now, later = setTimeout) {}',
      ),
      virtual(
        'src/session/heartbeat.ts',
        'export function f(clock: Clock) { clock.setTimeout(1); new Date(5) }',
      ),
    ],
    [
      'timeAndChanceComeIn',
      'through an import',
      virtual(
        'src/session/heartbeat.ts',
        `import { setTimeout as sleep } from 'node:timers/promises'`,
      ),
      virtual('src/session/heartbeat.ts', `import { Clock } from '../async/clock.ts'`),
    ],
    ...[
      '2 ** 3',
      '(x **= 2)',
      'Math.pow(2, 3)',
      'Math.exp(1)',
      "Math['log'](2)",
      'new Intl.NumberFormat()',
      'date.getHours()',
      'x.toLocaleString()',
    ].map(
      (use) =>
        [
          'pricesAreExact',
          use,
          virtual('src/sandbox/market/walk.ts', `export const x = ${use}`),
          virtual(
            'src/sandbox/market/walk.ts',
            'export const x = Math.sqrt(2) * 3 + date.getUTCHours() + date.getTime()',
          ),
        ] as const,
    ),
    [
      'noModuleState',
      'a counter',
      virtual('src/session/ids.ts', 'let next = 1'),
      virtual('src/session/ids.ts', 'export function f() { let next = 1 }'),
    ],
    [
      'canBeRequired',
      'top-level await',
      virtual('src/client/client.ts', 'export const x = await load()'),
      virtual('src/client/client.ts', 'export async function f() { await load() }'),
    ],
    [
      'filesStaySmall',
      'too long',
      virtual('src/session/session.ts', 'export {}\n'.repeat(401)),
      virtual('src/session/session.ts', 'export {}\n'.repeat(400)),
    ],
    [
      'namesSaySomething',
      'banned file',
      virtual('src/session/utils.ts', ''),
      virtual('src/session/deadline.ts', ''),
    ],
    [
      'namesSaySomething',
      'banned folder',
      virtual('src/cli/helpers/a.ts', ''),
      virtual('src/cli/output/a.ts', ''),
    ],
    [
      'namesSaySomething',
      'case',
      virtual('src/session/Session.ts', ''),
      virtual('src/session/session.test.ts', ''),
    ],
    [
      'noDefaultExports',
      'function',
      virtual('src/units/a.ts', 'export default function a() {}'),
      virtual('src/units/a.ts', 'export function a() {}'),
    ],
    [
      'noDefaultExports',
      'value and alias',
      virtual('src/units/a.ts', 'const a = 1\nexport { a as default }'),
      virtual('src/units/a.ts', 'const a = 1\nexport { a }'),
    ],
    [
      'exportsAreNamed',
      'star',
      virtual('src/index.ts', `export * from './errors.ts'`),
      virtual('src/protocol/index.ts', `export type * from './generated/enums.ts'`),
    ],
  ]

  test.each(cases)('%s: %s', (name, _case, bad, good) => {
    const rule: Rule = rules[name]
    expect(rule(bad)).not.toEqual([])
    expect(rule(good)).toEqual([])
  })

  test('every rule has one', () => {
    const shown = new Set(cases.map(([name]) => name))
    expect(Object.keys(rules).filter((name) => !shown.has(name as keyof typeof rules))).toEqual([])
  })

  test('cycles are found, and types make none', () => {
    const a = virtual('src/units/a.ts', `import { b } from './b.ts'`)
    const b = virtual('src/units/b.ts', `export { c } from './c.ts'`)
    const back = virtual('src/units/c.ts', `import { a } from './a.ts'`)
    const typed = virtual('src/units/c.ts', `import type { A } from './a.ts'`)
    expect(findCycles([a, b, back])).toEqual([
      'src/units/a.ts -> src/units/b.ts -> src/units/c.ts -> src/units/a.ts',
    ])
    expect(findCycles([a, b, typed])).toEqual([])
  })
})
