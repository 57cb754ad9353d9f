import { createSandbox, parseSandboxOptions, type Sandbox } from '../../sandbox/index.ts'
import type { CommandContext } from '../context.ts'
import { refuseFileInUse, removeSandboxFile, writeSandboxFile } from '../sandbox-file.ts'
import { formatTable } from '../text-table.ts'
import { untilAborted } from './sandbox-foreground.ts'

export interface SandboxCommandOptions {
  readonly redirectUri?: readonly string[]
  readonly marketHours?: string
  readonly replay?: readonly string[]
  readonly speed?: string
  readonly seed?: string
  readonly time?: string
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
  const { file, ...rest } = options
  if (file !== undefined) refuseFileInUse(file)
  const running = await createSandbox(parseSandboxOptions(rest))
  const line = running.line()
  try {
    if (file !== undefined) writeSandboxFile(file, line)
    if (output.isJson) output.json(line)
    else describe(context, running, file)
    await untilAborted(signal)
  } finally {
    if (file !== undefined) removeSandboxFile(file, line)
    await running.close()
  }
}

function describe({ output }: CommandContext, running: Sandbox, file: string | undefined): void {
  const { demo, live, host } = running
  const say = (name: string, value: string): void =>
    output.line(`  ${output.paint('dim', name.padEnd(15))}${value}`)
  output.line(`${output.paint('green', '●')} ${output.paint('bold', 'The sandbox is ready.')}`)
  output.line('')
  say('consent page', running.authorizeUrl)
  say('tokens', running.tokenUrl)
  say('console', running.consoleUrl)
  say('sign in as', `${running.username}   password ${running.password}`)
  output.line('')
  say('demo host', `${host}:${demo.protobufPort} protobuf   ${host}:${demo.jsonPort} JSON`)
  say('live host', `${host}:${live.protobufPort} protobuf   ${host}:${live.jsonPort} JSON`)
  say('', 'each takes plain TLS and WebSocket')
  say('certificate', running.caFile)
  output.line('')
  say('client id', running.clientId)
  say('client secret', running.clientSecret)
  for (const [index, uri] of running.redirectUris.entries()) {
    say(index === 0 ? 'redirect URIs' : '', uri)
  }
  say('seed', String(running.seed))
  output.line('')
  for (const row of accountLines(running)) output.line(`  ${row}`)
  output.line('')
  output.line(
    file === undefined
      ? '  To use it from another terminal, start it with --file sandbox.json. Ctrl-C ends it.'
      : `  In another terminal:  ctrader quotes EURUSD --sandbox-file ${file}\n  Ctrl-C ends it and removes ${file}.`,
  )
}

function accountLines(running: Sandbox): readonly string[] {
  return formatTable(
    [
      { title: 'account', align: 'right' },
      { title: 'login', align: 'right' },
      { title: 'host' },
      { title: 'currency' },
      { title: 'type' },
    ],
    running.accounts.map((account) => [
      String(account.accountId),
      String(account.traderLogin),
      account.isLive ? 'live' : 'demo',
      account.depositAsset,
      account.accountType.toLowerCase(),
    ]),
  )
}
