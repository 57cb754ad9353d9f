import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The built command. */
export const command = join(root, 'dist/cli/main.js')

/** Whether dist/ is there and newer than everything it is made from. */
export function isBuilt() {
  if (!existsSync(command)) return false
  const built = statSync(command).mtimeMs
  // Folders count too: a deleted file shows only in its folder's time.
  const sources = readdirSync(join(root, 'src'), { recursive: true }).map((name) =>
    join('src', name),
  )
  return ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'src', ...sources].every(
    (name) => name.endsWith('.test.ts') || statSync(join(root, name)).mtimeMs <= built,
  )
}
