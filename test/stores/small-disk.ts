import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A real file system of its own, small enough to be filled. */
export interface SmallDisk {
  readonly directory: string
  /** Leaves no room for another block. */
  fill(): Promise<void>
  empty(): Promise<void>
  readOnly(yes: boolean): void
  remove(): Promise<void>
}

/** Undefined, which skips its tests visibly, where this program may not mount one. */
export async function mountSmallDisk(): Promise<SmallDisk | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'ctrader-disk-'))
  const options = 'size=128k,mode=0700'
  const mount = ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]
  if (process.platform !== 'linux' || spawnSync('mount', mount).status !== 0) {
    await rm(directory, { recursive: true })
    console.warn('No small disk can be mounted here (that takes root). Its tests are skipped.')
    return undefined
  }
  const filler = join(directory, 'filler')
  return {
    directory,
    async fill() {
      const { bavail, bsize } = await statfs(directory)
      await writeFile(filler, Buffer.alloc(bavail * bsize))
    },
    empty: () => rm(filler, { force: true }),
    readOnly(yes) {
      execFileSync('mount', ['-o', `remount,${yes ? 'ro' : 'rw'},${options}`, directory])
    },
    async remove() {
      execFileSync('umount', ['-l', directory])
      await rm(directory, { recursive: true })
    },
  }
}
