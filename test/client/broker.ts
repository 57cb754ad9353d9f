import { afterEach } from 'vitest'
import type { Clock } from '../../src/async/clock.ts'
import { type Client, type ClientOptions, createClient } from '../../src/index.ts'
import { type Authority, createAuthority, type KeyPair } from '../peer/certificates.ts'
import type { PeerConnection } from '../peer/peer-connection.ts'
import { createRawPeer, type RawPeer } from '../peer/raw-peer.ts'
import type { Received } from '../peer/wire.ts'

type Fields = Readonly<Record<string, unknown>>

/** A broker that answers what a client asks, and whose answers a test can hold back or spoil. */
export interface Broker {
  readonly client: Client
  /** The connection of the client. */
  readonly connection: PeerConnection
  /** Answers of this name wait from now on, until they are let go. */
  hold(answer: string): void
  /** Lets those go that wait, and the later ones as well. */
  release(answer: string): void
  /** Resolves when so many answers of this name wait. */
  held(answer: string, count?: number): Promise<void>
  /** How many messages of this name have arrived. */
  count(request: string): number
}

export interface BrokerOptions {
  readonly clock?: Clock
  readonly client?: Partial<ClientOptions>
  /** What it says of a symbol, besides its ids. */
  readonly symbol?: Fields
  /** The ids of the symbols in its list. @default [1] */
  readonly listed?: readonly number[]
  readonly positions?: readonly Fields[]
  /** What it says of an account, besides its money. */
  readonly trader?: Fields
  /** Names of symbols that are no longer traded. */
  readonly archived?: Readonly<Record<number, string>>
}

/** The accounts of the broker. */
export const accounts = [1001, 1002] as const

let authority: Authority | undefined
let certificate: KeyPair | undefined
const peers: RawPeer[] = []
const clients: Client[] = []

/** Where the broker answers, for tests whose client is their own. */
export async function startBroker(options: BrokerOptions = {}): Promise<{
  readonly peer: RawPeer
  readonly options: ClientOptions
  readonly waiting: Map<string, (() => void)[]>
}> {
  authority ??= createAuthority()
  certificate ??= authority.issue()
  const waiting = new Map<string, (() => void)[]>()
  const peer = await createRawPeer({
    certificate,
    onMessage(message, connection) {
      const answer = answerTo(message, options)
      if (answer === undefined) return
      const [name, fields] = answer
      const say = (): void => connection.send(name, fields, message.clientMsgId)
      const held = waiting.get(name)
      if (held === undefined) say()
      else held.push(say)
    },
  })
  peers.push(peer)
  return {
    peer,
    waiting,
    options: {
      environment: { name: 'broker', demo: { host: peer.host, port: peer.port }, ca: authority.ca },
      application: { clientId: 'app', clientSecret: 'secret' },
      grants: [{ accessToken: 'token' }],
      ...(options.clock === undefined ? {} : { clock: options.clock }),
      ...options.client,
    },
  }
}

/** A broker and a client that is connected to it. Both are gone after the test. */
export async function openBroker(options: BrokerOptions = {}): Promise<Broker> {
  const { peer, waiting, options: given } = await startBroker(options)
  const client = await createClient(given)
  clients.push(client)
  const connection = await peer.connection()
  return {
    client,
    connection,
    hold: (answer) => void waiting.set(answer, []),
    release(answer) {
      const held = waiting.get(answer) ?? []
      waiting.delete(answer)
      for (const say of held) say()
    },
    async held(answer, count = 1) {
      while ((waiting.get(answer)?.length ?? 0) < count) await turn()
    },
    count: (request) => connection.received.filter(({ name }) => name === request).length,
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function answerTo(message: Received, options: BrokerOptions): [string, Fields] | undefined {
  const { name, fields } = message
  const { ctidTraderAccountId } = fields
  const account = { ctidTraderAccountId }
  switch (name) {
    case 'ProtoOAApplicationAuthReq':
    case 'ProtoOAVersionReq':
      return [name.replace(/Req$/, 'Res'), name.includes('Version') ? { version: '91' } : {}]
    case 'ProtoOAAccountAuthReq':
    case 'ProtoOASubscribeSpotsReq':
    case 'ProtoOAUnsubscribeSpotsReq':
      return [name.replace(/Req$/, 'Res'), account]
    case 'ProtoOAGetAccountListByAccessTokenReq':
      return [
        'ProtoOAGetAccountListByAccessTokenRes',
        {
          accessToken: fields['accessToken'],
          permissionScope: 1,
          ctidTraderAccount: accounts.map((id) => ({ ctidTraderAccountId: id, isLive: false })),
        },
      ]
    case 'ProtoOAAssetListReq':
      return ['ProtoOAAssetListRes', { ...account, asset: [{ assetId: 1, name: 'USD' }] }]
    case 'ProtoOATraderReq': {
      const trader = { ...account, balance: 100_000, depositAssetId: 1, moneyDigits: 2 }
      return ['ProtoOATraderRes', { ...account, trader: { ...trader, ...options.trader } }]
    }
    case 'ProtoOASymbolsListReq': {
      const symbol = (options.listed ?? [1]).map((symbolId) => ({
        ...{ symbolId, symbolName: `SYMBOL${symbolId}`, enabled: true },
        ...{ baseAssetId: 1, quoteAssetId: 1 },
      }))
      return ['ProtoOASymbolsListRes', { ...account, symbol }]
    }
    case 'ProtoOASymbolByIdReq': {
      const { archived = {} } = options
      const ids = fields['symbolId'] as number[]
      const symbol = ids
        .filter((symbolId) => archived[symbolId] === undefined)
        .map((symbolId) => ({
          ...{ symbolId, digits: 5, pipPosition: 4, lotSize: 10_000_000, stepVolume: 100_000 },
          ...options.symbol,
        }))
      const archivedSymbol = ids.flatMap((symbolId) => {
        const name = archived[symbolId]
        return name === undefined ? [] : [{ symbolId, name, utcLastUpdateTimestamp: 0 }]
      })
      return ['ProtoOASymbolByIdRes', { ...account, symbol, archivedSymbol }]
    }
    case 'ProtoOAReconcileReq':
      return ['ProtoOAReconcileRes', { ...account, position: options.positions ?? [] }]
    case 'ProtoOANewOrderReq':
    case 'ProtoOAClosePositionReq':
      return ['ProtoOAErrorRes', { ...account, errorCode: 'MARKET_CLOSED' }]
    default:
      return undefined
  }
}

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close({ drainMs: 0 })
  for (const peer of peers.splice(0)) await peer.close()
})
