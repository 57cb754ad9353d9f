import { type Carrier, formatOf } from '../../../src/session/index.ts'
import {
  type Endpoint,
  type Transport,
  tlsTransport,
  websocketTransport,
} from '../../../src/transport/index.ts'
import type { Authority, KeyPair } from '../../peer/certificates.ts'
import { openSockets } from '../../peer/resources.ts'
import type { Network } from './faults.ts'
import { type SocketServer, startSocketServer } from './socket-server.ts'
import { frameLimit } from './wire-form.ts'
import { delay, turn, type World, type WorldParts } from './world.ts'

// So many turns without a byte, and nothing is under way: what one side of a socket in this process writes the other can
// read at once. A handshake computes in between.
const quietTurns = 12
const quietTurnsOfHandshakes = 60

/**
 * Real sockets with real TLS, in a time of the run's own. It passes only while nothing is under way, so a machine that is
 * slow or busy changes nothing.
 */
export async function socketWorld(
  { accept, clock, form, network, random }: WorldParts,
  carrier: Carrier,
  { authority, certificate }: { readonly authority: Authority; readonly certificate: KeyPair },
): Promise<World> {
  const server = await startSocketServer({
    ...{ accept, carrier, certificate, clock },
    delayMs: (towards) => delay(towards, network, random),
  })
  let opening = 0
  const inner = transportOf(carrier, authority.ca)
  const transport: Transport = {
    ...inner,
    async open(endpoint, handlers, options) {
      opening++
      try {
        return await inner.open(wayTo(endpoint, server, network), handlers, options)
      } finally {
        opening--
      }
    },
  }
  const settle = async (): Promise<void> => {
    let last = server.activity()
    for (let quiet = 0; quiet < (opening > 0 ? quietTurnsOfHandshakes : quietTurns); quiet++) {
      await turn()
      const now = server.activity()
      if (now !== last) quiet = 0
      last = now
    }
  }
  return {
    clock,
    form,
    // Two names of one machine.
    endpoints: ['127.0.0.1', '127.0.0.2'].map((host) => ({ host, port: server.port })),
    transport,
    async pass() {
      await settle()
      const hasTimer = clock.step()
      await turn()
      return hasTimer
    },
    async close() {
      await settle()
      const left = openSockets()
      await server.close()
      for (let turns = 0; openSockets() > 0 && turns < 1_000; turns++) await turn()
      const still = openSockets()
      return still === 0 ? [] : [`${still} of ${left} sockets are left`]
    },
  }
}

function transportOf(carrier: Carrier, ca: string): Transport {
  if (carrier.endsWith('tcp')) return tlsTransport({ ca })
  const frames = formatOf(carrier) === 'json' ? 'text' : 'binary'
  return websocketTransport({ ca, frames, messageLimit: frameLimit })
}

/** Where an attempt to connect really leads. */
function wayTo(endpoint: Endpoint, server: SocketServer, network: Network): Endpoint {
  if (network.unreachable > 0) {
    network.unreachable--
    return { ...endpoint, port: server.mutePort }
  }
  if (network.refused > 0) {
    network.refused--
    return { ...endpoint, port: server.closedPort }
  }
  return endpoint
}
