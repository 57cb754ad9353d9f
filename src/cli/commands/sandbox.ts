import { writeFileSync } from 'node:fs'
import { createSandbox, parseSandboxOptions, type Sandbox } from '../../sandbox/index.ts'
import type { CommandContext } from '../context.ts'
import { UsageError } from '../errors.ts'

export interface SandboxCommandOptions {
  readonly redirectUri?: readonly string[]
  readonly marketHours?: string
  readonly replay?: readonly string[]
  readonly speed?: string
  readonly seed?: string
  readonly httpPort?: string
  readonly demoPort?: string
  readonly demoJsonPort?: string
  readonly livePort?: string
  readonly liveJsonPort?: string
  readonly caDir?: string
  readonly file?: string
}

/** `ctrader sandbox`: stays in the foreground until it is told to end. */
export async function sandbox(
  context: CommandContext,
  options: SandboxCommandOptions,
): Promise<void> {
  const { output, signal } = context
  const running = await createSandbox(parseSandboxOptions(options))
  try {
    if (options.file !== undefined) writeLine(options.file, running)
    if (output.isJson) output.json(running.line())
    else describe(context, running, options.file)
    await aborted(signal)
  } finally {
    await running.close()
  }
}

function describe({ output }: CommandContext, running: Sandbox, file: string | undefined): void {
  const title = (text: string): string => output.paint('bold', text.padEnd(12))
  const { demo, live, host } = running
  output.line(`${title('Sandbox')} ready, seed ${running.seed}`)
  output.line(`${title('Console')} ${running.consoleUrl}`)
  output.line(`${title('Consent')} ${running.authorizeUrl}`)
  output.line(`${title('Tokens')} ${running.tokenUrl}`)
  output.line(`${title('Demo host')} ${host}:${demo.protobufPort}`)
  output.line(`${title('Live host')} ${host}:${live.protobufPort}`)
  output.line(`${title('Authority')} ${running.caFile}`)
  output.line(`${title('Client id')} ${running.clientId}`)
  output.line(`${title('Sign in')} ${running.username} / ${running.password}`)
  const accounts = running.accounts.map((account) => {
    const kind = account.accountType.toLowerCase()
    return `${account.accountId} (${account.isLive ? 'live' : 'demo'} ${account.depositAsset} ${kind})`
  })
  output.line(`${title('Accounts')} ${accounts.join(', ')}`)
  output.note(
    file === undefined
      ? 'With --file FILE everything a client needs is written to a file. Ctrl-C ends the sandbox.'
      : `Try: ctrader quotes EURUSD --env sandbox --sandbox-file ${file}   (Ctrl-C ends the sandbox)`,
  )
}

function writeLine(file: string, running: Sandbox): void {
  try {
    // The line holds secrets: nobody else may read it.
    writeFileSync(file, `${JSON.stringify(running.line())}\n`, { mode: 0o600 })
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unwritable'
    throw new UsageError(`The file ${file} cannot be written (${reason}).`, 'Check the path.')
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
