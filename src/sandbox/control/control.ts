import type { Clock } from '../../async/clock.ts'
import type { ApiServer } from '../api-server/api-server.ts'
import type { AccountEnd } from '../api-server/disconnect.ts'
import type { Credentials } from '../credentials.ts'
import type { TradingDesk } from '../desk/index.ts'
import type { Identity } from '../identity/index.ts'
import type { ControlledMarket } from '../market/index.ts'
import type { Random } from '../random.ts'
import type { Sandbox } from '../sandbox.ts'
import type { World } from '../world/index.ts'
import { AccountsControl } from './accounts-control.ts'
import { ConnectionsControl } from './connections.ts'
import { ControlArgumentError } from './errors.ts'
import { Faults } from './faults.ts'
import { requireAccount } from './field-values.ts'
import { Journal, type JournalOptions } from './journal.ts'
import { Maintenance } from './maintenance.ts'
import { MarketControl } from './market-control.ts'
import { RulesControl } from './rules-control.ts'
import { captureState, resetAll, type SandboxState, Snapshots } from './snapshots.ts'
import { Terminal } from './terminal.ts'
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
  /** What orders a symbol takes. */
  readonly rules: RulesControl
  /** Tokens that die or expire. */
  readonly tokens: TokensControl
  /** Accounts, their money and their owners. */
  readonly accounts: AccountsControl
  /** How things stood, to be put back. */
  readonly snapshots: Snapshots
  /**
   * Starts another sandbox that is as this one was when a snapshot was taken: same seed, accounts, positions, tokens and
   * prices, on ports of its own. Without a snapshot: as this one is now. What is done to one is not seen by the other.
   *
   * @throws ControlNotFoundError
   * @throws ControlArgumentError where recordings had begun to play: the other one's would begin anew
   */
  fork(snapshot?: number): Promise<Sandbox>
  /**
   * Puts the sandbox back to where it started, cuts all connections, and forgets faults, maintenance and journal, at the
   * authorization server too. Recordings go on where they are.
   */
  reset(): Promise<void>
  /** Opens another terminal of an account's owner, such as the phone. @throws ControlNotFoundError */
  terminal(account: number): Terminal
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
  readonly desk: TradingDesk
  readonly credentials: Credentials
  readonly demo: ApiServer
  readonly live: ApiServer
  readonly fork: (state: SandboxState) => Promise<Sandbox>
  /** Puts the authorization server's faults and switches back. */
  resetAuth(): void
}): SandboxControl {
  const { gear, clock, world, market, desk, identity, credentials, demo, live } = options
  const { journal, faults, maintenance, wiretap } = gear
  const endAccounts = (end: AccountEnd): number =>
    demo.disconnectAccounts(end) + live.disconnectAccounts(end)
  const connections = new ConnectionsControl(wiretap, world, endAccounts)
  const parts = { world, desk, market, identity }
  const now = (): number => clock.now()
  const snapshots = new Snapshots(parts, now, connections)
  snapshots.begin()
  return {
    connections,
    accounts: new AccountsControl({ world, desk, identity, credentials }),
    snapshots,
    async fork(id) {
      const state = id === undefined ? captureState(parts, now()) : snapshots.state(id)
      refusePlaying(state)
      return options.fork(state)
    },
    async reset() {
      resetAll({ snapshots, faults, maintenance, journal, resetAuth: options.resetAuth })
    },
    journal,
    faults,
    maintenance,
    market: new MarketControl({
      ...{ world, market, clock },
      opened: (symbolId) => desk.lookAgain(symbolId),
    }),
    rules: new RulesControl(world, desk),
    tokens: new TokensControl(identity, world),
    terminal(account) {
      const host = requireAccount(world, account).isLive ? live : demo
      return new Terminal(account, world, (onMessage) => host.connectInside(account, onMessage))
    },
  }
}

function refusePlaying({ recordings }: SandboxState): void {
  if (recordings.length === 0) return
  throw new ControlArgumentError(
    `A sandbox whose recordings play cannot be forked: ${recordings.join(', ')}.`,
    {
      facts: { recordings },
      remedy: 'Fork it from a snapshot that was taken before anybody looked at these symbols.',
    },
  )
}
