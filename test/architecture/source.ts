import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as TypeScript from '../../docs/node_modules/typescript/lib/typescript.d.ts'

// The compiler that builds this package is a native program without an API, so the parser is borrowed from the
// workspace that makes the API docs.
const fromDocs = createRequire(new URL('../../docs/package.json', import.meta.url))
const ts = fromDocs('typescript') as typeof TypeScript

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The files of `src` that the subpaths of the package lead to. */
export const publicSources: readonly string[] = readPublicSources()

/** A file of `src` as text. Rules take it, so that a test can hand them a file that does not exist. */
export interface SourceFile {
  /** From the repository's root, with forward slashes: `src/session/session.ts`. */
  readonly path: string
  readonly text: string
}

/** One import or re-export, static or dynamic. */
export interface ImportLine {
  /** As written. */
  readonly specifier: string
  /** The imported file from the repository's root; undefined for a package or `node:` module. */
  readonly target: string | undefined
  /** Gone after compilation. */
  readonly typeOnly: boolean
}

/** What the rules want to know about a file. */
export interface ParsedFile extends SourceFile {
  readonly imports: readonly ImportLine[]
  /** `export * from` lines: what they re-export. */
  readonly starExports: readonly string[]
  readonly hasDefaultExport: boolean
  /** Names of the protocol that stand in the code itself, not in comments. */
  readonly wireNames: readonly string[]
  /** Uses of the machine's own time and chance, such as `Date.now`. */
  readonly ambient: readonly string[]
  /** Operations whose result differs from machine to machine: powers, `Math.exp`, `Intl`, local time. */
  readonly inexact: readonly string[]
  /** Top-level `let` and `var`. */
  readonly moduleState: readonly string[]
  readonly hasTopLevelAwait: boolean
  readonly lines: number
}

const wireName = /^(Proto(OA)?[A-Z]\w*|ctidTraderAccountId|ctidTraderAccount)$/
// Of Math, only what the language fixes to the last digit.
const exactMath = new Set([
  ...['abs', 'ceil', 'floor', 'imul', 'max', 'min', 'round', 'sign', 'sqrt', 'trunc', 'clz32'],
])
const powers = [
  ts.SyntaxKind.AsteriskAsteriskToken,
  ts.SyntaxKind.AsteriskAsteriskEqualsToken,
] as const
const localTime = /^(get(?!UTC|Time$)[A-Z]\w*|toLocale\w*|getTimezoneOffset)$/
const ambientCalls = new Set(['setTimeout', 'setInterval', 'setImmediate'])
const ambientMembers = new Set([
  'Date.now',
  'Math.random',
  'performance.now',
  'AbortSignal.timeout',
])

/** Every TypeScript file and script of a folder, generated ones included; none when there is no such folder. */
export function readSources(folder: string): SourceFile[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?ts$|\.mjs$/.test(entry.name))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name)
      return { path: posix.relative(root, file), text: readFileSync(file, 'utf8') }
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

export function parse(file: SourceFile): ParsedFile {
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true)
  const imports: ImportLine[] = []
  const starExports: string[] = []
  const wireNames = new Set<string>()
  const ambient = new Set<string>()
  const inexact = new Set<string>()
  const moduleState: string[] = []
  let hasDefaultExport = false
  let hasTopLevelAwait = false

  const addImport = (specifier: string, typeOnly: boolean): void => {
    const local = specifier.startsWith('.')
    const target = local ? posix.join(posix.dirname(file.path), specifier) : undefined
    imports.push({ specifier, target, typeOnly })
  }

  const visit = (node: TypeScript.Node, inFunction: boolean): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      addImport(node.moduleSpecifier.text, node.importClause?.isTypeOnly ?? false)
    } else if (ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
        addImport(node.moduleSpecifier.text, node.isTypeOnly)
        if (node.exportClause === undefined) starExports.push(node.moduleSpecifier.text)
      }
      const names = node.exportClause
      if (names !== undefined && ts.isNamedExports(names)) {
        hasDefaultExport ||= names.elements.some((element) => element.name.text === 'default')
      }
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      if (ts.isStringLiteral(node.argument.literal)) addImport(node.argument.literal.text, true)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments
      if (specifier !== undefined && ts.isStringLiteralLike(specifier))
        addImport(specifier.text, false)
    } else if (ts.isExportAssignment(node)) {
      hasDefaultExport = true
    } else if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) {
      hasTopLevelAwait ||= !inFunction
    } else if (ts.isNewExpression(node) && node.expression.getText() === 'Date') {
      if ((node.arguments?.length ?? 0) === 0) ambient.add('new Date()')
    } else if (ts.isPropertyAccessExpression(node)) {
      const text = `${node.expression.getText()}.${node.name.text}`.replace(/^globalThis\./, '')
      if (ambientMembers.has(text)) ambient.add(text)
      if (node.expression.getText() === 'globalThis' && ambientCalls.has(text)) ambient.add(text)
    } else if (ts.isIdentifier(node)) {
      if (wireName.test(node.text)) wireNames.add(node.text)
      if (ambientCalls.has(node.text) && isFree(node)) ambient.add(node.text)
    } else if (ts.isStringLiteralLike(node) && !isSpecifier(node)) {
      if (wireName.test(node.text)) wireNames.add(node.text)
    }
    if (ts.isBinaryExpression(node) && powers.some((kind) => kind === node.operatorToken.kind)) {
      inexact.add(node.operatorToken.getText())
    } else if (ts.isPropertyAccessExpression(node)) {
      const { text } = node.name
      const owner = node.expression.getText().replace(/^globalThis\./, '')
      if (owner === 'Math' ? !exactMath.has(text) : localTime.test(text)) {
        inexact.add(`${owner}.${text}`)
      }
    } else if (ts.isElementAccessExpression(node) && node.expression.getText() === 'Math') {
      inexact.add(node.getText())
    } else if (ts.isIdentifier(node) && node.text === 'Intl' && isFree(node)) inexact.add('Intl')
    const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined
    hasDefaultExport ||=
      modifiers?.some((word) => word.kind === ts.SyntaxKind.DefaultKeyword) ?? false
    ts.forEachChild(node, (child) => visit(child, inFunction || ts.isFunctionLike(node)))
  }

  for (const statement of tree.statements) {
    if (!ts.isVariableStatement(statement)) continue
    if ((statement.declarationList.flags & ts.NodeFlags.Const) !== 0) continue
    if (statement.modifiers?.some((word) => word.kind === ts.SyntaxKind.DeclareKeyword)) continue
    moduleState.push(...statement.declarationList.declarations.map((one) => one.name.getText()))
  }
  visit(tree, false)
  return {
    ...file,
    imports,
    starExports,
    hasDefaultExport,
    wireNames: [...wireNames].sort(),
    ambient: [...ambient].sort(),
    inexact: [...inexact].sort(),
    moduleState,
    hasTopLevelAwait,
    lines: file.text.split('\n').length - (file.text.endsWith('\n') ? 1 : 0),
  }
}

/** Whether a name stands for itself: not the property of something, nor the name of a declaration's member. */
function isFree(node: TypeScript.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.name !== node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isTypeNode(parent)) return ts.isTypeQueryNode(parent)
  return !ts.isMethodDeclaration(parent) && !ts.isPropertySignature(parent)
}

function isSpecifier(node: TypeScript.Node): boolean {
  return ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent)
}

function readPublicSources(): string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { exports } = manifest as { readonly exports: Readonly<Record<string, string>> }
  return Object.values(exports)
    .filter((target) => target.startsWith('./dist/'))
    .map((target) => target.replace('./dist/', 'src/').replace(/\.js$/, '.ts'))
}
