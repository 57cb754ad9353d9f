import type { Clock } from '../../async/clock.ts'
import type { AccountEnd } from '../api-server/disconnect.ts'
import type { Identity } from '../identity/index.ts'
import type { ControlledMarket } from '../market/index.ts'
import type { Random } from '../random.ts'
import type { World } from '../world/index.ts'
import { ConnectionsControl } from './connections.ts'
import { Faults } from './faults.ts'
import { Journal, type JournalOptions } from './journal.ts'
import { Maintenance } from './maintenance.ts'
import { MarketControl } from './market-control.ts'
import { TokensControl } from './tokens-control.ts'
import { Wiretap } from './wiretap.ts'

/** Everything that a test, or a person, may do to a running sandbox from behind its back. */
export interface SandboxControl {
  /** The clients' connections, and how they end. */
  readonly connections: ConnectionsControl
  /** What went over them. */
  readonly journal: Journal
  /** Messages that get lost, late or wrong, and lines that are bad. */
  readonly faults: Faults
  /** Requests refused because the server, or the broker behind it, is away. */
  readonly maintenance: Maintenance
  /** Prices and trading hours. */
  readonly market: MarketControl
  /** Tokens that die or expire. */
  readonly tokens: TokensControl
}

/** The parts of control that the servers are built with, before there is anything to control. */
export interface ControlGear {
  readonly journal: Journal
  readonly faults: Faults
  readonly maintenance: Maintenance
  readonly wiretap: Wiretap
  /** Numbers for connections, over both hosts. */
  readonly nextConnectionId: () => number
}

export function controlGear(options: {
  readonly clock: Clock
  readonly random: Random
  readonly journal: JournalOptions | undefined
}): ControlGear {
  const { clock, random } = options
  const journal = new Journal(options.journal)
  const faults = new Faults(random)
  const maintenance = new Maintenance(clock)
  const wiretap = new Wiretap({ clock, journal, faults, maintenance })
  let connections = 0
  return { journal, faults, maintenance, wiretap, nextConnectionId: () => ++connections }
}

/** Puts control over a sandbox together. */
export function createControl(options: {
  readonly gear: ControlGear
  readonly clock: Clock
  readonly world: World
  readonly market: ControlledMarket
  readonly identity: Identity
  readonly hosts: readonly { disconnectAccounts(end: AccountEnd): number }[]
}): SandboxControl {
  const { gear, clock, world, market, identity, hosts } = options
  const { journal, faults, maintenance, wiretap } = gear
  const endAccounts = (end: AccountEnd): number =>
    hosts.reduce((sum, host) => sum + host.disconnectAccounts(end), 0)
  return {
    connections: new ConnectionsControl(wiretap, endAccounts),
    journal,
    faults,
    maintenance,
    market: new MarketControl(world, market, clock),
    tokens: new TokensControl(identity),
  }
}
