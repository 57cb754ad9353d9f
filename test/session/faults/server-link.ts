import type { MemoryPeer } from '../../../src/transport/index.ts'
import type { Received } from '../../peer/wire.ts'
import type { WireForm } from './wire-form.ts'

/** The server's end of a link, in memory or over a socket. */
export interface ServerPipe
  extends Pick<MemoryPeer, 'open' | 'onData' | 'send' | 'end' | 'reset' | 'pause'> {
  /** Sends the first half of what a message becomes on this carrier, where that is more than the message itself. */
  sendHalf?(message: Uint8Array): void
}

/** One link as the fake server has it: who is authorised on it and what is subscribed, as a server would keep it. */
export class ServerLink {
  readonly peer: ServerPipe
  isApplicationKnown = false
  /** It takes no request any longer, and goes on sending. */
  isMute = false
  /** How often the client only said that it is there. */
  heartbeats = 0
  readonly accounts = new Set<number>()
  readonly subscriptions = new Set<string>()
  /** When each request of a budget arrived, of the last second. */
  readonly arrivals = { general: [] as number[], historical: [] as number[] }
  readonly #form: WireForm

  constructor(
    peer: ServerPipe,
    form: WireForm,
    onMessage: (message: Received, link: ServerLink) => void,
  ) {
    this.peer = peer
    this.#form = form
    const read = form.reader()
    peer.onData((bytes) => {
      for (const message of read(bytes)) onMessage(message, this)
    })
  }

  send(message: string, fields: Readonly<Record<string, unknown>>, clientMsgId?: string): void {
    this.peer.send(this.#form.write(message, fields, clientMsgId))
  }

  /** A message that stops in the middle, and then nothing. */
  sendHalf(): void {
    const whole = this.#form.write('ProtoOAVersionRes', { version: '91' }, 'x')
    if (this.peer.sendHalf !== undefined) this.peer.sendHalf(whole)
    else this.peer.send(whole.subarray(0, whole.length >> 1))
  }

  /** More than a client takes. */
  sendGiant(): void {
    this.peer.send(this.#form.giant)
  }

  /** A message of a type that nobody knows. */
  sendUnknown(): void {
    this.peer.send(this.#form.unknown)
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
