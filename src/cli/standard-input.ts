import { UsageError } from './errors.ts'

/** The longest text taken from standard input: no message of the protocol is longer. */
const longest = 15_000_000

/** Reads standard input to its end, unless the signal aborts first. */
export async function readStandardInput(
  stdin: NodeJS.ReadStream,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted()
  // Nothing else ends the wait for somebody who does not type.
  const stop = (): void => void stdin.destroy(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stdin) {
      const bytes = Buffer.from(chunk)
      chunks.push(bytes)
      length += bytes.length
      if (length > longest) {
        throw new UsageError(`Standard input holds more than ${longest} bytes.`, 'Give less.')
      }
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
  return Buffer.concat(chunks).toString('utf8')
}
