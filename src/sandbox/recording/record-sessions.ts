import { createWriteStream, type WriteStream } from 'node:fs'
import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { type Clock, ioTurn, systemClock } from '../../async/clock.ts'
import { type Logger, silentLogger } from '../../log.ts'
import {
  type EnvelopeSink,
  FrameSplitter,
  messageNameOf,
  readEnvelope,
} from '../../protocol/index.ts'
import { listen, loopback } from '../api-server/listener.ts'
import { createAuthority } from '../certificates.ts'
import { headLine, type RecordedLine, RecordingError, toLine } from './session-file.ts'

export interface RecordSessionsOptions {
  /** The server that clients mean to talk to: a real one, or a sandbox. Its port for protobuf. */
  readonly target: { readonly host: string; readonly port: number }
  /** Certificate to trust of that server, PEM. @defaultValue the system's */
  readonly ca?: string
  /** Where the recording goes; readable by its owner only. A file that is there is replaced. */
  readonly file: string
  /** Port to listen on; 0 for any free one. @defaultValue 0 */
  readonly port?: number
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
  /** The certificate that they must trust, PEM. */
  readonly ca: string
  /** How many messages have been recorded. */
  readonly messages: number
  /** Ends every connection and finishes the file. */
  close(): Promise<void>
}

/**
 * Stands between clients and a server and writes down what they say to each other. Bytes pass unchanged in both
 * directions; what is written down has no secrets and no tokens in it. Protobuf over TLS.
 *
 * The server's certificate is checked as a client would: a recorder is no way round that.
 *
 * @throws RecordingError when the file cannot be written; PortInUseError, PortRefusedError
 */
export async function recordSessions(options: RecordSessionsOptions): Promise<SessionRecorder> {
  const { target, file, clock = systemClock, logger = silentLogger } = options
  const authority = await createAuthority({ dir: options.caDir })
  const output = await open(file)
  const began = clock.monotonic()
  const elapsed = (): number => Math.round(clock.monotonic() - began)
  const upstream = new Set<TLSSocket>()
  let isWritable = true
  let connections = 0
  let messages = 0
  output.write(headLine(clock.now()))
  const write = (line: RecordedLine): void => {
    if (!isWritable) return
    if (!('closedBy' in line)) messages++
    output.write(toLine(line))
  }

  const listener = await listen({
    port: options.port ?? 0,
    purpose: 'recorder',
    certificate: authority,
    logger,
    onClient(client) {
      const connection = ++connections
      const { host, port } = target
      const { ca } = options
      const server = connect({
        ...{ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) },
        ...(ca === undefined ? {} : { ca }),
      })
      upstream.add(server)
      const note = (from: 'client' | 'server', problem: unknown): void =>
        logger.warn({ problem, from, connection }, 'A message could not be recorded')
      watch(client, (chunk) => server.write(chunk), {
        from: 'client',
        ...{ connection, elapsed, write, note },
      })
      watch(server, (chunk) => client.write(chunk), {
        from: 'server',
        ...{ connection, elapsed, write, note },
      })
      let isOpen = true
      const end = (closedBy: 'client' | 'server'): void => {
        if (isOpen) write({ connection, t: elapsed(), closedBy })
        isOpen = false
        client.end()
        server.end()
      }
      for (const [socket, name] of [
        [client, 'client'],
        [server, 'server'],
      ] as const) {
        socket.on('end', () => end(name))
        socket.on('close', () => {
          end(name)
          upstream.delete(server)
        })
        socket.on('error', (error) => logger.debug({ error, name }, 'A recorded connection broke'))
      }
    },
  }).catch((error: unknown) => {
    output.end()
    throw error
  })

  const finish = async (): Promise<void> => {
    // What has arrived already belongs into the recording.
    for (let turn = 0; turn < 3; turn++) await ioTurn()
    isWritable = false
    for (const server of upstream) server.destroy()
    await listener.close()
    await new Promise<void>((resolve) => output.end(() => resolve()))
  }
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= finish()
    return closing
  }
  return {
    host: loopback,
    port: listener.port,
    ca: authority.caPem,
    get messages() {
      return messages
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Hands bytes on as they are, and reads along. What cannot be read is handed on all the same. */
function watch(
  socket: TLSSocket,
  forward: (chunk: Buffer) => boolean,
  along: {
    readonly from: 'client' | 'server'
    readonly connection: number
    elapsed(): number
    write(line: RecordedLine): void
    note(from: 'client' | 'server', problem: unknown): void
  },
): void {
  const { from, connection, elapsed, write, note } = along
  const sink: EnvelopeSink = {
    message(payloadType, payload, clientMsgId) {
      const message = messageNameOf(payloadType)
      if (message === undefined) return
      write({ connection, t: elapsed(), from, message, clientMsgId, payload })
    },
    unknown: (payloadType) => note(from, `payload type ${payloadType} is unknown`),
    malformed: (error) => note(from, error),
  }
  let splitter: FrameSplitter | undefined = new FrameSplitter({
    onFrame: (buffer, start, end) => readEnvelope(buffer, start, end, sink),
  })
  socket.on('data', (chunk: Buffer) => {
    forward(chunk)
    try {
      splitter?.push(chunk)
    } catch (error) {
      // From here on nobody knows where messages begin.
      splitter = undefined
      note(from, error)
    }
  })
}

function open(file: string): Promise<WriteStream> {
  return new Promise((resolve, reject) => {
    const output = createWriteStream(file, { mode: 0o600 })
    output.once('open', () => resolve(output))
    output.once('error', (error) =>
      reject(new RecordingError(file, undefined, 'it cannot be written', error)),
    )
  })
}
