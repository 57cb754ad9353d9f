import type { Clock } from '../async/clock.ts'
import { CTraderError } from '../errors.ts'
import { connectSession, type Session } from '../session/index.ts'
import { endpointFor, type HostAddress } from './environment.ts'
import type { ClientOptions } from './options.ts'

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
}

/** One session for each host, opened when it is first needed and again when it has ended. */
export class SessionPool {
  readonly #options: SessionPoolOptions
  readonly #sessions = new Map<string, Promise<Session>>()
  readonly #closing = new AbortController()

  constructor(options: SessionPoolOptions) {
    this.#options = options
  }

  async get(address: HostAddress, signal?: AbortSignal): Promise<Session> {
    if (this.#closing.signal.aborted) throw new ClientClosedError()
    const key = `${address.host}:${address.port}`
    const known = this.#sessions.get(key)
    if (known !== undefined) return known
    const session = this.#connect(address, signal)
    this.#sessions.set(key, session)
    const forget = (): void => {
      if (this.#sessions.get(key) === session) this.#sessions.delete(key)
    }
    session.then((open) => open.onEnd(forget), forget)
    return session
  }

  /** Closes every session, also those that are being opened. */
  async close(): Promise<void> {
    this.#closing.abort(new ClientClosedError())
    const sessions = [...this.#sessions.values()]
    this.#sessions.clear()
    const results = await Promise.allSettled(sessions)
    await Promise.all(
      results.map((result) => (result.status === 'fulfilled' ? result.value.close() : undefined)),
    )
  }

  async #connect(address: HostAddress, signal: AbortSignal | undefined): Promise<Session> {
    const { application, ca, clock, logger, requestTimeoutMs, connectTimeoutMs } = this.#options
    const { carrier = 'protobuf-tcp' } = this.#options
    const closing = this.#closing.signal
    return connectSession({
      endpoint: endpointFor(address, carrier),
      carrier,
      application,
      clock,
      signal: signal === undefined ? closing : AbortSignal.any([closing, signal]),
      ...(ca === undefined ? {} : { ca }),
      ...(logger === undefined ? {} : { logger }),
      ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
      ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    })
  }
}
