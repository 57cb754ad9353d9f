import { type Command, Option } from 'commander'
import { similarNames } from '../known-options.ts'
import { UsageError } from './errors.ts'
import type { Runner } from './program.ts'
import { addRecordingVerbs, recordingVerbs } from './recording-verbs.ts'

/** What commander hands over. */
type Given = Readonly<Record<string, string | boolean | undefined>>

interface Verb {
  readonly usage: string
  readonly says: string
  readonly options?: readonly (readonly [flags: string, says: string])[]
}

const moves = [
  ['--pips <n>', 'by so many pips; negative is down'],
  ['--percent <n>', 'by so many percent'],
  ['--by <price>', 'by so much of the price'],
] as const
const which = [
  ['--connection <n>', 'the number of a connection'],
  ['--host <name>', 'demo or live'],
  ['--account <id>', 'those on which this account is authorised'],
  ['--client-id <id>', 'those of this application'],
] as const
const whichGrants = [
  ['--account <id>', 'those that hold this account; all without an option'],
  ['--client-id <id>', 'those of this application'],
] as const
const limitedRiskMargin = [
  '--limited-risk-margin <what>',
  'what margin goes by: leverage, guaranteed-stop-loss or larger',
] as const
const scope = [
  ['--message <name>', 'a request, a message or a payload type'],
  ['--account <id>', 'the account that it names'],
  ['--connection <n>', 'the number of a connection'],
  ['--host <name>', 'demo or live'],
] as const

