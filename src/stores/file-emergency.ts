import { readFile, unlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { EmergencyCopy } from '../oauth/store/emergency-copy.ts'
import { nameOf } from './grant-file-name.ts'
import { guarded, makePrivateDirectory, systemCodeOf } from './private-file.ts'
import { readRecordFile, writeRecordFile } from './record-file.ts'
import { Seal, type SealingKey } from './sealing.ts'

export interface FileEmergencyCopyOptions {
  /** A directory of its own, on another disk than the store if possible; made with mode 0700 when it is missing. */
  readonly directory: string
  /** Encrypts the copies like {@link FileTokenStoreOptions.encryption}. @default in the clear */
  readonly encryption?: SealingKey | undefined
}

/**
 * A directory for tokens that the store does not take: one file of mode 0600 for each grant, removed when the store has
 * them.
 */
export function createFileEmergencyCopy(options: FileEmergencyCopyOptions): EmergencyCopy {
  const { encryption } = options
  const directory = resolve(options.directory)
  const seal = encryption && new Seal([encryption], (path) => readFile(path))
  return {
    async write(record) {
      const file = join(directory, nameOf(record.key))
      await guarded('write', file, async () => {
        await makePrivateDirectory(directory)
        await writeRecordFile(file, record, seal)
      })
      return file
    },
    async read(key) {
      const file = join(directory, nameOf(key))
      const found = await guarded('read', file, () => readRecordFile(file, seal, key))
      return found?.record
    },
    async remove(key) {
      const file = join(directory, nameOf(key))
      await guarded('delete', file, async () => {
        try {
          await unlink(file)
        } catch (error) {
          if (systemCodeOf(error) !== 'ENOENT') throw error
        }
      })
    },
  }
}
