import { type Command, Option } from 'commander'
import type { RecordCommandOptions } from './commands/sandbox-record.ts'
import type { ReplayCommandOptions } from './commands/sandbox-replay.ts'
import type { Runner } from './program.ts'

/** The names of the verbs below. */
export const recordingVerbs = ['record', 'replay'] as const

/** Adds the verbs of `ctrader sandbox` that stay in the foreground between clients and a server, or in a server's place. */
export function addRecordingVerbs(parent: Command, run: Runner): void {
  const add = (usage: string, says: string): Command =>
    parent
      .command(usage)
      .allowExcessArguments(false)
      .description(says)
      .option('--json', 'where clients connect to, and what came of it: one JSON value each')
      .option('--port <n>', 'port to listen on for protobuf; 0 is any (0)')
      .option('--json-port <n>', 'port to listen on for JSON (0)')
      .option('--ca-dir <dir>', 'keep the certificate authority there, or use the one that is')
  const isJson = (given: { readonly json?: boolean }): boolean =>
    given.json === true || parent.opts()['json'] === true

  add(
    'record <file>',
    'stand between clients and a server, and write down what is said, in place of what the file held',
  )
    .addOption(new Option('--env <name>', 'demo, live or sandbox (or CTRADER_ENV; demo)'))
    .option('--sandbox-file <file>', "the file with a sandbox's line (or CTRADER_SANDBOX)")
    .option('--host <name>', 'demo or live: which server of the sandbox (demo)')
    .action((file: string, given: RecordCommandOptions) =>
      run(
        { ...given, json: isJson(given) },
        async (context) =>
          (await import('./commands/sandbox-record.ts')).record(context, file, given),
        true,
      ),
    )
  add('replay <file>', 'say to clients what was recorded, over any carrier')
    .option('--compare <what>', 'fields or names: what of a request must be as recorded (fields)')
    .option('--pace <how>', 'at-once or recorded (at-once)')
    .action((file: string, given: ReplayCommandOptions) =>
      run(
        { ...given, json: isJson(given) },
        async (context) =>
          (await import('./commands/sandbox-replay.ts')).replay(context, file, given),
        true,
      ),
    )
}
