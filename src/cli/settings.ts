import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Environment, environments, type Secret } from '../index.ts'
import { type OAuthEndpoints, openApiEndpoints, sandboxEndpoints } from '../oauth/index.ts'
import type { SandboxLine } from '../sandbox/index.ts'
import type { CommandContext } from './context.ts'
import { UsageError } from './errors.ts'

export type EnvironmentName = 'demo' | 'live' | 'sandbox'

/** Where to connect and as which application. */
export interface Target {
  readonly name: EnvironmentName
  readonly environment: Environment
  readonly endpoints: OAuthEndpoints
  readonly redirectUris: readonly string[]
  /** The sandbox's line, for the environment `sandbox`. */
  readonly sandbox: SandboxLine | undefined
}

/** The application's credentials. */
export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string | Secret
}

const names: readonly EnvironmentName[] = ['demo', 'live', 'sandbox']

/** Decides where to connect, from the options and the variables. */
export function readTarget({ env, options }: CommandContext): Target {
  const file = options.sandboxFile ?? text(env['CTRADER_SANDBOX'])
  const name = options.env ?? text(env['CTRADER_ENV']) ?? (file === undefined ? 'demo' : 'sandbox')
  if (!isName(name)) {
    throw new UsageError(`There is no environment "${name}".`, `Use one of ${names.join(', ')}.`)
  }
  const ca = readAuthority(text(env['CTRADER_CA_FILE']))
  if (name !== 'sandbox') {
    const uri = text(env['CTRADER_REDIRECT_URI'])
    return {
      name,
      environment: { ...environments[name], ca },
      endpoints: openApiEndpoints,
      redirectUris: uri === undefined ? [] : [uri],
      sandbox: undefined,
    }
  }
  if (file === undefined) {
    throw new UsageError(
      'The environment "sandbox" needs to know which one.',
      'Start one with `ctrader sandbox --file sandbox.json` and give --sandbox-file sandbox.json (or CTRADER_SANDBOX).',
    )
  }
  const line = readSandboxLine(file)
  const { host } = line
  return {
    name,
    environment: {
      name: 'sandbox',
      demo: { host, port: line.demo.protobufPort },
      live: { host, port: line.live.protobufPort },
      ca: ca ?? readAuthority(line.caFile),
    },
    endpoints: sandboxEndpoints(line),
    redirectUris: line.redirectUris,
    sandbox: line,
  }
}

/**
 * The application's id and secret.
 *
 * @throws {@link UsageError} naming the variable that is missing
 */
export function readCredentials({ env }: CommandContext, target: Target): Credentials {
  const { sandbox } = target
  return {
    clientId: text(env['CTRADER_CLIENT_ID']) ?? sandbox?.clientId ?? missing('CTRADER_CLIENT_ID'),
    clientSecret:
      text(env['CTRADER_CLIENT_SECRET']) ??
      sandbox?.clientSecret ??
      missing('CTRADER_CLIENT_SECRET'),
  }
}

/** Where the command keeps what it remembers. */
export function configDirectory(env: NodeJS.ProcessEnv): string {
  const base = text(env['XDG_CONFIG_HOME']) ?? join(homedir(), '.config')
  return text(env['CTRADER_CONFIG_DIR']) ?? join(base, 'ctrader')
}

/** A variable that is set to nothing is not set. */
export function text(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value
}

/** `--timeout` in seconds, as milliseconds. */
export function readTimeoutMs(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds) && seconds > 0) return Math.ceil(seconds * 1000)
  throw new UsageError(`--timeout ${value} is not a time.`, 'Give a number of seconds above 0.')
}

/** A whole number given as an option or a variable. */
export function readInteger(what: string, value: string): number {
  const number = Number(value)
  if (/^\d+$/.test(value) && Number.isSafeInteger(number)) return number
  throw new UsageError(`${what} is "${value}".`, 'Give a whole number.')
}

function missing(variable: string): never {
  throw new UsageError(
    `The variable ${variable} is not set.`,
    'Register an application at https://openapi.ctrader.com/apps and set it, or use --env sandbox.',
  )
}

function isName(name: string): name is EnvironmentName {
  return (names as readonly string[]).includes(name)
}

function readAuthority(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readText(file, 'certificate authority')
}

function readSandboxLine(file: string): SandboxLine {
  const content = readText(file, "sandbox's line")
  try {
    const line = JSON.parse(content) as Partial<SandboxLine>
    if (typeof line.host === 'string' && line.demo !== undefined && line.live !== undefined) {
      return line as SandboxLine
    }
  } catch {
    // Reported below: the text itself holds secrets.
  }
  throw new UsageError(
    `${file} does not hold a sandbox's line.`,
    'Write it with `ctrader sandbox --file FILE`, or from the output of `ctrader sandbox --json`.',
  )
}

function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new UsageError(
      `The file ${file} with the ${what} cannot be read (${reason}).`,
      'Check the path.',
    )
  }
}
