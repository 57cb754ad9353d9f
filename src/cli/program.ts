import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Command, Option } from 'commander'
import type { CommandContext, GlobalOptions } from './context.ts'
import { environmentHelp, examplesHelp, exitCodeHelp } from './help-text.ts'
import { addSandboxVerbs, refuseUnknownVerb } from './sandbox-verbs.ts'

/** Runs a command with what the command line gave it. */
export type Runner = (
  options: GlobalOptions,
  command: (context: CommandContext) => Promise<void>,
  /** Whether a signal is the usual end of the command. */
  endsOnSignal?: boolean,
) => Promise<void>

const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
]

/** The command line. Each command's code is loaded when it is run, so that the others do not pay for it. */
export function createProgram(run: Runner): Command {
  const program = new Command('ctrader')
    .description(
      'The cTrader Open API from the command line, and a cTrader of your own to try it on.',
    )
    .version(readVersion(), '-V, --version')
    .exitOverride()
    // What stands behind a command is that command's.
    .enablePositionalOptions()
    // Whoever catches the error says it, as text or as JSON.
    .configureOutput({ outputError: () => {} })
    .addHelpText('after', `\n${examplesHelp}\n\n${environmentHelp}\n\n${exitCodeHelp}`)
  const add = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--json', 'one JSON value, or one per line for streams')
  const connected = (name: string, description: string, waits: string): Command =>
    add(name, description)
      .addOption(new Option('--env <name>', 'demo, live or sandbox (or CTRADER_ENV; demo)'))
      .option('--sandbox-file <file>', "the file with a sandbox's line (or CTRADER_SANDBOX)")
      .option('--carrier <name>', `${carriers} (or CTRADER_CARRIER)`)
      .option('--profile <name>', 'the name the login is kept under (or CTRADER_PROFILE)')
      .option('--timeout <seconds>', waits)
  const onAccount = (name: string, description: string, waits = eachAnswer): Command =>
    connected(name, description, waits).option(
      '--account <id>',
      'the account to use (or CTRADER_ACCOUNT_ID)',
    )

  const sandboxCommand = recordings(
    sandboxOptions(add('sandbox', 'run a cTrader of your own on this machine'))
      .option('--redirect-uri <uri>', 'redirect URI of the application; repeatable', collect)
      .option('--time <how>', 'real, owned (see `advance`), or how many times faster (real)')
      .option('--file <file>', 'write what clients need to a file that only you can read'),
  )
    .allowExcessArguments(true)
    .action((options, { args }: Command) =>
      run(
        options,
        async (context) => {
          refuseUnknownVerb(args)
          return (await import('./commands/sandbox.ts')).sandbox(context, options)
        },
        true,
      ),
    )
  addSandboxVerbs(sandboxCommand, run)
  addLoginCommands({ run, connected, add })
  connected('accounts', 'list the accounts that the login covers', eachAnswer).action((options) =>
    run(options, async (context) => (await import('./commands/accounts.ts')).accounts(context)),
  )
  onAccount('symbols', 'list the symbols of an account')
    .option('--search <text>', 'only those with this text in name or description')
    .action((options) =>
      run(options, async (context) =>
        (await import('./commands/symbols.ts')).symbols(context, options),
      ),
    )
  onAccount(
    'quotes',
    'print live quotes',
    'how long to wait for each answer (15), and for quotes if given',
  )
    .argument('<symbols...>', 'names such as EURUSD, or ids')
    .option('--count <n>', 'end after so many quotes')
    .option('--follow', 'go on until Ctrl-C, which is the default')
    .action((names: readonly string[], options) =>
      run(options, async (context) =>
        (await import('./commands/quotes.ts')).quotes(context, names, options),
      ),
    )
  onAccount(
    'doctor',
    'find out what keeps a connection from working, and what to do about it',
  ).action((options) =>
    run(options, async (context) => (await import('./commands/doctor.ts')).doctor(context)),
  )
  onAccount('raw', 'send any request of the protocol')
    .argument('[request]', 'such as symbols-list; --list shows all')
    .argument('[fields...]', 'a JSON object, or key=value pairs, or - for JSON on standard input')
    .option('--list', 'list all requests')
    .option('--wait <seconds>', 'how long to wait for further events after each (1)')
    .action((name: string | undefined, fields: readonly string[], options) =>
      run(options, async (context) =>
        (await import('./commands/raw.ts')).raw(context, name, fields, options),
      ),
    )
  recordings(
    sandboxOptions(
      add('tour', 'see everything work once, on a sandbox: from consent to a trade'),
    ).option('--yes', 'let a built-in browser give the consent'),
  ).action((options) =>
    run(options, async (context) => (await import('./commands/tour.ts')).tour(context, options)),
  )
  return program
}

