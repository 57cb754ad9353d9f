import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { recipeFolder, recipesOf, runRecipe } from './run-recipe.ts'

const page = 'README.md'
const folder = recipeFolder(page)
const file = join(folder, 'sandbox.json')
let sandbox: Sandbox

// The sandbox of the other terminal.
beforeAll(async () => {
  sandbox = await createSandbox({ seed: 7 })
  writeFileSync(file, JSON.stringify(sandbox.line()))
})

afterAll(async () => {
  await sandbox.close()
  rmSync(file)
})

const says = [
  /^bought 10000 at 1\.\d+\nclosed for -?\d+\.\d\d USD, balance \d/m,
  /1001/,
  /^order \d+ waits$/m,
]

test('the page has these programs', () => {
  expect(recipesOf(page)).toHaveLength(says.length)
})

test.each(recipesOf(page).map((recipe, index) => ({ ...recipe, says: says[index] as RegExp })))(
  'the program of line $line runs, ends by itself and says what it should',
  { timeout: 60_000 },
  async (recipe) => {
    const { exitCode, output } = await runRecipe(folder, recipe)
    expect(exitCode, output).toBe(0)
    expect(output).toMatch(recipe.says)
  },
)
