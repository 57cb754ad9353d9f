import { isDeepStrictEqual } from 'node:util'
import type { Clock, Timer } from '../../async/clock.ts'
import type { EnvelopeName, Messages } from '../../protocol/index.ts'
import { type RecordedLine, type RecordedMessage, removed, secretFields } from './session-file.ts'

export interface ReplayedSessionOptions {
  /** What was recorded of one connection. */
  readonly lines: readonly RecordedLine[]
  readonly compare: 'fields' | 'names'
  readonly pace: 'recorded' | 'at-once'
  readonly clock: Clock
  problem(text: string): void
  send<K extends EnvelopeName>(name: K, payload: Messages[K], id: string | undefined): void
  close(): void
}

/**
 * One recorded connection as it is played again. The server's lines are said in order, each as soon as everything that
 * the client had said before it has been said again. Requests that followed each other without an answer in between may
 * come in another order.
 */
export class ReplayedSession {
  readonly #options: ReplayedSessionOptions
  readonly #said = new Set<RecordedLine>()
  /** Ids of the recording, and what the client calls the same requests now. */
  readonly #ids = new Map<string, string | undefined>()
  /** Orders' own ids of the recording, and what the client calls the same orders now: they are random as well. */
  readonly #orderIds = new Map<string, string>()
  /** Secrets are not in the recording: an echo of one is what the client sent. */
  readonly #secrets = new Map<string, unknown>()
  #next = 0
  #timer: Timer | undefined
  #ended = false

  constructor(options: ReplayedSessionOptions) {
    this.#options = options
  }

  /** Whether the client has said everything that it said in the recording. */
  get isComplete(): boolean {
    return this.#expected(this.#options.lines).length === 0
  }

  begin(): void {
    this.#speak()
  }

  end(): void {
    this.#ended = true
    this.#timer?.cancel()
  }

  /** The client has said something. */
  said(name: EnvelopeName, payload: object, id: string | undefined): void {
    const { lines } = this.#options
    const until = lines.findIndex((line, index) => index >= this.#next && !isOfClient(line))
    const open = this.#expected(lines.slice(this.#next, until === -1 ? undefined : until))
    const match = open.find((line) => line.message === name && this.#fits(line.payload, payload))
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

  #expected(lines: readonly RecordedLine[]): readonly RecordedMessage[] {
    return lines.filter(isOfClient).filter((line) => !this.#said.has(line))
  }

  #fits(recorded: object, payload: object): boolean {
    if (this.#options.compare === 'names') return true
    return isDeepStrictEqual(withoutSecrets(recorded), withoutSecrets(payload))
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
    const { lines, pace, clock } = this.#options
    while (!this.#ended && this.#timer === undefined) {
      const line = lines[this.#next]
      if (line === undefined) return
      if (isOfClient(line)) {
        if (!this.#said.has(line)) return
        this.#next++
        continue
      }
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

  #say(line: RecordedLine): void {
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

/** Heartbeats are not waited for: they depend on the clock, not on the conversation. */
function isOfClient(line: RecordedLine): line is RecordedMessage {
  return 'from' in line && line.from === 'client'
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

function withoutSecrets(payload: object): object {
  const names: readonly string[] = secretFields
  return Object.fromEntries(
    Object.entries(payload).filter(([name, value]) => value !== undefined && !names.includes(name)),
  )
}
