import type { Clock } from '../../../src/async/clock.ts'
import type { Link, LinkHandlers, Transport } from '../../../src/transport/index.ts'
import type { Received } from '../../peer/wire.ts'
import type { WireForm } from './wire-form.ts'

// A heartbeat is due every ten seconds when nothing else is sent.
const longestPauseMs = 10_000

/** What a watched link has carried so far, as far as the client can know. */
interface Known {
  isApplicationKnown: boolean
  readonly accounts: Set<number>
}

/**
 * Looks over the client's shoulder, at the very end of the wire that it holds: what it hands over, and what it has been
 * told by then. So it can be held to what it knew, and not to what was still under way.
 */
export class WireWatch {
  readonly complaints: string[] = []
  /** How often each id was handed over, on whatever link. */
  readonly handed = new Map<string, number>()
  /** Links that are open. */
  open = 0
  readonly #clock: Clock
  readonly #form: WireForm

  constructor(clock: Clock, form: WireForm) {
    this.#clock = clock
    this.#form = form
  }

  /** The same transport, watched. */
  watch(transport: Transport): Transport {
    return {
      ...transport,
      open: async (endpoint, handlers, options) => {
        const known: Known = { isApplicationKnown: false, accounts: new Set() }
        const inbound = this.#reader()
        const watched: LinkHandlers = {
          data: (chunk) => {
            for (const message of inbound(chunk)) learn(known, message)
            handlers.data(chunk)
          },
          end: (end) => {
            this.open--
            handlers.end(end)
          },
        }
        const link = await transport.open(endpoint, watched, options)
        this.open++
        return this.#wrap(link, known)
      },
    }
  }

  #wrap(link: Link, known: Known): Link {
    const outbound = this.#form.reader()
    let last = this.#clock.monotonic()
    const send = link.send.bind(link)
    link.send = (bytes) => {
      const now = this.#clock.monotonic()
      if (now - last > longestPauseMs) this.complaints.push(`nothing was sent for ${now - last} ms`)
      last = now
      // One that the link does not take has not been handed over.
      send(bytes)
      for (const message of outbound(bytes)) this.#look(message, known)
    }
    return link
  }

  /** Reads what the client is sent, which may be nothing that can be read. */
  #reader(): (bytes: Uint8Array) => Received[] {
    const read = this.#form.reader()
    return (bytes) => {
      try {
        return read(bytes)
      } catch {
        return []
      }
    }
  }

  #look({ name, fields, clientMsgId }: Received, known: Known): void {
    if (clientMsgId !== undefined) {
      this.handed.set(clientMsgId, (this.handed.get(clientMsgId) ?? 0) + 1)
    }
    if (name === 'ProtoHeartbeatEvent' || name === 'ProtoOAApplicationAuthReq') return
    if (!known.isApplicationKnown) {
      this.complaints.push(`${name} was sent before the application was authenticated`)
    }
    const account = fields['ctidTraderAccountId'] as number | undefined
    if (account === undefined || name === 'ProtoOAAccountAuthReq') return
    if (!known.accounts.has(account)) {
      this.complaints.push(`${name} was sent while account ${account} was not authorised`)
    }
  }
}

function learn(known: Known, { name, fields }: Received): void {
  const account = fields['ctidTraderAccountId'] as number
  if (name === 'ProtoOAApplicationAuthRes') known.isApplicationKnown = true
  if (name === 'ProtoOAAccountAuthRes') known.accounts.add(account)
  if (name === 'ProtoOAErrorRes' && fields['errorCode'] === 'ALREADY_LOGGED_IN') {
    known.accounts.add(account)
  }
  if (name === 'ProtoOAAccountDisconnectEvent') known.accounts.delete(account)
  if (name === 'ProtoOAAccountsTokenInvalidatedEvent') {
    for (const id of fields['ctidTraderAccountIds'] as number[]) known.accounts.delete(id)
  }
}
