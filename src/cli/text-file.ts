import { readFileSync } from 'node:fs'
import { UsageError } from './errors.ts'

/**
 * Reads a text file that an option or a variable names.
 *
 * @param content says what is expected in it
 * @throws {@link UsageError} that names the file and the system's reason
 */
export function readTextFile(
  file: string,
  content: string,
  remedy = 'Check the path, and that you may read it.',
): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(
      `The file ${file} with ${content} cannot be read (${reasonOf(error)}).`,
      remedy,
      { file, reason: reasonOf(error) },
    )
  }
}

/** The system's reason for a failure, such as ENOENT. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'for an unknown reason'
}