// Written out: the command's help does not load the client.
const carriers = 'protobuf-tcp, protobuf-websocket, json-tcp or json-websocket'
/** How a command of a family is made, so that all have the same options. */
interface CommandMaker {
  readonly run: Runner
  readonly add: (name: string, description: string) => Command
  readonly connected: (name: string, description: string, waits: string) => Command
}

function addLoginCommands({ run, add, connected }: CommandMaker): void {
  connected(
    'login',
    'log in through the browser and keep the tokens',
    'how long to wait for you (300)',
  )
    .option('--scope <scope>', 'accounts reads everything, trading may trade as well', 'accounts')
    .option('--no-browser', 'print the address of the page and open nothing')
    .option('--manual', 'copy and paste the address that the browser ends on; nothing listens')
    .option('-y, --yes', 'replace the login there is without asking')
    .option('--force', 'replace it even if it is that of another cTrader ID')
    .option('--store <kind>', 'how logins are kept from now on: file, encrypted or keychain')
    .option('--with-token', 'take tokens from standard input instead of a consent')
    .action((options) =>
      run(options, async (context) =>
        (await import('./commands/login.ts')).login(context, options),
      ),
    )
  connected('status', 'say who is logged in, for what and until when', eachAnswer)
    .option('--check', 'ask the server whether it accepts the token')
    .action((options) =>
      run(options, async (context) =>
        (await import('./commands/status.ts')).status(context, options),
      ),
    )
  connected('token', 'print the access token for another program', eachAnswer)
    .option('--show', 'also on a screen')
    .action((options) =>
      run(options, async (context) =>
        (await import('./commands/token.ts')).token(context, options),
      ),
    )
  connected('refresh', 'trade the stored tokens for new ones now', eachAnswer).action((options) =>
    run(options, async (context) => (await import('./commands/refresh.ts')).refresh(context)),
  )
  connected('logout', 'forget the login on this machine; the consent itself remains', eachAnswer)
    .option('--all', 'forget every login that is kept here')
    .action((options) =>
      run(options, async (context) =>
        (await import('./commands/logout.ts')).logout(context, options),
      ),
    )
  add('profiles', 'list the logins that are kept on this machine').action((options) =>
    run(options, async (context) => (await import('./commands/profiles.ts')).profiles(context)),
  )
}

const eachAnswer = 'how long to wait for each answer (15)'

function sandboxOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'ids, secrets and prices follow from it (1)')
    .option('--http-port <n>', 'port of the authorization server; 0 is any, as for the others (0)')
    .option('--demo-port <n>', 'port of the demo host (0)')
    .option('--demo-json-port <n>', 'port of the demo host for JSON (0)')
    .option('--live-port <n>', 'port of the live host (0)')
    .option('--live-json-port <n>', 'port of the live host for JSON (0)')
    .option('--ca-dir <dir>', 'keep the certificate authority there, or use the one that is')
}

function recordings(command: Command): Command {
  return command
    .option('--market-hours <hours>', 'always or real (always)')
    .option('--replay <symbol=file>', 'play recorded quotes, CSV or gzip; repeatable', collect)
    .option('--speed <n>', 'how many times faster than recorded they play (1)')
}

function readVersion(): string {
  // By the package's own name: the file that asks may be anywhere in it.
  const path = createRequire(import.meta.url).resolve('ctrader-open-api/package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
