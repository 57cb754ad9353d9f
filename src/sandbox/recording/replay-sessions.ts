import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type Clock, systemClock } from '../../async/clock.ts'
import { CTraderError } from '../../errors.ts'
import { type Logger, silentLogger } from '../../log.ts'
import { type EnvelopeName, type Messages, messageNameOf } from '../../protocol/index.ts'
import { Connection, type Receiver } from '../api-server/connection.ts'
import { type Format, json, protobuf } from '../api-server/format.ts'
import { resolveLimits } from '../api-server/limits.ts'
import { type Listener, listen, loopback } from '../api-server/listener.ts'
import { portWire } from '../api-server/port-wire.ts'
import { tlsStream } from '../api-server/tls-stream.ts'
import { openRoad } from '../api-server/traffic.ts'
import { createAuthority } from '../certificates.ts'
import { checkReplayOptions } from './recording-options.ts'
import { ReplayedSession } from './replayed-session.ts'
import { readRecording } from './session-file.ts'

export interface ReplaySessionsOptions {
  /** What {@link recordSessions} wrote. */
  readonly file: string
  /** Whether requests must have the fields that were recorded, or only be of the same kind. @defaultValue 'fields' */
  readonly compare?: 'fields' | 'names'
  /** Whether the server's messages come at the recorded pace or as soon as it is their turn. @defaultValue 'at-once' */
  readonly pace?: 'recorded' | 'at-once'
  /** Port to listen on for clients that speak protobuf; 0 for any free one. @defaultValue 0 */
  readonly port?: number
  /** Port to listen on for clients that speak JSON; 0 for any free one. @defaultValue 0 */
  readonly jsonPort?: number
  /** Directory of a certificate authority to reuse. @defaultValue a new authority */
  readonly caDir?: string
  /** @defaultValue the machine's clock */
  readonly clock?: Clock
  /** @defaultValue silent */
  readonly logger?: Logger
}

/** A recording that is being served. */
export interface SessionReplay extends AsyncDisposable {
  readonly host: string
  /** For protobuf, over TLS and WebSocket. */
  readonly port: number
  /** For JSON, over TLS and WebSocket. */
  readonly jsonPort: number
  /** The certificate that clients must trust, PEM. */
  readonly ca: string
  /** What clients said that is not in the recording, one sentence each. */
  readonly problems: readonly string[]
  /** Whether every recorded message of a client has been said. */
  readonly isComplete: boolean
  close(): Promise<void>
}

/**
 * Serves a recording: says to clients what the recorded server said, as they say what the recorded clients said. The
 * first connection gets the first recorded one on which anything was said, and so on, whatever carried the one and carries
 * the other. A request that was not recorded is answered with an error that says so, and noted in `problems`.
 *
 * The names that clients make up, `clientMsgId` and `clientOrderId`, may be others than recorded: the server's messages bear
 * those of the client that is there. Heartbeats are not waited for.
 *
 * @throws RecordingError; InvalidArgumentError, PortInUseError, PortRefusedError
 */
