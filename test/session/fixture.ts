import { afterEach, expect, vi } from 'vitest'
import { systemClock } from '../../src/async/clock.ts'
import type { LogFields, Logger } from '../../src/log.ts'
import {
  type OpenSessionOptions,
  openSession,
  type ReconnectingSession,
  type SessionStatus,
} from '../../src/session/index.ts'
import { visible } from '../abuse/fixture.ts'
import { patience } from '../patience.ts'
import { type Authority, createAuthority, type KeyPair } from '../peer/certificates.ts'
import { createRawPeer, type RawPeer, type RawPeerOptions } from '../peer/raw-peer.ts'
import { openSockets, type WatchedClock, watchClock } from '../peer/resources.ts'
import { friendly } from './friendly-peer.ts'

/** The secrets that travel in these tests. None may turn up in a log line or an error. */
const secrets = ['client-s3cret', 'access-tok3n', 'token-1', 'token-2']

export interface LogLine {
  readonly fields: LogFields
  readonly message: string
}

let made: Authority | undefined
let certificate: KeyPair | undefined
const peers: RawPeer[] = []
const sessions: ReconnectingSession[] = []
const clocks: WatchedClock[] = []
const log: LogLine[] = []

const note = (fields: LogFields, message: string): void => void log.push({ fields, message })
const logger: Logger = { debug: note, info: note, warn: note, error: note }

function authority(): Authority {
  made ??= createAuthority()
  return made
}

export async function startPeer(options: RawPeerOptions = {}): Promise<RawPeer> {
  certificate ??= authority().issue()
  const peer = await createRawPeer({ certificate, onMessage: friendly(), ...options })
  peers.push(peer)
  return peer
}

/** Opens a session to a peer. Whatever a test forgets is cleaned up, and looked at, after it. */
export async function open(
  peer: { readonly host: string; readonly port: number },
  options: Partial<OpenSessionOptions> = {},
): Promise<ReconnectingSession> {
  const clock = watchClock(options.clock ?? systemClock)
  clocks.push(clock)
  const session = await openSession({
    endpoint: { host: peer.host, port: peer.port },
    application: { clientId: 'app', clientSecret: 'client-s3cret' },
    ...(options.transport === undefined && { ca: authority().ca }),
    logger,
    ...options,
    clock,
  })
  sessions.push(session)
  return session
}

/** Resolves with the next status that is wanted; the present one counts. */
export async function until<P extends SessionStatus['phase']>(
  session: ReconnectingSession,
  phase: P,
): Promise<Extract<SessionStatus, { phase: P }>> {
  for await (const status of session.watchStatus()) {
    if (status.phase === phase) return status as Extract<SessionStatus, { phase: P }>
  }
  throw new Error(`the session was closed and never ${phase}`)
}

/** What a promise was rejected with. */
export function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error,
  )
}

afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close({ drainMs: 0 })
  for (const peer of peers.splice(0)) await peer.close()
  const shown = log
    .splice(0)
    .map(({ fields, message }) =>
      [message, JSON.stringify(fields), visible(fields['error'])].join('\n'),
    )
  for (const secret of secrets) expect(shown.join('\n')).not.toContain(secret)
  await vi.waitFor(() => expect(openSockets()).toBe(0), patience)
  expect(clocks.splice(0).filter((clock) => clock.pending > 0)).toEqual([])
})
