import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the schema's files are. */
export const protoFolder = fileURLToPath(new URL('../../proto/', import.meta.url))

/** The schema's files in the order in which they import each other. */
export const protoFiles = ['common.proto', 'model.proto', 'messages.proto'] as const

/** Whether the reference compiler is installed here. */
export const hasProtoc = spawnSync('protoc', ['--version']).status === 0

/** Where it must be: without it, continuous integration would prove nothing. */
export const needsProtoc = process.env['CI'] === 'true'

/** What the reference compiler makes of the schema: a serialised FileDescriptorSet. */
export function compileSchema(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'schema-'))
  try {
    const output = join(folder, 'set.bin')
    const flags = ['--include_source_info', `--descriptor_set_out=${output}`]
    execFileSync('protoc', [`-I${protoFolder}`, ...flags, ...protoFiles])
    return readFileSync(output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
