import type { Clock } from '../../async/clock.ts'
import type { EnvelopeName } from '../../protocol/index.ts'
import type { Connection } from '../api-server/connection.ts'
import type {
  Dispatch,
  LineQuality,
  PassingMessage,
  Reception,
  Traffic,
} from '../api-server/traffic.ts'
import type { AnswerFate, Faults } from './faults.ts'
import { accountOf } from './faults.ts'
import type { Journal } from './journal.ts'
import { withoutSecrets } from './journal-entry.ts'
import type { Maintenance } from './maintenance.ts'
import { requestOf } from './message-names.ts'

/** What is known of a connection beside what it knows itself. */
export interface Tapped {
  received: number
  sent: number
  /** Nothing it says is taken any more, though it is still served with events. */
  mute: boolean
  /** What becomes of answers, by the id of their request: events carry it long after the request was carried out. */
  readonly fates: Map<string, AnswerFate>
  /** The same by the request itself: several without an id, or with the same one, may wait for their turn. */
  readonly fatesOfRequests: WeakMap<PassingMessage, AnswerFate>
  /** The request that is being carried out, when its answers have a fate. */
  current: { readonly id: string | undefined; readonly fate: AnswerFate } | undefined
}

// Requests whose answers have a fate, per connection; beyond that the oldest are forgotten.
const rememberedFates = 1_000

const quoteMessages: readonly (EnvelopeName | undefined)[] = [
  'ProtoOASpotEvent',
  'ProtoOADepthEvent',
]

/** Sits on every connection of a sandbox: keeps the journal, and lets fault rules and maintenance have their way. */
export class Wiretap implements Traffic {
  activity = 0
  readonly connections = new Map<Connection, Tapped>()
  readonly #clock: Clock
  readonly #journal: Journal
  readonly #faults: Faults
  readonly #maintenance: Maintenance

  constructor(options: {
    readonly clock: Clock
    readonly journal: Journal
    readonly faults: Faults
    readonly maintenance: Maintenance
  }) {
    this.#clock = options.clock
    this.#journal = options.journal
    this.#faults = options.faults
    this.#maintenance = options.maintenance
  }

  opened(connection: Connection): void {
    this.activity++
    this.connections.set(connection, {
      ...{ received: 0, sent: 0, mute: false, current: undefined },
      ...{ fates: new Map(), fatesOfRequests: new WeakMap() },
    })
  }

  closed(connection: Connection): void {
    this.activity++
    this.connections.delete(connection)
  }

  received(connection: Connection, message: PassingMessage): Reception | undefined {
    const tapped = this.connections.get(connection)
    if (tapped === undefined) return undefined
    tapped.received++
    if (tapped.mute) {
      this.#write(connection, 'received', message, {})
      return { kind: 'ignore' }
    }
    const verdict = this.#faults.ofRequest(connection, message)
    this.#write(connection, 'received', message, { fault: verdict?.rule })
    const { reception, answer } = verdict?.decision ?? {}
    if (answer !== undefined) this.#remember(tapped, message, answer)
    if (reception?.kind === 'answer') return completed(reception, message)
    return reception ?? this.#maintenance.refuse(connection.host, message)
  }

  carryingOut(connection: Connection, message: PassingMessage): void {
    const tapped = this.connections.get(connection)
    const fate = tapped?.fatesOfRequests.get(message)
    if (tapped !== undefined && fate !== undefined) {
      tapped.current = { id: message.clientMsgId, fate }
    }
  }

  carriedOut(connection: Connection): void {
    const tapped = this.connections.get(connection)
    if (tapped !== undefined) tapped.current = undefined
  }

  malformed(connection: Connection, payloadType: number, problem: string): void {
    const message = { payloadType, name: undefined, payload: {}, clientMsgId: undefined }
    this.#write(connection, 'received', message, { problem })
  }

  sending(connection: Connection, message: PassingMessage): Dispatch | undefined {
    const tapped = this.connections.get(connection)
    if (tapped === undefined) return undefined
    tapped.sent++
    const fate = fateOf(tapped, message.clientMsgId)
    const verdict = fate === undefined ? this.#faults.ofSending(connection, message) : undefined
    if (this.#journal.quotes || !quoteMessages.includes(message.name)) {
      this.#write(connection, 'sent', message, { fault: fate?.rule ?? verdict?.rule })
    }
    if (fate === undefined) return verdict?.decision
    const { copies, delayMs } = fate
    return { copies, delayMs, overtakenWithinMs: undefined, cut: undefined, closesBehind: false }
  }

  line(connection: Connection): LineQuality | undefined {
    return this.#faults.ofLine(connection)
  }

  #remember(tapped: Tapped, message: PassingMessage, fate: AnswerFate): void {
    tapped.fatesOfRequests.set(message, fate)
    const { clientMsgId: id } = message
    if (id === undefined) return
    // The latest of an id counts last.
    tapped.fates.delete(id)
    tapped.fates.set(id, fate)
    for (const oldest of tapped.fates.keys()) {
      if (tapped.fates.size <= rememberedFates) break
      tapped.fates.delete(oldest)
    }
  }

  #write(
    connection: Connection,
    direction: 'received' | 'sent',
    message: PassingMessage,
    more: { readonly problem?: string; readonly fault?: number | undefined },
  ): void {
    const { name, payloadType, payload, clientMsgId } = message
    this.#journal.add({
      at: this.#clock.now(),
      direction,
      ...{ host: connection.host, connection: connection.id, payloadType, message: name },
      ...{ request: requestOf(name), clientMsgId, account: accountOf(payload) },
      ...{ payload: withoutSecrets(payload), problem: more.problem, fault: more.fault },
    })
  }
}

function fateOf(tapped: Tapped, id: string | undefined): AnswerFate | undefined {
  const { current } = tapped
  if (current !== undefined && current.id === id) return current.fate
  return id === undefined || tapped.fates.size === 0 ? undefined : tapped.fates.get(id)
}

/** An error that a rule made up, about the account that the request names. */
function completed(reception: Reception, { payload }: PassingMessage): Reception {
  if (reception.kind !== 'answer') return reception
  const named = accountOf(payload)
  // The order error has no meaning without an account, and its message insists on one.
  const account = reception.name === 'ProtoOAOrderErrorEvent' ? (named ?? 0) : named
  return { ...reception, payload: { ...reception.payload, ctidTraderAccountId: account } }
}