export async function replaySessions(options: ReplaySessionsOptions): Promise<SessionReplay> {
  checkReplayOptions(options)
  const { clock = systemClock, logger = silentLogger } = options
  const lines = await readRecording(options.file)
  const authority = await createAuthority({ dir: options.caDir })
  // Whoever left without a word, such as a client that did not trust the certificate, need not come again.
  const played = lines.filter((line) => !('closedBy' in line && line.closedBy === 'client'))
  const recorded = [...new Set(played.map(({ connection }) => connection))].sort((a, b) => a - b)
  const problems: string[] = []
  const complain = (problem: string): void => {
    problems.push(problem)
    logger.warn({ problem }, 'A client left the recording')
  }
  const sessions = new Map<Connection, ReplayedSession>()
  const begun: ReplayedSession[] = []
  const receiver = receiverOf(sessions, complain)
  const limits = resolveLimits({
    ...{ unauthenticatedMs: 0x7fffffff, silenceMs: 0x7fffffff, queuedBytes: 0x7fffffff },
  })
  let count = 0
  const serve = (format: Format, socket: TLSSocket, raw: Socket): void => {
    const number = recorded[count++]
    const about = number ?? 'beyond the recording'
    const openWire = portWire(format)
    const connection: Connection = new Connection({
      ...{
        id: count,
        host: 'demo',
        stream: tlsStream(socket, raw),
        receiver,
        limits,
        clock,
        logger,
      },
      openWire(options) {
        const wire = openWire({
          ...options,
          send(bytes) {
            options.send(bytes)
            // Before it agreed to speak WebSocket a server can say nothing.
            if (bytes.subarray(0, agreed.length).equals(agreed)) session.begin()
          },
        })
        return {
          ...wire,
          receive(chunk) {
            try {
              wire.receive(chunk)
            } catch (error) {
              // Its words may quote a length, which is bytes of whoever sent junk.
              const code = error instanceof CTraderError ? error.code : 'UNREADABLE'
              complain(`Connection ${about}: Bytes came that are no message (${code}).`)
              throw error
            }
          },
        }
      },
      rates: { refuse: () => undefined },
      traffic: openRoad(),
      onSessionsEnded: () => {},
      onClosed: (closed) => sessions.get(closed)?.end(),
    })
    const session = new ReplayedSession({
      lines: lines.filter((line) => line.connection === number),
      compare: options.compare ?? 'fields',
      pace: options.pace ?? 'at-once',
      clock,
      problem: (text) => complain(`Connection ${about}: ${text}`),
      send: <K extends EnvelopeName>(name: K, payload: Messages[K], id: string | undefined) =>
        connection.push(name, payload, id),
      isBehind: () => connection.queuedBytes > mostQueued,
      close: () => connection.close('the recorded server closed the connection'),
    })
    sessions.set(connection, session)
    begun.push(session)
    socket.on('data', (chunk) => connection.receive(chunk))
    socket.on('drain', () => session.goOn())
    socket.on('end', () => connection.ended())
    socket.on('close', () => connection.closed())
    // Not before the handshake: a goodbye would look like a server that does not speak TLS.
    if (session.isSilent) socket.once('secure', () => session.begin())
  }
  const listeners: Listener[] = []
  const close = async (): Promise<void> => {
    for (const connection of sessions.keys()) connection.cut('the replay was closed')
    await Promise.all(listeners.map((listener) => listener.close()))
  }
  const open = async (format: Format, port = 0): Promise<number> => {
    const purpose = format.name === 'json' ? 'JSON replay' : 'replay'
    const listener = await listen({
      ...{ port, purpose, certificate: authority, logger },
      onClient: (socket, raw) => serve(format, socket, raw),
    })
    listeners.push(listener)
    return listener.port
  }
  try {
    const port = await open(protobuf, options.port)
    const jsonPort = await open(json, options.jsonPort)
    return {
      ...{ host: loopback, port, jsonPort, ca: authority.caPem, problems },
      get isComplete() {
        return begun.length >= recorded.length && begun.every((session) => session.isComplete)
      },
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

// So much waits for a client at most before the next message is said.
const mostQueued = 1024 * 1024

const agreed = Buffer.from('HTTP/1.1 101 ')

function receiverOf(
  sessions: ReadonlyMap<Connection, ReplayedSession>,
  complain: (problem: string) => void,
): Receiver {
  return {
    message(connection, payloadType, payload, id) {
      const name = messageNameOf(payloadType)
      if (name === undefined || name === 'ProtoHeartbeatEvent') return
      sessions.get(connection)?.said(name, payload, id)
    },
    unknown(_, payloadType) {
      complain(`A message of the unknown payload type ${payloadType} came.`)
    },
    malformed(_, error) {
      complain(`A message came that cannot be read: ${error.message}`)
    },
  }
}
