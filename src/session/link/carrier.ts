import { InvalidArgumentError } from '../../errors.ts'
import { say } from '../../say.ts'
import { type Transport, tlsTransport, websocketTransport } from '../../transport/index.ts'

/** How messages look: the protocol's binary form, or JSON. Each has a port of its own. */
export type WireFormat = 'protobuf' | 'json'

/**
 * What carries the messages: their form, and over TCP with TLS or over WebSocket with TLS (`wss:`). A session behaves the
 * same over all four. Protobuf over TCP is the quickest; WebSocket gets through proxies; JSON can be read by people.
 */
export type Carrier = 'protobuf-tcp' | 'protobuf-websocket' | 'json-tcp' | 'json-websocket'

/** All carriers, the default one first. */
export const carriers: readonly Carrier[] = [
  'protobuf-tcp',
  'protobuf-websocket',
  'json-tcp',
  'json-websocket',
]

/** The form of the messages on a carrier. */
export function formatOf(carrier: Carrier): WireFormat {
  return carrier.startsWith('json') ? 'json' : 'protobuf'
}

export interface CarrierOptions {
  readonly ca: string | readonly string[] | undefined
  /** The longest message to accept, in bytes. */
  readonly frameLimit: number | undefined
}

/**
 * The transport of a carrier.
 *
 * @throws {@link InvalidArgumentError} for a carrier that does not exist
 */
export function transportOf(carrier: Carrier, { ca, frameLimit }: CarrierOptions): Transport {
  checkCarrier(carrier)
  if (carrier.endsWith('tcp')) return tlsTransport({ ca })
  return websocketTransport({
    ca,
    frames: formatOf(carrier) === 'json' ? 'text' : 'binary',
    messageLimit: frameLimit,
  })
}

/** @throws {@link InvalidArgumentError} for a carrier that does not exist */
export function checkCarrier(carrier: Carrier): void {
  if (carriers.includes(carrier)) return
  throw new InvalidArgumentError(`There is no carrier ${say(carrier)}.`, {
    remedy: `Use one of ${carriers.join(', ')}.`,
  })
}
