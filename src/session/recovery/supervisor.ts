import { CTraderError } from '../../errors.ts'
import { ConnectAbortedError, LinkClosedError } from '../../transport/index.ts'
import { SessionClosedError } from '../errors.ts'
import { LiveSession } from '../live-session.ts'
import { Listeners } from '../status/listeners.ts'
import type { SessionEnd } from '../status/state.ts'
import type { SessionStatus } from '../status/status.ts'
import type { Connection } from './connection.ts'
import type { SessionOwner } from './owner.ts'
import type { ResolvedOpenOptions } from './reconnect-options.ts'
import { type NextStep, ReconnectPlan } from './reconnect-plan.ts'
import { sleep } from './sleep.ts'

export interface SupervisorPort {
  /** Made anew for each link. */
  owner(): Omit<SessionOwner, 'linked' | 'ending'>
  status(status: SessionStatus): void
  /** A link is up and the application authenticated on it. */
  begin(connection: Connection): void
  /** That link is over. */
  end(connection: Connection, end: SessionEnd): void
}

type Attempt = Extract<NextStep, { kind: 'connect' }>

/** Sees to it that there is a link: opens one, waits for its end, and opens the next. */
export class Supervisor {
  readonly #options: ResolvedOpenOptions
  readonly #port: SupervisorPort
  readonly #plan: ReconnectPlan
  readonly #retiring = new AbortController()
  #generation = 0
  #live: LiveSession | undefined
  #lastError: CTraderError = new SessionClosedError()

  constructor(options: ResolvedOpenOptions, port: SupervisorPort) {
    this.#options = options
    this.#port = port
    const { reconnect, endpoints, clock, random } = options
    this.#plan = new ReconnectPlan({ ...reconnect, endpoints, clock, random })
  }

  /** Goes on until it is retired or gives up. Resolves with how it ended, once nothing of the last link is left. */
  async run(): Promise<SessionEnd> {
    const retired = this.#retiring.signal
    let step = this.#plan.first()
    while (step.kind === 'connect') {
      if (!(await this.#pause(step)) || retired.aborted) {
        return { kind: 'failure', error: new ConnectAbortedError(step.endpoint, retired.reason) }
      }
      step = await this.#attempt(step)
    }
    return { kind: 'failure', error: step.error }
  }

  /** Opens no further link. One that is being opened is given up; one that is up stays. */
  retire(reason: unknown): void {
    this.#retiring.abort(reason)
  }

  /** Resolves when every request now under way has been answered, or failed. */
  async settled(): Promise<void> {
    await this.#live?.settled()
  }

  /** Ends the link, if there is one. */
  async close(): Promise<void> {
    await this.#live?.close()
  }

  /** Returns whether the time has come; without, when it is retired meanwhile. */
  async #pause({ afterMs, reason }: Attempt): Promise<boolean> {
    if (reason === undefined) return true
    return sleep(this.#options.clock, afterMs, this.#retiring.signal)
  }

  async #attempt(step: Attempt): Promise<NextStep> {
    const { endpoint, attempt } = step
    const say = (stage: 'link' | 'application'): void =>
      this.#port.status({ phase: 'connecting', stage, endpoint, attempt })
    say('link')
    const over = new Listeners<undefined>(this.#options.logger, 'the end of a link')
    let next: NextStep | undefined
    const live: LiveSession = new LiveSession(
      { ...this.#options, endpoint },
      {
        ...this.#port.owner(),
        linked: () => say('application'),
        ending: (end) => {
          if (this.#live !== live) return
          this.#live = undefined
          this.#lastError = end.error
          next = this.#plan.lost(end)
          over.tell(undefined)
          this.#port.end(connection, end)
          this.#announce(next)
        },
      },
    )
    const connection = {
      live,
      endpoint,
      generation: this.#generation + 1,
      onOver: (call: () => void) => over.add(call),
    }
    try {
      await live.open(this.#retiring.signal)
    } catch (error) {
      const after = this.#failed(toKnown(endpoint, error))
      this.#announce(after)
      return after
    }
    if (live.state.phase !== 'ready') {
      // It went in the moment it came.
      const after = this.#failed((await live.closed).error)
      this.#announce(after)
      return after
    }
    this.#generation++
    if (this.#generation > 1) this.#options.metrics?.count('reconnects', {})
    this.#plan.opened()
    this.#live = live
    this.#port.begin(connection)
    const end = await live.closed
    return next ?? this.#plan.lost(end)
  }

  #announce(step: NextStep): void {
    if (step.kind !== 'connect' || this.#retiring.signal.aborted) return
    const { afterMs, attempt, endpoint, reason } = step
    const { clock, logger } = this.#options
    if (reason === undefined) {
      this.#port.status({ phase: 'connecting', stage: 'link', endpoint, attempt })
      return
    }
    const error = this.#lastError
    const until = clock.now() + afterMs
    this.#port.status({ phase: 'waiting', reason, until, attempt, error })
    logger.info(
      { reason, afterMs: Math.round(afterMs), attempt, error },
      'waiting to connect again',
    )
  }

  #failed(error: CTraderError): NextStep {
    this.#lastError = error
    this.#options.logger.debug({ error }, 'an attempt to connect failed')
    if (this.#retiring.signal.aborted) return { kind: 'give-up', error }
    const next = this.#plan.failed(error)
    const isFirst = this.#generation === 0 && !this.#options.waitForFirst
    // Another host may be tried at once; beyond that, who opens a session wants to know.
    const isLastResort = next.kind === 'connect' && next.reason !== undefined
    return isFirst && isLastResort ? { kind: 'give-up', error } : next
  }
}

function toKnown(endpoint: Attempt['endpoint'], error: unknown): CTraderError {
  if (error instanceof CTraderError) return error
  return new LinkClosedError(endpoint, 'could not be opened', error)
}
