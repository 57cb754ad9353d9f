import { InvalidArgumentError } from '../errors.ts'
import { say } from '../say.ts'
import { type Carrier, checkCarrier, formatOf } from '../session/index.ts'
import type { Endpoint } from '../transport/index.ts'

/** Where a host listens. Each port takes plain TLS and WebSocket. */
export interface HostAddress {
  readonly host: string
  /** The port for protobuf. */
  readonly port: number
  /** The port for JSON; without it the carriers that speak JSON cannot be used. */
  readonly jsonPort?: number | undefined
  /** Other hosts that serve the same accounts, tried in turn when this one cannot be reached. */
  readonly fallbacks?: readonly Omit<HostAddress, 'fallbacks'>[] | undefined
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

/** The same on both hosts. */
const ports = { port: 5035, jsonPort: 5036 }

const demo = { host: 'demo.ctraderapi.com', ...ports }
const live = { host: 'live.ctraderapi.com', ...ports }

/** The real servers, by name. `demo` and `live` give access to the accounts of their own host only, `all` to both. */
export const environments = {
  demo: { name: 'demo', demo },
  live: { name: 'live', live },
  all: { name: 'all', demo, live },
} as const satisfies Readonly<Record<string, Environment>>

/** Turns a name into the environment; leaves a custom one as it is. */
export function toEnvironment(value: keyof typeof environments | Environment): Environment {
  const environment: Environment | undefined =
    typeof value !== 'string'
      ? value
      : Object.hasOwn(environments, value)
        ? environments[value]
        : undefined
  if (typeof environment !== 'object' || environment === null) {
    throw new InvalidArgumentError(`There is no environment ${say(value)}.`, {
      remedy:
        "Use 'demo', 'live', 'all', or an object with the hosts, such as sandbox.clientOptions() gives.",
    })
  }
  if (environment.demo === undefined && environment.live === undefined) {
    throw new InvalidArgumentError(`The environment ${say(environment.name)} names no host.`, {
      remedy: 'Give it a demo host, a live host, or both.',
    })
  }
  return environment
}

/**
 * Where to connect for a carrier: the host, then its fallbacks.
 *
 * @throws `InvalidArgumentError` for a carrier that does not exist, or one that a host has no port for
 */
export function endpointsFor(address: HostAddress, carrier: Carrier): readonly Endpoint[] {
  checkCarrier(carrier)
  return [address, ...(address.fallbacks ?? [])].map(({ host, port, jsonPort }) => {
    if (formatOf(carrier) === 'protobuf') return { host, port }
    if (jsonPort !== undefined) return { host, port: jsonPort }
    throw new InvalidArgumentError(`The carrier ${carrier} needs the JSON port of ${host}.`, {
      facts: { host, carrier },
      remedy: 'Name it as jsonPort in the environment, or choose a carrier that speaks protobuf.',
    })
  })
}
