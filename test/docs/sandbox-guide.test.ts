import { expect, test } from 'vitest'
import { recipeFolder, recipesOf, runRecipe } from './run-recipe.ts'

const page = 'docs/guide/sandbox.md'
const recipes = recipesOf(page)

test('the page has recipes', () => {
  expect(recipes.length).toBeGreaterThan(8)
})

test.each(recipes)('the recipe of line $line runs', { timeout: 60_000 }, async (recipe) => {
  const { exitCode, output } = await runRecipe(recipeFolder(page), recipe)
  expect(exitCode, output).toBe(0)
})
