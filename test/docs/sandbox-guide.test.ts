import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import { recipeFolder, recipesOf, runRecipe } from './run-recipe.ts'

const page = 'docs/guide/sandbox.md'
const recipes = recipesOf(page)
const hasPython = spawnSync('python3', ['--version']).status === 0
const needsPython = process.env['CI'] === 'true'

test('the page has recipes', () => {
  expect(recipes.length).toBeGreaterThan(8)
  expect(recipesOf(page, 'python')).toHaveLength(1)
})

test.each(recipes)('the recipe of line $line runs', { timeout: 60_000 }, async (recipe) => {
  const { exitCode, output } = await runRecipe(recipeFolder(page), recipe)
  expect(exitCode, output).toBe(0)
})

test.skipIf(!hasPython && !needsPython).each(recipesOf(page, 'python'))(
  'the program in Python of line $line trades on a sandbox of which it knows the line alone',
  { timeout: 60_000 },
  async (recipe) => {
    const sandbox = await createSandbox({ seed: 7 })
    const folder = recipeFolder(page)
    const file = join(folder, 'sandbox.json')
    writeFileSync(file, JSON.stringify(sandbox.line()))
    try {
      const { exitCode, output } = await runRecipe(folder, recipe, [file])
      expect(exitCode, output).toBe(0)
      expect(output).toMatch(/^EURUSD 1\.\d+ 1\.\d+\nbought at 1\.\d+\n$/)
      sandbox.control.journal.expectOne({ message: 'newOrder' })
    } finally {
      await sandbox.close()
      rmSync(file)
    }
  },
)
