import type { Format } from './format.ts'
import { jsonTcp } from './json-tcp.ts'
import { protobufTcp } from './protobuf-tcp.ts'
import { websocketWire } from './websocket-wire.ts'
import type { OpenWire, Wire } from './wire.ts'

// As a frame length these four bytes say 1.2 gigabytes, and no JSON object begins with a letter.
const httpRequest = Buffer.from('GET ')

/**
 * What a port speaks: its format, over WebSocket when the client's first bytes are those of an HTTP request, and over plain
 * TLS otherwise. Until that is known the server speaks as over plain TLS, should it have to say something.
 */
export function portWire(format: Format): OpenWire {
  const overTcp = format.name === 'json' ? jsonTcp : protobufTcp
  return (options) => {
    const plain = overTcp(options)
    let wire: Wire | undefined
    let first: Buffer = Buffer.alloc(0)
    const decide = (): Wire | undefined => {
      const seen = Math.min(first.length, httpRequest.length)
      if (first.compare(httpRequest, 0, seen, 0, seen) !== 0) return plain
      return seen < httpRequest.length ? undefined : websocketWire(format, options)
    }
    return {
      receive(chunk) {
        if (wire !== undefined) return wire.receive(chunk)
        first = first.length === 0 ? chunk : Buffer.concat([first, chunk])
        wire = decide()
        if (wire === undefined) first = Buffer.from(first)
        else wire.receive(first)
      },
      end() {
        if (wire === undefined) plain.receive(first)
        ;(wire ?? plain).end()
      },
      encode: (name, payload, clientMsgId) => (wire ?? plain).encode(name, payload, clientMsgId),
      farewell: () => (wire ?? plain).farewell(),
    }
  }
}
