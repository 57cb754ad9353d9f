import type { Clock } from '../async/clock.ts'
import { within } from '../async/within.ts'

/** The part of a client of `redis` that is used here. Others fit with a line of code. */
export interface RedisClient {
  sendCommand(command: string[]): Promise<unknown>
}

/** A client of our own, and how to end it. */
export interface OwnRedisClient extends RedisClient {
  close(): Promise<void>
}

/**
 * Connects a client of our own. The driver is loaded here and nowhere else.
 *
 * @throws what `expired` makes when the server does not take it in within `timeoutMs`.
 */
export async function openRedisClient(
  url: string,
  bound: { readonly clock: Clock; readonly timeoutMs: number; readonly expired: () => Error },
): Promise<OwnRedisClient> {
  const { createClient } = await import('redis')
  const client = createClient({
    url,
    // What cannot be sent now fails now: whoever asks decides whether to ask again.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: bound.timeoutMs,
      reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, 2_000),
    },
  })
  // Each command reports its own failure; without a listener an error would end the process.
  client.on('error', () => {})
  try {
    const { clock, timeoutMs: ms, expired } = bound
    await within(client.connect(), { ms, clock, expired })
  } catch (error) {
    client.destroy()
    throw error
  }
  return {
    sendCommand: (command) => client.sendCommand(command),
    close: async () => void client.destroy(),
  }
}
