import { type Carrier, carriers, type Environment, environments, type Secret } from '../index.ts'
import {
  InvalidRedirectUriError,
  type OAuthEndpoints,
  openApiEndpoints,
  sandboxEndpoints,
  validateRedirectUri,
} from '../oauth/index.ts'
import type { SandboxLine } from '../sandbox/index.ts'
import type { CommandContext } from './context.ts'
import { UsageError } from './errors.ts'
import { readSandboxFile } from './sandbox-file.ts'
import { readTextFile } from './text-file.ts'
import { findVariable, readVariable } from './variables.ts'

const names = ['demo', 'live', 'sandbox'] as const

export type EnvironmentName = (typeof names)[number]

/** Where to connect. */
export interface Target {
  readonly name: EnvironmentName
  readonly environment: Environment
  readonly endpoints: OAuthEndpoints
  readonly carrier: Carrier
  /** The sandbox's line, for the environment `sandbox`. */
  readonly sandbox: SandboxLine | undefined
}

/** The application's credentials, and where they came from. */
export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string | Secret
  readonly sources: { readonly clientId: string; readonly clientSecret: string }
}

type Place = Pick<CommandContext, 'env' | 'options'>

/**
 * Decides where to connect. What is said on the command line counts more than variables; whoever names a sandbox's file
 * means the sandbox.
 *
 * @throws {@link UsageError}
 */
export function readTarget({ env, options }: Place): Target {
  const name = readName({ env, options })
  const caFile = readVariable(env, 'CTRADER_CA_FILE')
  const ca = caFile === undefined ? undefined : readAuthority(caFile)
  const carrier = readCarrier({ env, options })
  if (name !== 'sandbox') {
    return {
      name,
      environment: { ...environments[name], ca },
      endpoints: readEndpoints(env),
      carrier,
      sandbox: undefined,
    }
  }
  const file = options.sandboxFile ?? readVariable(env, 'CTRADER_SANDBOX')
  if (file === undefined) {
    throw new UsageError(
      'The environment "sandbox" needs to know which one: CTRADER_SANDBOX is not set.',
      'Start one with `ctrader sandbox --file sandbox.json`, then give --sandbox-file sandbox.json (or set CTRADER_SANDBOX).',
    )
  }
  const line = readSandboxFile(file)
  const { host } = line
  return {
    name,
    environment: {
      name: 'sandbox',
      demo: { host, port: line.demo.protobufPort, jsonPort: line.demo.jsonPort },
      live: { host, port: line.live.protobufPort, jsonPort: line.live.jsonPort },
      ca: ca ?? readAuthority(line.caFile),
    },
    endpoints: sandboxEndpoints(line),
    carrier,
    sandbox: line,
  }
}

/** The real servers' pages, or those that the variables name instead. */
function readEndpoints(env: NodeJS.ProcessEnv): OAuthEndpoints {
  const authorizeUrl = readVariable(env, 'CTRADER_AUTH_URL')
  const tokenUrl = readVariable(env, 'CTRADER_TOKEN_URL')
  return {
    // Whether the server returns the state is known of cTrader's own pages only.
    ...(authorizeUrl === undefined ? openApiEndpoints : { authorizeUrl }),
    tokenUrl: tokenUrl ?? openApiEndpoints.tokenUrl,
  }
}

function readName({ env, options }: Place): EnvironmentName {
  const { sandboxFile } = options
  if (sandboxFile !== undefined && options.env !== undefined && options.env !== 'sandbox') {
    throw new UsageError(
      `--env ${options.env} and --sandbox-file contradict each other.`,
      'Leave one of them out.',
    )
  }
  const implied = sandboxFile === undefined ? undefined : 'sandbox'
  const fromVariables = (): string =>
    readVariable(env, 'CTRADER_ENV') ??
    (readVariable(env, 'CTRADER_SANDBOX') === undefined ? 'demo' : 'sandbox')
  const name = options.env ?? implied ?? fromVariables()
  const found = names.find((candidate) => candidate === name)
  if (found !== undefined) return found
  const source = options.env === undefined ? 'CTRADER_ENV' : '--env'
  throw new UsageError(
    `There is no environment "${name}" (${source}).`,
    `Use one of ${names.join(', ')}.`,
    { given: name },
  )
}

