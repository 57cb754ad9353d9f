import type { TradingDesk } from '../desk/index.ts'
import type { Identity } from '../identity/index.ts'
import type { ControlledMarket } from '../market/index.ts'
import type { SandboxAccount, World } from '../world/index.ts'
import type { ConnectionsControl } from './connections.ts'
import { ControlNotFoundError } from './errors.ts'
import type { Faults } from './faults.ts'
import type { Journal } from './journal.ts'
import type { Maintenance } from './maintenance.ts'

/** Everything that a sandbox knows, as plain data. */
export interface SandboxState {
  /** Ms since 1970, in the sandbox's time. */
  readonly takenAt: number
  readonly accounts: readonly SandboxAccount[]
  readonly desk: ReturnType<TradingDesk['capture']>
  readonly market: ReturnType<ControlledMarket['control']['capture']>
  readonly identity: ReturnType<Identity['capture']>
  /** Symbols whose recordings had begun to play: how far is not part of the state. */
  readonly recordings: readonly string[]
}

/** The parts of a sandbox that have a state. */
export interface StatefulParts {
  readonly world: World
  readonly desk: TradingDesk
  readonly market: ControlledMarket
  readonly identity: Identity
}

/** What becomes of connections when a sandbox is put back. */
export interface RevertOptions {
  /**
   * Whether clients keep their connections. They were told things that then have never been, so usually they are cut
   * and have to begin anew.
   * @defaultValue false
   */
  readonly keepConnections?: boolean
}

/** What is known of a snapshot without going back to it. */
export interface SnapshotInfo {
  readonly id: number
  /** When, ms of the sandbox's time. */
  readonly takenAt: number
  /** Symbols whose recordings were playing: going back does not put them back. */
  readonly recordings: readonly string[]
}

export function captureState(parts: StatefulParts, now: number): SandboxState {
  const { world, desk, market, identity } = parts
  return {
    takenAt: now,
    accounts: [...world.accounts],
    desk: desk.capture(),
    market: market.control.capture(),
    identity: identity.capture(),
    recordings: [...world.instruments.values()]
      .filter(({ symbolId }) => (market.replayProgress(symbolId)?.rows ?? 0) > 0)
      .map(({ name }) => name),
  }
}

export function restoreState(parts: StatefulParts, state: SandboxState): void {
  parts.world.accounts.splice(0, parts.world.accounts.length, ...state.accounts)
  parts.identity.restore(state.identity)
  // Prices first: what the desk does by itself goes by them.
  parts.market.control.restore(state.market)
  parts.desk.restore(state.desk)
}

/**
 * Remembers how things stand, and puts them back: accounts, money, positions, orders and what is under way with them,
 * people, applications and tokens, and what was done to prices. Time goes on; orders that are under way stay as far from
 * their end as they were.
 *
 * What a test sets up around the sandbox is its own affair and stays, except for `reset`: faults on both servers, the
 * switches of the authorization server, maintenance, the journal. Rate limits are counted for each connection, and go
 * with it. Recordings go on where they are: their rows are read once, ahead of time, and a file may be larger than what
 * can be read again while somebody waits; `list` names those of each snapshot, and a fork of one is refused.
 */
export class Snapshots {
  readonly #parts: StatefulParts
  readonly #now: () => number
  readonly #connections: ConnectionsControl
  readonly #kept = new Map<number, SandboxState>()
  #count = 0
  #start: SandboxState | undefined

  constructor(parts: StatefulParts, now: () => number, connections: ConnectionsControl) {
    this.#parts = parts
    this.#now = now
    this.#connections = connections
  }

  /** Remembers what `reset` goes back to. */
  begin(): void {
    this.#start = captureState(this.#parts, this.#now())
  }

  /** Takes a snapshot and returns its number. Costs what is known, not what is open. */
  take(): number {
    const id = ++this.#count
    this.#kept.set(id, captureState(this.#parts, this.#now()))
    return id
  }

  /** The snapshots there are. */
  list(): readonly SnapshotInfo[] {
    return [...this.#kept].map(([id, { takenAt, recordings }]) => ({ id, takenAt, recordings }))
  }

  /** What a snapshot holds, to make another sandbox of it. @throws ControlNotFoundError */
  state(id: number): SandboxState {
    const state = this.#kept.get(id)
    if (state !== undefined) return state
    throw new ControlNotFoundError('snapshot', id, [...this.#kept.keys()])
  }

  /** Puts the sandbox back to a snapshot, which can be used again. @throws ControlNotFoundError */
  revert(id: number, options: RevertOptions = {}): void {
    this.#restore(this.state(id), options)
  }

  /** Forgets a snapshot. Harmless when there is none of that number. */
  drop(id: number): void {
    this.#kept.delete(id)
  }

  /** Puts the sandbox back to where it started. */
  restart(options: RevertOptions = {}): void {
    if (this.#start !== undefined) this.#restore(this.#start, options)
  }

  #restore(state: SandboxState, { keepConnections = false }: RevertOptions): void {
    if (!keepConnections) this.#connections.cut({}, 'close')
    restoreState(this.#parts, state)
  }
}

/** Puts a sandbox back to its start, and clears away what tests have set up beside it. */
export function resetAll(parts: {
  readonly snapshots: Snapshots
  readonly faults: Faults
  readonly maintenance: Maintenance
  readonly journal: Journal
  /** Puts back what is set up at the authorization server. */
  resetAuth(): void
}): void {
  parts.resetAuth()
  parts.faults.clear()
  parts.maintenance.end()
  parts.snapshots.restart()
  parts.journal.clear()
}
