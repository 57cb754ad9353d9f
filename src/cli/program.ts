import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { CommandContext, GlobalOptions } from './context.ts'

/** Runs a command with what the command line gave it. */
export type Runner = (
  options: GlobalOptions,
  command: (context: CommandContext) => Promise<void>,
  endsOnSignal?: boolean,
) => Promise<void>

const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
]

/** The command line. Each command's code is loaded when it is run. */
export function createProgram(run: Runner): Command {
  const program = new Command('ctrader')
    .description('The cTrader Open API from the command line')
    .version(readVersion(), '-V, --version')
    .showHelpAfterError('(ctrader --help shows all commands)')
    .exitOverride()
  const add = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--json', 'one JSON value, or one per line for streams')
  const connected = (name: string, description: string): Command =>
    add(name, description)
      .addOption(new Option('--env <name>', 'demo, live or sandbox (CTRADER_ENV)'))
      .option('--sandbox-file <file>', "the sandbox's line (CTRADER_SANDBOX)")
      .option('--timeout <seconds>', 'how long one step may take')
  const onAccount = (name: string, description: string): Command =>
    connected(name, description).option('--account <id>', 'account id (CTRADER_ACCOUNT_ID)')

  sandboxOptions(add('sandbox', 'run a cTrader of your own on this machine'))
    .option('--file <file>', 'write what clients need to a file only you can read')
    .action((options) =>
      run(
        options,
        async (context) => (await import('./commands/sandbox.ts')).sandbox(context, options),
        true,
      ),
    )
  connected('login', 'log in through the browser and store the tokens')
    .option('--scope <scope>', 'accounts (read only) or trading', 'accounts')
    .option('--no-browser', 'only print the address of the page')
    .action((options) =>
      run(options, async (context) =>
        (await import('./commands/login.ts')).login(context, options),
      ),
    )
  connected('accounts', 'list the accounts that the login covers').action((options) =>
    run(options, async (context) => (await import('./commands/accounts.ts')).accounts(context)),
  )
  onAccount('symbols', 'list the symbols of an account')
    .option('--search <text>', 'only those with this text in name or description')
    .action((options) =>
      run(options, async (context) =>
        (await import('./commands/symbols.ts')).symbols(context, options),
      ),
    )
  onAccount('quotes', 'print live quotes')
    .argument('<symbols...>', 'names such as EURUSD')
    .option('--count <n>', 'end after so many quotes')
    .action((names: readonly string[], options) =>
      run(options, async (context) =>
        (await import('./commands/quotes.ts')).quotes(context, names, options),
      ),
    )
  onAccount('raw', 'send any request of the protocol')
    .argument('[request]', 'such as symbols-list')
    .argument('[json]', 'its fields as a JSON object; - reads standard input')
    .option('--list', 'list all requests')
    .action((name: string | undefined, json: string | undefined, options) =>
      run(options, async (context) =>
        (await import('./commands/raw.ts')).raw(context, name, json, options),
      ),
    )
  sandboxOptions(add('tour', 'walk through everything once, on a sandbox'))
    .option('--yes', 'let a built-in browser give the consent')
    .action((options) =>
      run(options, async (context) => (await import('./commands/tour.ts')).tour(context, options)),
    )
  return program
}

function sandboxOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'ids, secrets and prices follow from it')
    .option('--redirect-uri <uri>', 'redirect URI of the application (repeatable)', collect)
    .option('--market-hours <hours>', 'always or real')
    .option('--replay <symbol=file>', 'play recorded quotes (repeatable)', collect)
    .option('--speed <n>', 'how many times faster recordings play')
    .option('--http-port <n>', 'port of the authorization server (0: any)')
    .option('--demo-port <n>', 'port of the demo host')
    .option('--demo-json-port <n>', 'port of the demo host for JSON')
    .option('--live-port <n>', 'port of the live host')
    .option('--live-json-port <n>', 'port of the live host for JSON')
    .option('--ca-dir <dir>', 'certificate authority to reuse')
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
