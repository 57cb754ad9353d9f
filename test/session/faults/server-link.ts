import type { MemoryPeer } from '../../../src/transport/index.ts'
import { frameOf, numberOf, payloadBytes, type Received } from '../../peer/wire.ts'
import { Frames } from './frames.ts'

/** One link as the fake server has it: who is authorised on it and what is subscribed, as a server would keep it. */
export class ServerLink {
  readonly peer: MemoryPeer
  isApplicationKnown = false
  /** It takes no request any longer, and goes on sending. */
  isMute = false
  /** How often the client only said that it is there. */
  heartbeats = 0
  readonly accounts = new Set<number>()
  readonly subscriptions = new Set<string>()
  /** When each request of a budget arrived, of the last second. */
  readonly arrivals = { general: [] as number[], historical: [] as number[] }
  readonly #frames = new Frames()

  constructor(peer: MemoryPeer, onMessage: (message: Received, link: ServerLink) => void) {
    this.peer = peer
    peer.onData((bytes) => {
      for (const message of this.#frames.push(bytes)) onMessage(message, this)
    })
  }

  send(message: string, fields: Readonly<Record<string, unknown>>, clientMsgId?: string): void {
    this.peer.send(frameOf(numberOf(message), payloadBytes(message, fields), clientMsgId))
  }

  /** A frame that stops in the middle, and then nothing. */
  sendHalf(): void {
    const frame = frameOf(
      numberOf('ProtoOAVersionRes'),
      payloadBytes('ProtoOAVersionRes', { version: '91' }),
      'x',
    )
    this.peer.send(frame.subarray(0, frame.length >> 1))
  }

  endAccount(accountId: number): void {
    this.accounts.delete(accountId)
    for (const key of [...this.subscriptions]) {
      if (key.startsWith(`${accountId} `)) this.subscriptions.delete(key)
    }
  }
}

/** What a subscription of a request is called, by both sides of a run. */
export function subscriptionKeys({ name, fields }: Pick<Received, 'name' | 'fields'>): string[] {
  const account = String(fields['ctidTraderAccountId'])
  const symbols = [fields['symbolId']].flat().map(String)
  if (name.endsWith('SpotsReq')) return symbols.map((id) => `${account} spots ${id}`)
  if (name.endsWith('DepthQuotesReq')) return symbols.map((id) => `${account} depth ${id}`)
  return symbols.map((id) => `${account} bars ${id} ${String(fields['period'])}`)
}
