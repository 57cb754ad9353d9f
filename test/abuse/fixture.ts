import { inspect } from 'node:util'
import { afterEach, expect, vi } from 'vitest'
import { systemClock } from '../../src/async/clock.ts'
import type { LogFields, Logger } from '../../src/log.ts'
import { connectSession, type LinkSession, type SessionOptions } from '../../src/session/index.ts'
import { patience } from '../patience.ts'
import { type Authority, createAuthority, type KeyPair } from '../peer/certificates.ts'
import type { PeerConnection } from '../peer/peer-connection.ts'
import { createRawPeer, type RawPeer, type RawPeerOptions } from '../peer/raw-peer.ts'
import { openSockets, type WatchedClock, watchClock } from '../peer/resources.ts'

/** The secrets that travel in these tests. None may turn up in a log line or an error. */
export const secrets = ['client-s3cret', 'access-tok3n', 'refresh-tok3n']

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: LogFields
  readonly message: string
}

export interface Stage {
  readonly session: LinkSession
  readonly peer: RawPeer
  readonly connection: PeerConnection
  readonly clock: WatchedClock
  readonly log: readonly LogLine[]
}

let authority: Authority | undefined
let certificate: KeyPair | undefined
const peers: RawPeer[] = []
const sessions: LinkSession[] = []
const clocks: WatchedClock[] = []
const log: LogLine[] = []

/** The authority that all peers of these tests have their certificates from. */
export function testAuthority(): Authority {
  authority ??= createAuthority()
  return authority
}

export async function startPeer(options: RawPeerOptions = {}): Promise<RawPeer> {
  certificate ??= testAuthority().issue()
  const peer = await createRawPeer({ certificate, ...options })
  peers.push(peer)
  return peer
}

const note =
  (level: LogLine['level']) =>
  (fields: LogFields, message: string): void =>
    void log.push({ level, fields, message })

const logger: Logger = {
  debug: note('debug'),
  info: note('info'),
  warn: note('warn'),
  error: note('error'),
}

/** Opens a session to a peer. Whatever a test forgets is cleaned up, and looked at, after it. */
export async function connect(
  peer: { readonly host: string; readonly port: number },
  options: Partial<SessionOptions> = {},
): Promise<{ session: LinkSession; clock: WatchedClock }> {
  const clock = watchClock(options.clock ?? systemClock)
  clocks.push(clock)
  const session = await connectSession({
    endpoint: { host: peer.host, port: peer.port },
    application: { clientId: 'app', clientSecret: 'client-s3cret' },
    ...(options.transport === undefined && { ca: testAuthority().ca }),
    logger,
    ...options,
    clock,
  })
  sessions.push(session)
  return { session, clock }
}

/** A peer, a session on it, and the peer's side of their connection. */
export async function setUp(
  peerOptions: RawPeerOptions = {},
  options: Partial<SessionOptions> = {},
): Promise<Stage> {
  const peer = await startPeer(peerOptions)
  const { session, clock } = await connect(peer, options)
  const connection = await peer.connection()
  await connection.next('ProtoOAApplicationAuthReq')
  return { session, peer, connection, clock, log }
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

/** Everything an error and its causes can show. */
export function visible(error: unknown): string {
  const seen: string[] = []
  for (let at = error; at instanceof Error; at = at.cause) {
    seen.push(String(at), inspect(at, { depth: 8 }))
  }
  return seen.join('\n')
}

afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close()
  for (const peer of peers.splice(0)) await peer.close()
  const lines = log.splice(0)
  const shown = lines.map(({ fields, message }) =>
    [message, JSON.stringify(fields), visible(fields['error'])].join('\n'),
  )
  for (const secret of secrets) expect(shown.join('\n')).not.toContain(secret)
  await vi.waitFor(() => expect(openSockets()).toBe(0), patience)
  expect(clocks.splice(0).filter((clock) => clock.pending > 0)).toEqual([])
})
