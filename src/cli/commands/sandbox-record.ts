import { resolve } from 'node:path'
import { type Environment, silentLogger } from '../../index.ts'
import { recordSessions } from '../../sandbox/index.ts'
import { certificateFile } from '../certificate-file.ts'
import type { CommandContext, GlobalOptions } from '../context.ts'
import { UsageError } from '../errors.ts'
import { readChoice, readPort } from '../option-values.ts'
import { readTarget, type Target } from '../target.ts'
import { readVariable } from '../variables.ts'
import { showPlace, untilAborted } from './sandbox-foreground.ts'

export interface RecordCommandOptions extends GlobalOptions {
  readonly host?: string
  readonly port?: string
  readonly jsonPort?: string
  readonly caDir?: string
}

/** `ctrader sandbox record FILE`: stays in the foreground until it is told to end, or the file takes no more. */
export async function record(
  context: CommandContext,
  file: string,
  options: RecordCommandOptions,
): Promise<void> {
  const { output, signal } = context
  const { name, environment, sandbox } = readTarget(context)
  const { host, port, jsonPort } = addressOf(name, environment, options.host)
  const broken = new AbortController()
  const recorder = await recordSessions({
    target: { host, port, ...(jsonPort === undefined ? {} : { jsonPort }) },
    file,
    ...(environment.ca === undefined ? {} : { ca: environment.ca }),
    secrets: secretsOf(context, sandbox),
    port: readPort('--port', options.port),
    jsonPort: readPort('--json-port', options.jsonPort),
    ...(options.caDir === undefined ? {} : { caDir: options.caDir }),
    logger: {
      ...silentLogger,
      warn: ({ connection, from, what }) =>
        output.note(`connection ${connection}, ${from}: ${what}`),
      error: ({ error }) => broken.abort(error),
    },
  })
  try {
    const ca = await certificateFile(recorder.ca, options.caDir)
    try {
      const place = { ...recorder, caFile: ca.path, file: resolve(file) }
      showPlace(output, place, `Clients of ${host} are recorded.`)
      await untilAborted(AbortSignal.any([signal, broken.signal]))
    } finally {
      await ca.close()
    }
  } finally {
    await recorder.close()
  }
  // Where it was not the file, which says so itself.
  broken.signal.throwIfAborted()
  const { messages, notes } = recorder
  if (output.isJson) output.json({ messages, notes })
  else
    output.note(
      `${messages} messages are in ${file}, and ${notes} notes on what could not be read.`,
    )
}

function addressOf(name: string, { demo, live }: Environment, host: string | undefined) {
  if (name !== 'sandbox' && host !== undefined) {
    throw new UsageError(
      '--host chooses a server of a sandbox.',
      `Leave it out: --env says ${name}.`,
    )
  }
  const wanted = readChoice('--host', host, ['demo', 'live']) ?? (name === 'live' ? 'live' : 'demo')
  const address = wanted === 'live' ? live : demo
  if (address !== undefined) return address
  throw new UsageError(`The environment ${name} has no ${wanted} host.`, 'Choose another --env.')
}

/** Secrets that are known here: they must not get into the file in any place. */
function secretsOf({ env }: CommandContext, sandbox: Target['sandbox']): readonly string[] {
  const own = [sandbox?.clientSecret, sandbox?.accessToken, sandbox?.refreshToken]
  const given = secretVariables.map((variable) => readVariable(env, variable))
  return [...own, ...given].filter((secret) => secret !== undefined)
}

const secretVariables = [
  'CTRADER_CLIENT_SECRET',
  'CTRADER_ACCESS_TOKEN',
  'CTRADER_REFRESH_TOKEN',
] as const
