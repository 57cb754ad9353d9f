import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a directory and those above it that are missing, for its owner only.
 *
 * One step at a time: where a file system has no place for new entries, such as /proc, Node's own `recursive` never ends.
 */
export async function makeDirectory(dir: string): Promise<void> {
  try {
    await mkdir(dir, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(dir)).isDirectory()) return
    const above = dirname(dir)
    if (code !== 'ENOENT' || above === dir || (await isThere(above))) throw error
    await makeDirectory(above)
    // Not simply made now: somebody else may have been quicker.
    await makeDirectory(dir)
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
