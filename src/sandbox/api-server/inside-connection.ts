import type { Clock } from '../../async/clock.ts'
import type { Logger } from '../../log.ts'
import {
  catalog,
  type EnvelopeName,
  payloadTypes,
  type RequestMessage,
  type RequestName,
} from '../../protocol/index.ts'
import type { Application } from '../identity/index.ts'
import type { Services } from './call.ts'
import { type ByteStream, Connection, type Receiver } from './connection.ts'
import type { ApiLimits } from './limits.ts'
import { openRoad } from './traffic.ts'
import type { OpenWire } from './wire.ts'

/** A message as it is handed over inside of the process. */
export interface InsideMessage {
  readonly name: EnvelopeName
  readonly payload: object
  readonly clientMsgId: string | undefined
}

/** A client inside of the process: the same rules as for every other, but no bytes, no limits and no idle rules. */
export interface InsideConnection {
  /** Sends a request. What answers it at once, or refuses it, has been handed over when this returns. */
  send<K extends RequestName>(request: K, payload: RequestMessage<K>, clientMsgId: string): void
  close(): void
}

export interface InsideOptions {
  readonly services: Services
  readonly receiver: Receiver
  readonly limits: ApiLimits
  readonly clock: Clock
  readonly logger: Logger
  /** The account that it is opened for. */
  readonly accountId: number
  onMessage(message: InsideMessage): void
  onClosed(connection: Connection): void
}

const nowhere: ByteStream = {
  write: () => {},
  writableLength: 0,
  end: () => {},
  destroy: () => {},
  reset: () => {},
}

const terminal: Application = {
  clientId: 'terminal',
  clientSecret: '',
  name: 'Terminal',
  description: '',
  type: 'desktop',
  redirectUris: [],
  status: 'active',
}

/** Opens a connection of a trading terminal, with its account authorised. */
export function connectInside(options: InsideOptions): {
  readonly connection: Connection
  readonly inside: InsideConnection
} {
  const { services, receiver, clock, logger, accountId } = options
  const openWire: OpenWire = () => ({
    receive: () => {},
    end: () => {},
    encode(name, payload, clientMsgId) {
      options.onMessage({ name, payload, clientMsgId })
      return Buffer.alloc(0)
    },
    farewell: () => undefined,
  })
  const connection = new Connection({
    ...{ id: 0, host: services.kind, stream: nowhere, openWire, receiver, clock, logger },
    limits: options.limits,
    rates: { refuse: () => undefined },
    // It is never silent for too long.
    idleClock: { now: () => 0, monotonic: () => 0, after: () => ({ cancel: () => {} }) },
    traffic: openRoad(),
    onSessionsEnded(ended) {
      services.spots.forget(ended)
      for (const session of [...ended.accounts.values()]) services.sessions.end(session)
    },
    onClosed: options.onClosed,
  })
  connection.application = terminal
  services.sessions.begin({ connection, accountId, scope: 'trading', accessToken: '' })
  return {
    connection,
    inside: {
      send(request, payload, clientMsgId) {
        receiver.message(connection, payloadTypes[catalog[request].send], payload, clientMsgId)
      },
      close: () => connection.cut('the terminal was closed'),
    },
  }
}
