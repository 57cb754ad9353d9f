import type { Clock, Timer } from '../../async/clock.ts'
import {
  type EnvelopeName,
  type JsonValue,
  type Messages,
  messageToJson,
} from '../../protocol/index.ts'
import { isLike } from './likeness.ts'
import { removed, secretFields } from './redaction.ts'
import type { RecordedEnd, RecordedLine, RecordedMessage } from './session-file.ts'

export interface ReplayedSessionOptions {
  /** What was recorded of one connection. */
  readonly lines: readonly RecordedLine[]
  readonly compare: 'fields' | 'names'
  readonly pace: 'recorded' | 'at-once'
  readonly clock: Clock
  problem(text: string): void
  send<K extends EnvelopeName>(name: K, payload: Messages[K], id: string | undefined): void
  close(): void
  /** Whether so much waits to be read by the client that nothing should be added; `goOn` is called when it has read it. */
  isBehind(): boolean
}

/**
 * One recorded connection as it is played again. The server's lines are said in order, each as soon as everything that
 * the client had said before it has been said again. Requests that followed each other without an answer in between may
 * come in another order.
 */
export class ReplayedSession {
  readonly #options: ReplayedSessionOptions
  readonly #lines: readonly SpokenLine[]
  readonly #said = new Set<SpokenLine>()
  /** Ids of the recording, and what the client calls the same requests now. */
  readonly #ids = new Map<string, string | undefined>()
  /** Orders' own ids of the recording, and what the client calls the same orders now: they are random as well. */
  readonly #orderIds = new Map<string, string>()
  /** Secrets are not in the recording: an echo of one is what the client sent. */
  readonly #secrets = new Map<string, unknown>()
  #begun = false
  #next = 0
  #timer: Timer | undefined
  #ended = false

  constructor(options: ReplayedSessionOptions) {
    this.#options = options
    this.#lines = options.lines.filter(isSpoken)
  }

  /**
   * Whether nobody waits for a word of the client before the server speaks, or leaves: it said nothing in the recording, on
   * a carrier on which it need not.
   */
  get isSilent(): boolean {
    const { lines } = this.#options
    const isWebSocket = lines.some(
      (line) => 'carrier' in line && line.carrier.endsWith('websocket'),
    )
    return !isWebSocket && !this.#lines.some(isOfClient)
  }

  /** Whether the client has said everything that it said in the recording. */
  get isComplete(): boolean {
    return this.#expected(this.#lines).length === 0
  }