/** The verbs of `ctrader sandbox`: each is one request to the admin API of a running sandbox. */
const verbs: readonly Verb[] = [
  {
    usage: 'time',
    says: 'what time it is in the sandbox',
  },
  {
    usage: 'advance <seconds>',
    says: "move the sandbox's time forward, where it is owned",
    options: [['--silence', 'let it count as silence of the clients']],
  },
  {
    usage: 'run-until',
    says: "move the sandbox's time forward until a message went over a connection",
    options: [
      ...scope,
      ['--direction <word>', 'received or sent'],
      ['--at-most <seconds>', 'fail when so much time passes without (3600)'],
      ['--silence', 'let it count as silence of the clients'],
    ],
  },
  {
    usage: 'price [symbol]',
    says: 'show prices, or set one, which then stands still',
    options: [
      ['--bid <price>', 'set the bid'],
      ['--ask <price>', 'set the ask'],
    ],
  },
  {
    usage: 'gap <symbol>',
    says: 'let a price jump for good',
    options: moves,
  },
  {
    usage: 'spike <symbol>',
    says: 'let a price jump with a wide spread and come back, as at news',
    options: [...moves, ['--lasts <seconds>', 'how long it takes to come back (60)']],
  },
  ...(['close', 'open', 'silence', 'release'] as const).map(
    (verb): Verb => ({
      usage: `${verb} [symbol]`,
      says: {
        close: 'stop trading in a symbol, or in all',
        open: 'let a symbol trade whatever its schedule says, or all',
        silence: 'take the price of a symbol away, or of all, until one is set or released',
        release: 'leave prices and trading hours to themselves again',
      }[verb],
    }),
  ),
  {
    usage: 'rules [symbol]',
    says: 'show what orders symbols take, or change that of one',
    options: [
      ['--trading-mode <mode>', 'enabled, close-only, pendings-only or disabled'],
      ['--short-selling <yes|no>', 'whether positions may be opened by selling'],
      ['--min-lots <n>', 'the least volume of an order'],
      ['--max-lots <n>', 'the greatest volume of an order'],
      ['--step-lots <n>', 'volumes are multiples of it'],
      ['--max-exposure-lots <n>', 'most that an account may hold on one side, or none'],
      ['--stop-loss-distance <n>', 'least distance from the market'],
      ['--take-profit-distance <n>', 'least distance from the market'],
      ['--distance-in <unit>', 'points, or percent for hundredths of a percent'],
      ['--guaranteed-stop-loss <yes|no>', 'whether stop losses may be guaranteed'],
      ['--guaranteed-distance <n>', 'least distance of a guaranteed one'],
      ['--guaranteed-charge <cents>', 'what it costs, US cents per lot'],
      ['--reset', 'put the rules back, of all symbols without one'],
    ],
  },
  { usage: 'list-accounts', says: 'list the accounts with their balances' },
  {
    usage: 'create-account',
    says: 'open an account',
    options: [
      ['--live', 'on the live host'],
      ['--currency <name>', 'what it is kept in (USD)'],
      ['--netted', 'one position for each symbol'],
      ['--spread-betting', 'an account for spread betting'],
      ['--deposit <amount>', 'its first deposit (10000)'],
      ['--leverage <n>', '100 is 1:100 (100)'],
      ['--max-positions <n>', 'most positions at a time (500)'],
      ['--limited-risk', 'every order needs a guaranteed stop loss'],
      limitedRiskMargin,
    ],
  },
  {
    usage: 'set-terms <account>',
    says: 'change the terms of an account',
    options: [
      ['--leverage <n>', '100 is 1:100'],
      ['--max-positions <n>', 'most positions at a time'],
      ['--limited-risk <yes|no>', 'whether every order needs a guaranteed stop loss'],
      limitedRiskMargin,
    ],
  },
  {
    usage: 'deposit <account>',
    says: 'pay into an account',
    options: [
      ['--amount <amount>', 'how much'],
      ['--note <text>', 'what for'],
    ],
  },
  {
    usage: 'withdraw <account>',
    says: 'pay out of an account',
    options: [
      ['--amount <amount>', 'how much'],
      ['--note <text>', 'what for'],
    ],
  },
  {
    usage: 'set-access <account>',
    says: "say what an account's owner may do",
    options: [['--to <access>', 'full, close-only, no-trading or no-login']],
  },
  { usage: 'positions <account>', says: "list an account's open positions" },
  {
    usage: 'open-position <account>',
    says: "trade as the account's owner does on another terminal",
    options: [
      ['--symbol <name>', 'what to trade'],
      ['--side <side>', 'buy or sell'],
      ['--lots <n>', 'how much'],
    ],
  },
  {
    usage: 'close-position <account>',
    says: 'close a position, or a part of it, on another terminal',
    options: [
      ['--position <id>', 'which; `positions` lists them'],
      ['--lots <n>', 'how much; all without it'],
    ],
  },
  { usage: 'snapshot', says: 'remember how things stand; prints a number' },
  { usage: 'snapshots', says: 'list the snapshots' },
  { usage: 'revert <snapshot>', says: 'put everything back to a snapshot' },
  {
    usage: 'fork [snapshot]',
    says: 'start another sandbox as this one is, or was; it ends with this one',
    options: [['--file <file>', 'write its line there, for --sandbox-file']],
  },
  { usage: 'forks', says: 'list the forks that are open' },
  { usage: 'close-fork <fork>', says: 'end a fork' },
  { usage: 'reset', says: 'put everything back to where it started' },
  {
    usage: 'connections',
    says: 'list the connections of clients',
  },
  {
    usage: 'cut',
    says: 'end connections without a word',
    options: [...which, ['--how <way>', 'close, cut or reset (cut)']],
  },
  {
    usage: 'disconnect <account>',
    says: 'end the sessions of an account (event 2164)',
    options: [['--mute', 'let their connections take nothing any more']],
  },
  {
    usage: 'disconnect-application',
    says: 'end the sessions of applications (event 2148)',
    options: [...which, ['--reason <text>', 'what they are told']],
  },
  {
    usage: 'invalidate',
    says: 'take grants back: their tokens die, their sessions end',
    options: [...whichGrants, ['--reason <text>', 'what clients are told']],
  },
  {
    usage: 'expire',
    says: 'let access tokens expire now',
    options: whichGrants,
  },
  {
    usage: 'maintenance',
    says: 'refuse every request as a server under maintenance does',
    options: [
      ['--for <seconds>', 'how long; until --end without it'],
      ['--of <what>', 'server, or the broker behind it (server)'],
      which[1],
      ['--end', 'end it'],
    ],
  },
  {
    usage: 'fault <fault>',
    says: 'make messages get lost, late or wrong, or a line bad',
    options: [
      ...scope,
      ['--nth <n>', 'only the so manieth'],
      ['--times <n>', 'so many times'],
      ['--probability <p>', 'how likely, from 0 to 1'],
      ['--seed <n>', 'where chance comes from'],
      ['--ms <n>', 'delay, delay-answer, delay-sending: how long'],
      ['--error-code <code>', 'refuse: what the client is told'],
      ['--description <text>', 'refuse: the words'],
      ['--retry-after <seconds>', 'refuse: when to come back'],
      ['--as <message>', 'refuse: error or order-error (error)'],
      ['--how <way>', 'cut, cut-before, cut-after: close, cut or reset (cut)'],
      ['--bytes <n>', 'slice: the longest piece'],
      ['--gap-ms <n>', 'slice: time between two pieces'],
      ['--bytes-per-second <n>', 'throttle: how fast'],
      ['--within-ms <n>', 'reorder: how long to wait for the next message'],
    ],
  },
  {
    usage: 'faults',
    says: 'list the fault rules, or end them',
    options: [
      ['--remove <id>', 'end one'],
      ['--clear', 'end all'],
    ],
  },
  {
    usage: 'journal',
    says: 'show what went over the connections, or insist on it',
    options: [
      ...scope,
      ['--direction <word>', 'received or sent'],
      ['--since <n>', 'only what came behind this number'],
      ['--limit <n>', 'the newest so many (50)'],
      ['--expect <n>', 'fail unless there are exactly so many'],
      ['--clear', 'forget everything'],
    ],
  },
]