function readCarrier({ env, options }: Place): Carrier {
  const name = options.carrier ?? readVariable(env, 'CTRADER_CARRIER')
  if (name === undefined) return 'protobuf-tcp'
  const found = carriers.find((candidate) => candidate === name)
  if (found !== undefined) return found
  const source = options.carrier === undefined ? 'CTRADER_CARRIER' : '--carrier'
  throw new UsageError(
    `There is no carrier "${name}" (${source}).`,
    `Use one of ${carriers.join(', ')}.`,
    { given: name },
  )
}

/**
 * The application's id and secret: the variables', or else the sandbox's own.
 *
 * @throws {@link UsageError} naming the variables that are missing
 */
export function readCredentials({ env }: Pick<CommandContext, 'env'>, target: Target): Credentials {
  const { sandbox } = target
  const clientId = findVariable(env, 'CTRADER_CLIENT_ID')
  const clientSecret = findVariable(env, 'CTRADER_CLIENT_SECRET')
  const missing = [
    ...(clientId === undefined ? ['CTRADER_CLIENT_ID'] : []),
    ...(clientSecret === undefined ? ['CTRADER_CLIENT_SECRET'] : []),
  ]
  if (sandbox === undefined && missing.length > 0) {
    const [noun, verb] = missing.length === 1 ? ['variable', 'is'] : ['variables', 'are']
    throw new UsageError(
      `The ${noun} ${missing.join(' and ')} ${verb} not set.`,
      'Register an application at https://openapi.ctrader.com/apps and set its id and secret; or go without, on a sandbox: `ctrader tour`.',
      { missing },
    )
  }
  const line = "the sandbox's line"
  return {
    clientId: clientId?.value ?? sandbox?.clientId ?? '',
    clientSecret: clientSecret?.value ?? sandbox?.clientSecret ?? '',
    sources: { clientId: clientId?.source ?? line, clientSecret: clientSecret?.source ?? line },
  }
}

/** The application's id alone, for what needs no secret. */
export function readClientId({ env }: Pick<CommandContext, 'env'>, { sandbox }: Target): string {
  const clientId = readVariable(env, 'CTRADER_CLIENT_ID') ?? sandbox?.clientId
  if (clientId !== undefined) return clientId
  throw new UsageError(
    'The variable CTRADER_CLIENT_ID is not set.',
    'Logins are kept by application: set it to the id of yours. `ctrader profiles` lists all that are kept.',
    { missing: ['CTRADER_CLIENT_ID'] },
  )
}

/**
 * Where the consent page may send the browser back to: the variable's URI, or else the sandbox's own.
 *
 * @throws InvalidRedirectUriError for one that the sandbox would not accept
 */
export function readRedirectUris(
  { env }: Pick<CommandContext, 'env'>,
  target: Target,
): readonly string[] {
  const uri = readVariable(env, 'CTRADER_REDIRECT_URI')
  const registered = target.sandbox?.redirectUris
  if (uri === undefined) {
    if (registered !== undefined) return registered
    throw new UsageError(
      'The variable CTRADER_REDIRECT_URI is not set.',
      'Set it to a redirect URI registered for the application, such as http://127.0.0.1:8080/auth/callback.',
      { missing: ['CTRADER_REDIRECT_URI'] },
    )
  }
  if (registered === undefined) return [uri]
  const result = validateRedirectUri(uri, registered)
  if (result.ok) return [uri]
  throw new InvalidRedirectUriError(`CTRADER_REDIRECT_URI: ${result.message}`, {
    facts: { redirectUri: uri, registered },
    remedy: `Unset it, or start the sandbox with --redirect-uri ${uri}.`,
  })
}

function readAuthority(file: string): string {
  const pem = readTextFile(file, 'the certificate authority')
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem
  throw new UsageError(`The file ${file} holds no certificate.`, 'Give one in PEM form.', { file })
}

/** Whether no listener on this machine can be what a redirect URI leads to. */
export function leadsElsewhere(uri: string): boolean {
  return !/^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(\/|\?|$)/.test(uri)
}
