import {
  ConnectionRefusedError,
  type Endpoint,
  memoryTransport,
} from '../../../src/transport/index.ts'
import type { Network } from './faults.ts'
import { delay, turn, type World, type WorldParts } from './world.ts'

/** Both sides in one process with nothing between them: quick, and the same each time. */
export function memoryWorld({ accept, clock, form, network, random }: WorldParts): World {
  return {
    clock,
    form,
    endpoints: [
      { host: 'one.test', port: 5035 },
      { host: 'two.test', port: 5035 },
    ],
    transport: memoryTransport({
      accept,
      framing: form.framing,
      connect: (endpoint) => connect(endpoint, network),
      delayMs: (towards) => delay(towards, network, random),
    }),
    async pass() {
      const hasTimer = clock.step()
      await turn()
      return hasTimer
    },
    close: async () => [],
  }
}

function connect(endpoint: Endpoint, network: Network): Promise<void> {
  if (network.unreachable > 0) {
    network.unreachable--
    return new Promise(() => {})
  }
  if (network.refused > 0) {
    network.refused--
    throw new ConnectionRefusedError(endpoint)
  }
  return Promise.resolve()
}