/**
 * Words behind `ctrader sandbox` that are no verb, which would otherwise start a sandbox.
 *
 * @throws {@link UsageError}
 */
export function refuseUnknownVerb([verb]: readonly string[]): void {
  if (verb === undefined) return
  const names = [...verbs.map(({ usage }) => usage.split(' ')[0] ?? ''), ...recordingVerbs]
  const similar = similarNames(names, verb)
  throw new UsageError(
    `The sandbox has no verb ${JSON.stringify(verb)}.`,
    similar.length > 0
      ? `Did you mean ${similar.join(' or ')}?`
      : 'See `ctrader sandbox --help`; without a verb it starts a sandbox.',
  )
}

/** Adds the verbs to `ctrader sandbox`. */
export function addSandboxVerbs(parent: Command, run: Runner): void {
  // A verb's options are its own: the parent's of the same name are about starting a sandbox.
  parent.enablePositionalOptions()
  addRecordingVerbs(parent, run)
  for (const verb of verbs) {
    const command = parent
      .command(verb.usage)
      .description(verb.says)
      // The parent takes any, to say which verb there is not, and hands that down.
      .allowExcessArguments(false)
      .option('--json', 'one JSON value')
      .option('--sandbox-file <file>', "the file with a sandbox's line (or CTRADER_SANDBOX)")
      .option('--timeout <seconds>', 'how long to wait for the answer (15)')
    for (const [flags, says] of verb.options ?? []) command.addOption(new Option(flags, says))
    const takesArgument = /[<[]/.test(verb.usage)
    command.action(async (...args: unknown[]) => {
      const argument = takesArgument ? (args[0] as string | undefined) : undefined
      const given = args[takesArgument ? 1 : 0] as Given
      const json = given['json'] === true || parent.opts()['json'] === true
      await run({ ...given, json }, async (context) =>
        (await import('./commands/sandbox-control.ts')).askSandbox(
          context,
          command.name(),
          given,
          argument,
        ),
      )
    })
  }
}
