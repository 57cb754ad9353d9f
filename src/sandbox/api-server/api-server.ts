import type { Clock } from '../../async/clock.ts'
import { type Logger, silentLogger } from '../../log.ts'
import { ProtoOAAccessRights as AccessRights } from '../../protocol/index.ts'
import type { TradingDesk } from '../desk/trading-desk.ts'
import type { Identity } from '../identity/index.ts'
import type { Market } from '../market/market.ts'
import type { World } from '../world/index.ts'
import { AccountSessions } from './account-sessions.ts'
import { type ApiBehaviour, resolveBehaviour } from './behaviour.ts'
import type { Services } from './call.ts'
import { Connection } from './connection.ts'
import { type AccountEnd, disconnectAccounts, endSessions } from './disconnect.ts'
import { type Format, json, protobuf } from './format.ts'
import { connectInside, type InsideConnection, type InsideMessage } from './inside-connection.ts'
import { type ApiLimits, resolveLimits } from './limits.ts'
import { type Listener, listen } from './listener.ts'
import type { Pacer } from './pacer.ts'
import { portWire } from './port-wire.ts'
import { RateLimits } from './rate-limits.ts'
import { Router } from './router.ts'
import { SpotFeed } from './spot-feed.ts'
import { tlsStream } from './tls-stream.ts'
import { openRoad, type Traffic } from './traffic.ts'

export interface ApiServerOptions {
  /** Which accounts it serves: those of the other kind cannot be routed. */
  readonly kind: 'demo' | 'live'
  /** One port for each format; 0 for any free one. */
  readonly ports: { readonly protobuf: number; readonly json: number }
  /** Key and certificate of the server, PEM. */
  readonly certificate: { readonly key: string; readonly cert: string }
  readonly identity: Identity
  readonly world: World
  readonly market: Market
  readonly desk: TradingDesk
  readonly clock: Clock
  /** What the idle rules count as time. @defaultValue `clock` */
  readonly idleClock?: Clock
  /** Who watches and disturbs the messages. @defaultValue nobody */
  readonly traffic?: Traffic
  /** Numbers for connections. @defaultValue 1, 2, 3 ... */
  readonly nextId?: () => number
  /** Spreads long work over turns of the event loop. @defaultValue everything is done at once */
  readonly pacer?: Pacer | undefined
  readonly logger?: Logger
  readonly limits?: Partial<ApiLimits>
  readonly behaviour?: Partial<ApiBehaviour>
}

/** A running API server: one host of the original. */
export interface ApiServer {
  readonly ports: { readonly protobuf: number; readonly json: number }
  /** How many connections are open. */
  readonly connections: number
  /** Ends account sessions as the server does of its own accord. Returns how many there were. */
  disconnectAccounts(end: AccountEnd): number
  /** Opens a terminal of an account inside of the process. */
  connectInside(accountId: number, onMessage: (message: InsideMessage) => void): InsideConnection
  /** Stops listening and destroys every connection. */
  close(): Promise<void>
}

/**
 * Starts one API server.
 *
 * Events of an account go to every connection on which the account is authorised, with the `clientMsgId` of the request that
 * caused them also where another connection made it, as the original has been seen to do.
 */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { kind, clock, identity, world, market, desk, logger = silentLogger } = options
  const limits = resolveLimits(options.limits)
  const behaviour = resolveBehaviour(options.behaviour)
  const traffic = options.traffic ?? openRoad()
  const sessions = new AccountSessions()
  const spots = new SpotFeed(market)
  const connections = new Set<Connection>()
  const services: Services = {
    kind,
    identity,
    world,
    market,
    desk,
    clock,
    behaviour,
    limits,
    sessions,
    connections,
    spots,
    pacer: options.pacer,
  }
  const { clientMsgIdLength } = limits
  const receiver = new Router({ services, logger, clientMsgIdLength })
  const stops = [
    () => spots.close(),
    desk.onEvent(({ accountId, name, event, clientMsgId }) => {
      for (const { connection } of sessions.of(accountId)) {
        connection.push(name, event, clientMsgId)
      }
      // Whoever may not log in may not stay either.
      const { accessRights } = desk.account(accountId)
      if (name === 'ProtoOATraderUpdatedEvent' && accessRights === AccessRights.NO_LOGIN) {
        disconnectAccounts(connections, { accountId }, services)
      }
    }),
    identity.onInvalidated((event) => {
      for (const connection of connections) endSessions(connection, event, services)
    }),
  ]
  const stop = (): void => {
    for (const call of stops) call()
  }

  let count = 0
  const nextId = options.nextId ?? (() => ++count)
  const open = (format: Format): Promise<Listener> =>
    listen({
      port: options.ports[format.name],
      purpose: format.name === 'json' ? `${kind} JSON API` : `${kind} API`,
      certificate: options.certificate,
      logger,
      onClient(socket, raw) {
        const connection = new Connection({
          id: nextId(),
          host: kind,
          stream: tlsStream(socket, raw),
          openWire: portWire(format),
          receiver,
          limits,
          rates: new RateLimits(limits, behaviour),
          clock,
          ...(options.idleClock === undefined ? {} : { idleClock: options.idleClock }),
          traffic,
          logger,
          onSessionsEnded(ended) {
            spots.forget(ended)
            for (const session of [...ended.accounts.values()]) sessions.end(session)
          },
          onClosed: (closed) => void connections.delete(closed),
        })
        connections.add(connection)
        socket.on('data', (chunk) => connection.receive(chunk))
        socket.on('end', () => connection.ended())
        socket.on('close', () => connection.closed())
      },
    })
  const listeners: Listener[] = []
  try {
    for (const format of [protobuf, json]) listeners.push(await open(format))
  } catch (error) {
    stop()
    for (const listener of listeners) await listener.close()
    throw error
  }
  const [protobufPort = 0, jsonPort = 0] = listeners.map((listener) => listener.port)
  return {
    ports: { protobuf: protobufPort, json: jsonPort },
    get connections() {
      return connections.size
    },
    connectInside(accountId, onMessage) {
      const { connection, inside } = connectInside({
        ...{ services, receiver, limits, clock, logger, accountId, onMessage },
        onClosed: (closed) => void connections.delete(closed),
      })
      connections.add(connection)
      return inside
    },
    disconnectAccounts: (end) => disconnectAccounts(connections, end, services),
    async close() {
      stop()
      for (const connection of [...connections]) connection.cut('the sandbox was closed')
      await Promise.all(listeners.map((listener) => listener.close()))
    },
  }
}
