import { createWriteStream, type WriteStream } from 'node:fs'
import { type FileHandle, lstat, open, rm, stat } from 'node:fs/promises'
import type { Logger } from '../../log.ts'
import type { Redaction } from './redaction.ts'
import { headLine, type RecordedLine, RecordingError, toLine } from './session-file.ts'

// So much waits for the disk at most before whoever writes should wait too.
const mostWaiting = 1024 * 1024

/** Writes a recording. A disk that is full ends the recording, not the sessions: `close` says so. */
export class SessionWriter {
  readonly #file: string
  readonly #output: WriteStream
  readonly #redaction: Redaction
  /** Which file it is, whatever stands under its name by now; undefined for what is no file, such as a pipe. */
  readonly #inode: number | undefined
  readonly #waiting = new Set<() => void>()
  #failure: Error | undefined
  #isOpen = true
  #messages = 0
  #notes = 0

  private constructor(
    file: string,
    output: WriteStream,
    inode: number | undefined,
    { redaction, logger }: { readonly redaction: Redaction; readonly logger: Logger },
  ) {
    this.#file = file
    this.#output = output
    this.#inode = inode
    this.#redaction = redaction
    const goOn = (): void => {
      for (const call of this.#waiting) call()
      this.#waiting.clear()
    }
    output.on('drain', goOn)
    output.on('error', (error) => {
      this.#failure = error
      goOn()
      logger.error({ error, file }, 'The recording cannot be written any more')
    })
  }

  /**
   * Makes the file, readable by its owner only, in place of the one that is there.
   *
   * @param now what the recording says of its time, ms since 1970
   * @throws RecordingError
   */
  static async open(
    file: string,
    now: number,
    along: { readonly redaction: Redaction; readonly logger: Logger },
  ): Promise<SessionWriter> {
    const { handle, inode } = await openPrivately(file).catch((error: unknown) => {
      throw new RecordingError(file, undefined, 'it cannot be written', { cause: error })
    })
    const writer = new SessionWriter(file, createWriteStream(file, { fd: handle }), inode, along)
    writer.#output.write(headLine(now))
    return writer
  }

  /** How many messages were written. */
  get messages(): number {
    return this.#messages
  }

  /** How many notes were written. */
  get notes(): number {
    return this.#notes
  }

  /** After the end, or where the disk takes no more, it does nothing. Returns whether it did. */
  write(line: RecordedLine): boolean {
    if (!this.#isOpen || this.#failure !== undefined) return false
    this.#output.write(toLine(line, this.#redaction))
    if ('message' in line) this.#messages++
    else if ('note' in line) this.#notes++
    return true
  }

  /** Whether so much waits for the disk that nothing should be added before `whenWritten` calls. */
  get isBehind(): boolean {
    return this.#failure === undefined && this.#output.writableLength > mostWaiting
  }

  /** Calls once when nothing waits for the disk any more, or never will be written. */
  whenWritten(call: () => void): void {
    this.#waiting.add(call)
  }

  /** Nothing that happens from now on belongs into the recording. */
  stop(): void {
    this.#isOpen = false
  }

  /** @throws RecordingError when the file is not complete */
  async close(): Promise<void> {
    this.stop()
    const isThere = await this.#isThere()
    await new Promise<void>((resolve) => {
      if (this.#output.closed) return resolve()
      this.#output.once('close', resolve)
      this.#output.end()
    })
    if (this.#failure !== undefined) {
      throw new RecordingError(this.#file, undefined, 'it could not be written to its end', {
        cause: this.#failure,
        remedy: 'Make room on that disk, and record the session again.',
      })
    }
    if (!isThere) {
      throw new RecordingError(this.#file, undefined, 'it was removed or replaced meanwhile', {
        remedy: 'Give each recorder a file of its own, and leave it there until the recorder ends.',
      })
    }
  }

  /** Whether what was written still has its name. */
  async #isThere(): Promise<boolean> {
    if (this.#inode === undefined) return true
    const found = await stat(this.#file).catch(() => undefined)
    return found?.ino === this.#inode
  }
}

interface Opened {
  readonly handle: FileHandle
  readonly inode: number | undefined
}

/**
 * A file that is there is not written over but replaced: whoever still writes it, another recorder perhaps, would mix its
 * lines with these. What is no file, such as a pipe, is opened as it is.
 */
async function openPrivately(file: string): Promise<Opened> {
  const found = await lstat(file).catch(() => undefined)
  if (found?.isFile() === true) await rm(file, { force: true })
  const isNew = found === undefined || found.isFile()
  const handle = await open(file, isNew ? 'wx' : 'w', 0o600)
  try {
    const opened = await handle.stat()
    if (!opened.isFile()) return { handle, inode: undefined }
    // What a link leads to keeps its mode otherwise.
    await handle.chmod(0o600)
    return { handle, inode: opened.ino }
  } catch (error) {
    await handle.close()
    throw error
  }
}
