import { resolve } from 'node:path'
import { silentLogger } from '../../index.ts'
import { replaySessions } from '../../sandbox/index.ts'
import { certificateFile } from '../certificate-file.ts'
import type { CommandContext, GlobalOptions } from '../context.ts'
import { readChoice, readPort } from '../option-values.ts'
import { showPlace, untilAborted } from './sandbox-foreground.ts'

export interface ReplayCommandOptions extends GlobalOptions {
  readonly compare?: string
  readonly pace?: string
  readonly port?: string
  readonly jsonPort?: string
  readonly caDir?: string
}

/** `ctrader sandbox replay FILE`: stays in the foreground until it is told to end. */
export async function replay(
  context: CommandContext,
  file: string,
  options: ReplayCommandOptions,
): Promise<void> {
  const { output, signal } = context
  const compare = readChoice('--compare', options.compare, ['fields', 'names'])
  const pace = readChoice('--pace', options.pace, ['at-once', 'recorded'])
  const running = await replaySessions({
    file,
    ...(compare === undefined ? {} : { compare }),
    ...(pace === undefined ? {} : { pace }),
    port: readPort('--port', options.port),
    jsonPort: readPort('--json-port', options.jsonPort),
    ...(options.caDir === undefined ? {} : { caDir: options.caDir }),
    logger: { ...silentLogger, warn: ({ problem }) => output.note(String(problem)) },
  })
  try {
    const ca = await certificateFile(running.ca, options.caDir)
    try {
      const { host, port, jsonPort } = running
      const place = { host, port, jsonPort, caFile: ca.path, file: resolve(file) }
      showPlace(output, place, 'The recording is served.')
      await untilAborted(signal)
    } finally {
      await ca.close()
    }
  } finally {
    await running.close()
  }
  const { problems, isComplete } = running
  if (output.isJson) return output.json({ isComplete, problems })
  const all = isComplete ? 'Everything' : 'Not everything'
  output.note(`${all} that clients said in the recording was said again.`)
}
