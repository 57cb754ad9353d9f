import type { Clock } from '../async/clock.ts'
import { CTraderError } from '../errors.ts'
import {
  type CloseOptions,
  openSession,
  type ReconnectingSession,
  type SessionStatus,
  type WireTap,
} from '../session/index.ts'
import { endpointsFor, type HostAddress } from './environment.ts'
import { shareTap } from './link-numbers.ts'
import type { ClientOptions } from './options.ts'
import type { ConnectionStatus } from './status.ts'

/** The client has been closed. */
export class ClientClosedError extends CTraderError {
  constructor() {
    super('CLIENT_CLOSED', 'The client has been closed.', {
      remedy: 'Create a new one; a closed client does not open connections again.',
    })
  }
}

export interface SessionPoolOptions extends Omit<ClientOptions, 'environment' | 'grants'> {
  readonly clock: Clock
  readonly ca: string | undefined
  /** The status of a connection has changed. */
  readonly onStatus?: (status: ConnectionStatus) => void
}

/** One of the connections to a host. */
interface Slot {
  readonly address: HostAddress
  /** Counts the connections to the host, from 0. */
  readonly index: number
  session: Promise<ReconnectingSession> | undefined
  status: SessionStatus | undefined
  /** The accounts that live on it. */
  readonly accounts: Set<number>
}

/** The sessions of a client: for each host one, or as many as its accounts are to be spread over. */
export class SessionPool {
  readonly #options: SessionPoolOptions
  readonly #hosts = new Map<HostAddress, readonly Slot[]>()
  readonly #closing = new AbortController()
  readonly #tap: (() => WireTap) | undefined

  constructor(options: SessionPoolOptions) {
    this.#options = options
    this.#tap = options.tap && shareTap(options.tap)
  }

  /** How every connection stands that was needed so far. */
  get status(): readonly ConnectionStatus[] {
    return [...this.#hosts.values()].flat().flatMap((slot) => statusOf(slot) ?? [])
  }

  /** A session to ask a host something that concerns no account. */
  get(address: HostAddress): Promise<ReconnectingSession> {
    return this.#open(this.#slots(address)[0] as Slot)
  }

  /** The session an account lives on. The same account always gets the same one. */
  forAccount(address: HostAddress, accountId: number): Promise<ReconnectingSession> {
    const slots = this.#slots(address)
    const known = slots.find((slot) => slot.accounts.has(accountId))
    const slot = known ?? slots.reduce((a, b) => (b.accounts.size < a.accounts.size ? b : a))
    slot.accounts.add(accountId)
    return this.#open(slot)
  }

  /**
   * Closes every session, also those that are being opened.
   *
   * @param reason what those who wait for one get
   */
  async close(options?: CloseOptions, reason: unknown = new ClientClosedError()): Promise<void> {
    this.#closing.abort(reason)
    const sessions = [...this.#hosts.values()].flat().map((slot) => slot.session)
    await Promise.all(
      sessions.map(async (session) => {
        const open = await session?.catch(() => undefined)
        await open?.close(options)
      }),
    )
  }

  #slots(address: HostAddress): readonly Slot[] {
    let slots = this.#hosts.get(address)
    if (slots === undefined) {
      const { connectionsPerHost: length = 1 } = this.#options
      slots = Array.from({ length }, (_, index) => ({
        address,
        index,
        session: undefined,
        status: undefined,
        accounts: new Set<number>(),
      }))
      this.#hosts.set(address, slots)
    }
    return slots
  }

  async #open(slot: Slot): Promise<ReconnectingSession> {
    if (this.#closing.signal.aborted) throw new ClientClosedError()
    if (slot.session !== undefined) return slot.session
    const session = this.#connect(slot)
    slot.session = session
    const forget = (): void => {
      if (slot.session === session) slot.session = undefined
    }
    session.then((open) => open.onEnd(forget), forget)
    return session
  }

  async #connect(slot: Slot): Promise<ReconnectingSession> {
    const { application, ca, carrier = 'protobuf-tcp', clock, logger } = this.#options
    const { requestTimeoutMs, connectTimeoutMs, probeAfterMs } = this.#options
    const { metrics, rateLimits, reconnect, whenOffline } = this.#options
    const closing = this.#closing.signal
    const session = await openSession({
      endpoint: endpointsFor(slot.address, carrier),
      carrier,
      application,
      ca,
      clock,
      logger,
      requestTimeoutMs,
      connectTimeoutMs,
      probeAfterMs,
      reconnect,
      whenOffline,
      metrics,
      rateLimits,
      tap: this.#tap?.(),
      // Not a caller's: the session is for all who need it. Connecting has deadlines of its own.
      signal: closing,
    })
    const note = (status: SessionStatus): void => {
      slot.status = status
      this.#options.onStatus?.({ host: slot.address.host, index: slot.index, status })
    }
    note(session.status)
    session.onStatus(note)
    return session
  }
}

function statusOf({ address, index, status }: Slot): ConnectionStatus | undefined {
  return status === undefined ? undefined : { host: address.host, index, status }
}
