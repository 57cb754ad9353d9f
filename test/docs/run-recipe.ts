import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface Recipe {
  readonly code: string
  readonly language: keyof typeof runners
  /** Where it stands in the page. */
  readonly line: number
}

/** How a block in each language is run. */
const runners = {
  mjs: { program: process.execPath, extension: 'mjs' },
  python: { program: 'python3', extension: 'py' },
} as const

/** The programs of a page: its blocks in JavaScript, or in another language. */
export function recipesOf(page: string, language: keyof typeof runners = 'mjs'): readonly Recipe[] {
  const text = readFileSync(join(root, page), 'utf8')
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))
  return Array.from(blocks, ({ 1: code = '', index }) => ({
    ...{ code, language },
    line: text.slice(0, index).split('\n').length,
  }))
}

export interface RecipeEnd {
  readonly exitCode: number | null
  readonly output: string
}

/** Where the programs of a page run: inside the repository, so that the package's own name leads to what was built. */
export function recipeFolder(page: string): string {
  const folder = join(root, '.cache/recipes', page.replaceAll(/\W+/g, '-'))
  mkdirSync(folder, { recursive: true })
  return folder
}

export async function runRecipe(
  folder: string,
  { code, language, line }: Recipe,
  args: readonly string[] = [],
): Promise<RecipeEnd> {
  const { program, extension } = runners[language]
  const file = join(folder, `line-${line}.${extension}`)
  writeFileSync(file, code)
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(program, [file, ...args], {
    ...{ cwd: folder, env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const [exitCode] = await once(child, 'close')
  return { exitCode, output }
}
