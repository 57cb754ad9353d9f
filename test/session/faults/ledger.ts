import { RequestError } from '../../../src/session/index.ts'
import type { FakeServer } from './fake-server.ts'
import type { WireWatch } from './wire-watch.ts'

/** One request of a run, and what its caller was told. */
export interface Entry {
  readonly id: string
  readonly request: string
  /** Whether its caller allowed it to be sent more than once. */
  readonly mayRepeat: boolean
  /** Whether it can be answered without the server: there is nothing to unsubscribe on a link that is gone. */
  readonly mayBeLocal: boolean
  settled: number
  outcome: 'answered' | 'refused' | 'not-sent' | 'unknown' | undefined
}

/** Writes down every request that a run makes, and judges in the end whether its caller was told the truth. */
export class Ledger {
  readonly entries: Entry[] = []
  readonly #complaints: string[] = []

  /** Watches one request to its end. Resolves with how it ended. */
  async follow(
    entry: Pick<Entry, 'id' | 'request' | 'mayRepeat' | 'mayBeLocal'>,
    answer: Promise<unknown>,
  ): Promise<{ entry: Entry; error: unknown }> {
    const line: Entry = { ...entry, settled: 0, outcome: undefined }
    this.entries.push(line)
    let error: unknown
    try {
      await answer
      line.outcome = 'answered'
    } catch (thrown) {
      error = thrown
      if (thrown instanceof RequestError) {
        line.outcome = thrown.outcome
        if (thrown.clientMsgId !== line.id) {
          this.#complaints.push(`${line.request} ${line.id} failed as ${thrown.clientMsgId}`)
        }
      } else this.#complaints.push(`${line.request} ${line.id} failed with ${String(thrown)}`)
    }
    line.settled++
    return { entry: line, error }
  }

  /** What was not true, or never told. */
  judge(server: FakeServer, watch: WireWatch): string[] {
    const complaints = [...this.#complaints]
    for (const { id, request, mayRepeat, mayBeLocal, settled, outcome } of this.entries) {
      const say = (text: string): void => void complaints.push(`${request} ${id} ${text}`)
      const handed = watch.handed.get(id) ?? 0
      if (settled !== 1) say(`was settled ${settled} times`)
      if (handed > 1 && !mayRepeat) say(`was sent ${handed} times`)
      // One that was refused each time it was sent is as good as not sent.
      const denied = server.denied.get(id) ?? 0
      if (outcome === 'not-sent' && handed > denied) {
        say('was sent, and its caller told that it was not')
      }
      if (outcome === 'unknown' && handed === 0)
        say('was not sent, and its caller told that it may have been')
      if (outcome === 'answered' && !server.granted.has(id) && !(mayBeLocal && handed === 0))
        say('was answered by nobody')
      if (outcome === 'refused' && !server.denied.has(id)) say('was refused by nobody')
      if ((server.received.get(id) ?? 0) > handed) say('arrived more often than it was sent')
    }
    return complaints
  }
}