  /** The client can hear what is said. Harmless to repeat. */
  begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#speak()
  }

  /** The client has read what was said. Harmless to repeat. */
  goOn(): void {
    if (this.#begun) this.#speak()
  }

  end(): void {
    this.#ended = true
    this.#timer?.cancel()
  }

  /** The client has said something. */
  said(name: EnvelopeName, payload: object, id: string | undefined): void {
    this.begin()
    const lines = this.#lines
    let until = this.#next
    for (let line = lines[until]; line !== undefined && isOfClient(line); line = lines[until])
      until++
    const open = this.#expected(lines.slice(this.#next, until))
    const match = open.find((line) => line.message === name && this.#fits(line, payload))
    if (match === undefined) return this.#refuse(name, payload, id, open)
    this.#said.add(match)
    if (match.clientMsgId !== undefined) this.#ids.set(match.clientMsgId, id)
    const [recorded, given] = [match.payload, payload].map(orderIdOf)
    if (recorded !== undefined && given !== undefined) this.#orderIds.set(recorded, given)
    for (const field of secretFields) {
      const value = (payload as Record<string, unknown>)[field]
      if (value !== undefined) this.#secrets.set(field, value)
    }
    this.#speak()
  }

  #expected(lines: readonly SpokenLine[]): readonly RecordedMessage[] {
    return lines.filter(isOfClient).filter((line) => !this.#said.has(line))
  }

  #fits({ message, payload: recorded }: RecordedMessage, payload: object): boolean {
    if (this.#options.compare === 'names') return true
    const [wanted, given] = [recorded, payload].map(orderIdOf)
    if (wanted !== undefined && given !== undefined) {
      // An order that was named before goes by the same name again.
      const known = this.#orderIds.get(wanted)
      if (known !== undefined && known !== given) return false
    } else if (wanted !== given) return false
    return isLike(fieldsOf(message, recorded), fieldsOf(message, payload))
  }

  #refuse(
    name: EnvelopeName,
    payload: object,
    id: string | undefined,
    open: readonly RecordedMessage[],
  ): void {
    const wanted = open.map((line) => line.message).join(', ') || 'nothing'
    const sameKind = open.some((line) => line.message === name)
    const why = sameKind ? 'with other fields than recorded' : 'which was not recorded here'
    const text = `${name} came, ${why}; expected was: ${wanted}.`
    this.#options.problem(text)
    const { ctidTraderAccountId } = payload as { ctidTraderAccountId?: number }
    const description = `Not in the recording: ${text}`
    const answer = { ctidTraderAccountId, errorCode: 'INVALID_REQUEST', description }
    this.#options.send('ProtoOAErrorRes', answer as Messages['ProtoOAErrorRes'], id)
  }

  /** Says what is the server's turn to say. */
  #speak(): void {
    const { pace, clock } = this.#options
    const lines = this.#lines
    while (!this.#ended && this.#timer === undefined) {
      const line = lines[this.#next]
      if (line === undefined) return
      if (isOfClient(line)) {
        if (!this.#said.has(line)) return
        this.#next++
        continue
      }
      // Whoever replays an hour at once does not want to be cut off as a client that does not read.
      if (this.#options.isBehind()) return
      const wait = pace === 'recorded' ? line.t - (lines[this.#next - 1]?.t ?? line.t) : 0
      this.#next++
      if (wait <= 0) this.#say(line)
      else {
        this.#timer = clock.after(
          wait,
          () => {
            this.#timer = undefined
            this.#say(line)
            this.#speak()
          },
          { keepAlive: false },
        )
      }
    }
  }

  #say(line: SpokenLine): void {
    if ('closedBy' in line) {
      if (line.closedBy === 'server') this.#options.close()
      return
    }
    const { message, clientMsgId } = line
    const payload = withOrderIds(line.payload, this.#orderIds) as Record<string, unknown>
    for (const field of secretFields) {
      if (payload[field] === removed) payload[field] = this.#secrets.get(field) ?? removed
    }
    const id =
      clientMsgId !== undefined && this.#ids.has(clientMsgId)
        ? this.#ids.get(clientMsgId)
        : clientMsgId
    this.#options.send(message, payload as unknown as Messages[EnvelopeName], id)
  }
}

type SpokenLine = RecordedMessage | RecordedEnd

/** Heartbeats of a client are not waited for: they depend on the clock, not on the conversation. */
function isSpoken(line: RecordedLine): line is SpokenLine {
  if ('closedBy' in line) return true
  return 'message' in line && !(line.from === 'client' && line.message === 'ProtoHeartbeatEvent')
}

function isOfClient(line: SpokenLine): line is RecordedMessage {
  return 'message' in line && line.from === 'client'
}

/** What is compared: the same whatever carried it, and without the name that its maker gave an order. */
function fieldsOf(name: EnvelopeName, payload: object): Readonly<Record<string, JsonValue>> {
  // It was read as what the name says.
  const { clientOrderId: _, ...fields } = messageToJson(name, payload as Messages[EnvelopeName])
  return fields as Readonly<Record<string, JsonValue>>
}

function orderIdOf(payload: object): string | undefined {
  return (payload as { clientOrderId?: string }).clientOrderId
}

/** A copy in which orders bear the ids that their owner knows. */
function withOrderIds(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withOrderIds(item, ids))
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, content]) => [
      name,
      name === 'clientOrderId' ? (ids.get(content) ?? content) : withOrderIds(content, ids),
    ]),
  )
}
