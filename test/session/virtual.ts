import { ManualClock } from '../../src/async/manual-clock.ts'
import {
  type OpenSessionOptions,
  openSession,
  type ReconnectingSession,
  type SessionStatus,
} from '../../src/session/index.ts'
import { type Endpoint, memoryTransport } from '../../src/transport/index.ts'
import { FakeServer } from './faults/fake-server.ts'
import { seededRandom } from './faults/random.ts'

export interface VirtualStage {
  readonly clock: ManualClock
  readonly server: FakeServer
  readonly session: ReconnectingSession
  /** Every status there was, in order. */
  readonly statuses: SessionStatus[]
  /** Every attempt to connect: when, in milliseconds since the start, and to which host. */
  readonly attempts: { readonly at: number; readonly host: string }[]
  /** Lets time pass. */
  pass(ms: number): Promise<void>
}

export interface VirtualOptions extends Partial<OpenSessionOptions> {
  /** When it begins. */
  readonly start?: string
  /** May refuse an attempt to connect by throwing. */
  readonly connect?: (endpoint: Endpoint) => void
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A session and a server in memory, in a time that the test owns. */
export async function openVirtual(options: VirtualOptions = {}): Promise<VirtualStage> {
  const { start = '2026-01-05T12:00:00Z', connect, ...given } = options
  const clock = new ManualClock(start)
  const server = new FakeServer(clock, seededRandom(1))
  const attempts: { at: number; host: string }[] = []
  const session = await openSession({
    endpoint: { host: 'one.test', port: 5035 },
    application: { clientId: 'app', clientSecret: 'secret' },
    transport: memoryTransport({
      accept: (peer) => server.accept(peer),
      connect(endpoint) {
        attempts.push({ at: clock.monotonic(), host: endpoint.host })
        connect?.(endpoint)
      },
    }),
    clock,
    // The bound itself, so that a test can see it.
    random: () => 1 - 2 ** -32,
    ...given,
  })
  const statuses: SessionStatus[] = [session.status]
  session.onStatus((status) => statuses.push(status))
  return {
    clock,
    server,
    session,
    statuses,
    attempts,
    async pass(ms) {
      const end = clock.monotonic() + ms
      for (await turn(); clock.monotonic() < end; await turn()) {
        clock.advance(Math.min(250, end - clock.monotonic()))
      }
    },
  }
}
