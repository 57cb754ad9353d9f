import { InvalidArgumentError } from '../errors.ts'

/** Where a host listens for protobuf over TLS. */
export interface HostAddress {
  readonly host: string
  readonly port: number
}

/** The servers a client talks to. Accounts live on exactly one of the two hosts. */
export interface Environment {
  readonly name: string
  /** The host of demo accounts; without it they cannot be opened. */
  readonly demo?: HostAddress | undefined
  /** The host of live accounts; without it they cannot be opened. */
  readonly live?: HostAddress | undefined
  /** Certificate authority (PEM) to trust instead of the system's. The sandbox makes its own. */
  readonly ca?: string | undefined
}

/** The protobuf port of both hosts. */
const protobufPort = 5035

/** The real servers, by name. Each name gives access to the accounts of its own host only. */
export const environments = {
  demo: { name: 'demo', demo: { host: 'demo.ctraderapi.com', port: protobufPort } },
  live: { name: 'live', live: { host: 'live.ctraderapi.com', port: protobufPort } },
} as const satisfies Readonly<Record<string, Environment>>

/** Turns a name into the environment; leaves a custom one as it is. */
export function toEnvironment(value: keyof typeof environments | Environment): Environment {
  const environment = typeof value === 'string' ? environments[value] : value
  if (typeof environment !== 'object' || environment === null) {
    throw new InvalidArgumentError(`There is no environment ${JSON.stringify(value)}.`, {
      remedy:
        "Use 'demo', 'live', or an object with the hosts, such as sandbox.clientOptions() gives.",
    })
  }
  const { demo, live } = environment as Environment
  if (demo === undefined && live === undefined) {
    throw new InvalidArgumentError(`The environment "${environment.name}" names no host.`, {
      remedy: 'Give it a demo host, a live host, or both.',
    })
  }
  return environment
}
