import type { Clock } from '../async/clock.ts'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import type { Logger } from '../log.ts'
import type { ApiLimits } from './api-server/limits.ts'
import type { SandboxBehaviour } from './behaviour.ts'
import type { JournalOptions, RulesChange, TimeChoice } from './control/index.ts'
import type { DeskLatency, FillModel } from './desk/index.ts'
import { redirectUriProblem } from './identity/redirect-uri.ts'

/** What a sandbox can be told. Everything has a default. */
export interface SandboxOptions {
  /** Ids, secrets, tokens and prices follow from it. @defaultValue 1 */
  readonly seed?: number
  /** How time passes: as on the machine, faster, or as `sandbox.time` is told. @defaultValue 'real' */
  readonly time?: TimeChoice
  /** A clock of your own for everything inside, in place of `time`. */
  readonly clock?: Clock
  /**
   * Whether instruments trade round the clock or keep their real sessions. Round the clock no hour differs from another,
   * and seeded quotes come at an even pace: nobody waits four seconds for the next one. Real sessions have busy and quiet
   * hours, bursts and pauses, news, holidays and weekends. @defaultValue 'always'
   */
  readonly marketHours?: 'always' | 'real'
  /** What orders symbols take from the start, by symbol name; `control.rules` changes it later. @defaultValue a usual broker's */
  readonly rules?: Readonly<Record<string, RulesChange>>
  /** Recorded quotes to play instead of seeded ones: symbol name to CSV file (`timestamp,bid,ask`, plain or gzip). */
  readonly replay?: Readonly<Record<string, string>>
  /** How many times faster than recorded the recordings play. @defaultValue 1 */
  readonly speed?: number
  /** Port of the authorization server; 0 for any free one, as for the others. @defaultValue 0 */
  readonly httpPort?: number
  /** Port of the demo host for protobuf. @defaultValue 0 */
  readonly demoPort?: number
  /** Port of the demo host for JSON. @defaultValue 0 */
  readonly demoJsonPort?: number
  /** Port of the live host for protobuf. @defaultValue 0 */
  readonly livePort?: number
  /** Port of the live host for JSON. @defaultValue 0 */
  readonly liveJsonPort?: number
  /**
   * Redirect URIs of the ready-made application, compared character by character.
   * @defaultValue `/auth/callback` on port 8080 of 127.0.0.1 and of localhost
   */
  readonly redirectUris?: readonly string[]
  /** Directory of a certificate authority to reuse, or to make and keep. @defaultValue a new authority per sandbox */
  readonly caDir?: string
  /** Lifetime of access tokens in seconds. @defaultValue 2,628,000 */
  readonly tokenLifetimeSeconds?: number
  /** How long the trading desk takes for its steps, in ms. @defaultValue that of a quick server */
  readonly latency?: Partial<DeskLatency>
  /** At which prices orders are filled. @defaultValue any volume at the quoted price */
  readonly fills?: Partial<FillModel>
  /** What one connection may do. */
  readonly limits?: Partial<ApiLimits>
  readonly behaviour?: Partial<SandboxBehaviour>
  /** What is remembered of the traffic. */
  readonly journal?: JournalOptions
  /** @defaultValue silent */
  readonly logger?: Logger
}

export const defaultRedirectUris: readonly string[] = [
  'http://127.0.0.1:8080/auth/callback',
  'http://localhost:8080/auth/callback',
]

const optionNames: OptionNames<SandboxOptions> = {
  seed: true,
  time: true,
  clock: true,
  marketHours: true,
  rules: true,
  replay: true,
  speed: true,
  httpPort: true,
  demoPort: true,
  demoJsonPort: true,
  livePort: true,
  liveJsonPort: true,
  redirectUris: true,
  caDir: true,
  tokenLifetimeSeconds: true,
  latency: true,
  fills: true,
  limits: true,
  behaviour: true,
  journal: true,
  logger: true,
}

const ports = ['httpPort', 'demoPort', 'demoJsonPort', 'livePort', 'liveJsonPort'] as const

/**
 * Checks what can be checked before anything is started.
 *
 * @throws InvalidArgumentError that names the option, what was given and what it takes
 */
export function checkSandboxOptions(options: SandboxOptions): void {
  checkOptionNames('createSandbox', options, optionNames)
  const { seed, marketHours, speed, redirectUris, replay, rules } = options
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw wrong('seed', seed, 'Give a whole number from -(2^53-1) to 2^53-1.')
  }
  if (marketHours !== undefined && marketHours !== 'always' && marketHours !== 'real') {
    throw wrong('marketHours', marketHours, 'Choose always or real.')
  }
  if (speed !== undefined && !(Number.isFinite(speed) && speed > 0)) {
    throw wrong('speed', speed, 'Give a number above 0; 1 is the recorded pace.')
  }
  if (rules !== undefined && (typeof rules !== 'object' || rules === null)) {
    throw wrong('rules', rules, 'Give an object such as { EURUSD: { shortSelling: false } }.')
  }
  checkPorts(options)
  if (redirectUris?.length === 0) {
    throw wrong('redirectUris', 'an empty list', 'Give at least one, or leave the option out.')
  }
  for (const uri of redirectUris ?? []) checkRedirectUri(uri)
  for (const [symbol, file] of Object.entries(replay ?? {})) {
    if (symbol === '' || file === '') {
      throw wrong('replay', `${symbol}=${file}`, 'Name a symbol and a file.')
    }
  }
}

function checkPorts(options: SandboxOptions): void {
  for (const name of ports) {
    const port = options[name]
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
      throw wrong(name, port, 'Give a port from 1 to 65535, or 0 for any free one.')
    }
  }
  const taken = new Map<number, string>()
  for (const name of ports) {
    const port = options[name] ?? 0
    const other = taken.get(port)
    if (port !== 0 && other !== undefined) {
      throw wrong(name, port, `It is the port of ${other} already; give each its own.`)
    }
    taken.set(port, name)
  }
}

/** Checks that a redirect URI is absolute and without fragment. */
function checkRedirectUri(uri: string): void {
  const problem = redirectUriProblem(uri)
  if (problem !== undefined) throw wrong('redirectUris', uri, problem)
}

function wrong(option: string, value: unknown, remedy: string): InvalidArgumentError {
  const shown = typeof value === 'string' ? `"${value}"` : String(value)
  return new InvalidArgumentError(`The sandbox option ${option} cannot be ${shown}.`, {
    facts: { option, value: String(value) },
    remedy,
  })
}
