import type { Clock } from '../../async/clock.ts'
import type { OptionNames } from '../../known-options.ts'
import type { PassingMessage, Reception } from '../api-server/traffic.ts'
import { ControlArgumentError } from './errors.ts'
import { checkFields } from './field-values.ts'

export interface MaintenanceWindow {
  /** How long it lasts, ms of the sandbox's time. @defaultValue until it is ended */
  readonly forMs?: number
  /** Which host. @defaultValue both */
  readonly host?: 'demo' | 'live'
  /**
   * What requests are answered with: `SERVER_IS_UNDER_MAINTENANCE` with its end, or `CANT_ROUTE_REQUEST`, as when the
   * broker behind the server is away.
   * @defaultValue 'server'
   */
  readonly of?: 'server' | 'broker'
}

const windowNames: OptionNames<MaintenanceWindow> = { forMs: true, host: true, of: true }

/** Where maintenance stands. */
export interface MaintenanceState {
  readonly host: 'demo' | 'live' | undefined
  readonly of: 'server' | 'broker'
  /** Ms since 1970; undefined for one without an announced end. */
  readonly endsAt: number | undefined
}

/** A maintenance window: connections stay, and every request is refused. */
export class Maintenance {
  readonly #clock: Clock
  #state: MaintenanceState | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The window that is open. */
  get state(): MaintenanceState | undefined {
    const { endsAt } = this.#state ?? {}
    if (endsAt !== undefined && this.#clock.now() >= endsAt) this.#state = undefined
    return this.#state
  }

  /** Begins a window, in place of one that is open. @throws ControlArgumentError */
  begin(window: MaintenanceWindow = {}): MaintenanceState {
    checkFields('maintenance.begin', window, windowNames)
    const { forMs, host, of = 'server' } = window
    if (forMs !== undefined && !(Number.isFinite(forMs) && forMs > 0)) {
      throw new ControlArgumentError(`Maintenance cannot last ${forMs} ms.`, {
        facts: { forMs },
        remedy: 'Give milliseconds above 0, or nothing for one that lasts until it is ended.',
      })
    }
    check('host', host, ['demo', 'live', undefined])
    check('of', of, ['server', 'broker'])
    const endsAt = forMs === undefined ? undefined : this.#clock.now() + forMs
    this.#state = { host, of, endsAt }
    return this.#state
  }

  end(): void {
    this.#state = undefined
  }

  /** @internal The refusal of a request that comes in the meantime. */
  refuse(host: 'demo' | 'live', { name, payload }: PassingMessage): Reception | undefined {
    if (this.#state === undefined || name === 'ProtoHeartbeatEvent') return undefined
    const { state } = this
    if (state === undefined || (state.host !== undefined && state.host !== host)) return undefined
    const { ctidTraderAccountId } = payload as { ctidTraderAccountId?: number }
    const { endsAt } = state
    return {
      kind: 'answer',
      name: 'ProtoOAErrorRes',
      payload:
        state.of === 'broker'
          ? {
              ...{ ctidTraderAccountId, errorCode: 'CANT_ROUTE_REQUEST' },
              description: 'Cannot route request',
            }
          : {
              ...{ ctidTraderAccountId, errorCode: 'SERVER_IS_UNDER_MAINTENANCE' },
              description: 'Server is under maintenance',
              // Seconds, in this message.
              maintenanceEndTimestamp: endsAt === undefined ? undefined : Math.ceil(endsAt / 1000),
            },
    }
  }
}

function check(name: string, given: unknown, known: readonly unknown[]): void {
  if (known.includes(given)) return
  const words = known.filter((word) => word !== undefined).join(' or ')
  throw new ControlArgumentError(
    `The field ${name} of a maintenance cannot be ${JSON.stringify(given)}.`,
    {
      facts: { field: name },
      remedy: `Give ${words}, or leave it out.`,
    },
  )
}
