import { createWriteStream, type WriteStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Logger } from '../../log.ts'
import type { Redaction } from './redaction.ts'
import { headLine, type RecordedLine, RecordingError, toLine } from './session-file.ts'

/** Writes a recording. A disk that is full ends the recording, not the sessions: `close` says so. */
export class SessionWriter {
  readonly #file: string
  readonly #output: WriteStream
  readonly #redaction: Redaction
  #failure: Error | undefined
  #isOpen = true
  #messages = 0
  #notes = 0

  private constructor(
    file: string,
    output: WriteStream,
    { redaction, logger }: { readonly redaction: Redaction; readonly logger: Logger },
  ) {
    this.#file = file
    this.#output = output
    this.#redaction = redaction
    output.on('error', (error) => {
      this.#failure = error
      logger.error({ error, file }, 'The recording cannot be written any more')
    })
  }

  /**
   * Makes the file, readable by its owner only, or empties the one that is there.
   *
   * @param now what the recording says of its time, ms since 1970
   * @throws RecordingError
   */
  static async open(
    file: string,
    now: number,
    along: { readonly redaction: Redaction; readonly logger: Logger },
  ): Promise<SessionWriter> {
    const handle = await openPrivately(file).catch((error: unknown) => {
      throw new RecordingError(file, undefined, 'it cannot be written', { cause: error })
    })
    const writer = new SessionWriter(file, createWriteStream(file, { fd: handle }), along)
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

  /** After the end, or where the disk takes no more, it does nothing. */
  write(line: RecordedLine): void {
    if (!this.#isOpen || this.#failure !== undefined) return
    this.#output.write(toLine(line, this.#redaction))
    if ('message' in line) this.#messages++
    else if ('note' in line) this.#notes++
  }

  /** Nothing that happens from now on belongs into the recording. */
  stop(): void {
    this.#isOpen = false
  }

  /** @throws RecordingError when the file is not complete */
  async close(): Promise<void> {
    this.stop()
    await new Promise<void>((resolve) => {
      if (this.#output.closed) return resolve()
      this.#output.once('close', resolve)
      this.#output.end()
    })
    if (this.#failure === undefined) return
    throw new RecordingError(this.#file, undefined, 'it could not be written to its end', {
      ...{ cause: this.#failure, remedy: 'Make room on that disk, and record the session again.' },
    })
  }
}

async function openPrivately(file: string): Promise<FileHandle> {
  const handle = await open(file, 'w', 0o600)
  // A file that was there keeps its mode otherwise; what is no file, such as a pipe, is left alone.
  if ((await handle.stat()).isFile()) await handle.chmod(0o600)
  return handle
}
