import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { type Clock, ioTurn, systemClock } from '../../async/clock.ts'
import { type Logger, silentLogger } from '../../log.ts'
import { resolveLimits } from '../api-server/limits.ts'
import { listen, loopback, type Listener as Port } from '../api-server/listener.ts'
import { createAuthority } from '../certificates.ts'
import type { Listener, Side } from './message-reader.ts'
import { RecordedConnection } from './recorded-connection.ts'
import { checkRecordOptions } from './recording-options.ts'
import { Redaction } from './redaction.ts'
import { SessionWriter } from './session-writer.ts'

export interface RecordSessionsOptions {
  /**
   * The server that clients mean to talk to: a real one, or a sandbox. `port` is where clients of {@link
   * SessionRecorder.port} are led, `jsonPort` where those of its `jsonPort` are.
   */
  readonly target: { readonly host: string; readonly port: number; readonly jsonPort?: number }
  /** Certificate to trust of that server, PEM. @defaultValue the system's */
  readonly ca?: string
  /** Where the recording goes; readable by its owner only. A file that is there is replaced. */
  readonly file: string
  /**
   * Texts to take out wherever they stand, besides the ids, secrets and tokens that messages carry in fields of their own;
   * those of less than four characters are left alone. A secret that comes in a free text before it has come in its own field
   * is known only from here. @defaultValue none
   */
  readonly secrets?: readonly string[]
  /** The longest message that is read, in bytes; a longer one passes unread. @defaultValue 15,000,000 */
  readonly frameBytes?: number
  /** Port to listen on; 0 for any free one. @defaultValue 0 */
  readonly port?: number
  /** Port to listen on for those who go to the target's `jsonPort`; 0 for any free one. @defaultValue 0 */
  readonly jsonPort?: number
  /** Directory of a certificate authority to reuse. @defaultValue a new authority */
  readonly caDir?: string
  /** @defaultValue the machine's clock */
  readonly clock?: Clock
  /** @defaultValue silent */
  readonly logger?: Logger
}

/** A recorder that is running. */
export interface SessionRecorder extends AsyncDisposable {
  /** Where clients connect to, in place of the server. */
  readonly host: string
  readonly port: number
  /** In place of the target's `jsonPort`; undefined where the target has none. */
  readonly jsonPort: number | undefined
  /** The certificate that they must trust, PEM. */
  readonly ca: string
  /** How many messages have been recorded. */
  readonly messages: number
  /** How many notes about what could not be read have been recorded. */
  readonly notes: number
  /**
   * Ends every connection and finishes the file.
   *
   * @throws RecordingError when the file could not be written to its end
   */
  close(): Promise<void>
}

/**
 * Stands between clients and a server and writes down what they say to each other: protobuf or JSON, over TLS or WebSocket,
 * told from what clients send, on either port. Bytes pass unchanged in both directions, with one exception: in the
 * request for WebSocket, `Host` (and an `Origin` that named the recorder) names the real server, and no extension is
 * offered, so that frames are not compressed.
 *
 * What is written down has no secrets and no tokens in it, wherever they stand in a message. What cannot be read passes
 * all the same; the file says that it did, and holds nothing of it. Where it is not known any more where a client's
 * messages begin, the file holds none of that connection from then on, of the server neither.
 *
 * The server's certificate is checked as a client would: a recorder is no way round that.
 *
 * @throws RecordingError when the file cannot be written; InvalidArgumentError, PortInUseError, PortRefusedError
 */
export async function recordSessions(options: RecordSessionsOptions): Promise<SessionRecorder> {
  checkRecordOptions(options)
  const { target, file, clock = systemClock, logger = silentLogger } = options
  const { frameBytes } = resolveLimits(
    options.frameBytes === undefined ? {} : { frameBytes: options.frameBytes },
  )
  const authority = await createAuthority({ dir: options.caDir })
  const redaction = new Redaction(options.secrets)
  const writer = await SessionWriter.open(file, clock.now(), { redaction, logger })
  const began = clock.monotonic()
  const upstream = new Set<TLSSocket>()
  let connections = 0

  const record = (client: TLSSocket, port: number): void => {
    const connection = ++connections
    const { host } = target
    const server = connect({
      ...{ host, port, rejectUnauthorized: true },
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    })
    server.setNoDelay(true)
    upstream.add(server)
    let isOpen = true
    let isTold = true
    const place = (): { connection: number; t: number } => {
      return { connection, t: Math.round(clock.monotonic() - began) }
    }
    const note = (from: Side, what: string): void => {
      // What the recorder's own end cuts is no news.
      if (!isOpen || !writer.write({ ...place(), from, note: what })) return
      logger.warn({ connection, from, what }, 'Something passed that could not be recorded')
    }
    const ended = (closedBy: Side): void => {
      if (isOpen) writer.write({ ...place(), closedBy })
      isOpen = false
    }
    const listener: Listener = {
      carrier: (carrier) => void writer.write({ ...place(), carrier }),
      message(from, message, payload, clientMsgId) {
        if (isOpen && isTold) writer.write({ ...place(), from, message, clientMsgId, payload })
        else redaction.learn(payload)
      },
      unreadable: note,
      lost(from) {
        // Answers may quote what a client says now, and nobody knows what of it is a secret.
        if (from === 'client') isTold = false
      },
      suspect: (texts) => redaction.suspect(texts),
      goodbye: ended,
    }
    let isReached = false
    server.on('secureConnect', () => {
      isReached = true
    })
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (!isReached) note('server', `no connection to the server (${error.code ?? 'UNKNOWN'})`)
      logger.debug({ error }, 'A recorded connection broke')
    })
    server.on('close', () => upstream.delete(server))
    new RecordedConnection({
      ...{ client, server, listener, writer, frameBytes, ended, target: { host, port } },
    })
  }

  const ports: Port[] = []
  const open = async (port: number | undefined, to: number): Promise<Port> => {
    const opened = await listen({
      ...{ port: port ?? 0, purpose: 'recorder', certificate: authority, logger },
      onClient: (client) => record(client, to),
    })
    ports.push(opened)
    return opened
  }
  const shut = async (): Promise<void> => {
    for (const server of upstream) server.destroy()
    await Promise.all(ports.map((port) => port.close()))
    await writer.close()
  }
  try {
    await open(options.port, target.port)
    if (target.jsonPort !== undefined) await open(options.jsonPort, target.jsonPort)
  } catch (error) {
    await shut()
    throw error
  }
  const [first, second] = ports.map(({ port }) => port)

  const finish = async (): Promise<void> => {
    // What has arrived already belongs into the recording.
    for (let turn = 0; turn < 3; turn++) await ioTurn()
    writer.stop()
    await shut()
  }
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= finish()
    return closing
  }
  return {
    host: loopback,
    port: first ?? 0,
    jsonPort: second,
    ca: authority.caPem,
    get messages() {
      return writer.messages
    },
    get notes() {
      return writer.notes
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
