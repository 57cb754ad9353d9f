/** The part of a client of `redis` that is used here. Others fit with a line of code. */
export interface RedisClient {
  sendCommand(command: string[]): Promise<unknown>
}

/** A client of our own, and how to end it. */
export interface OwnRedisClient extends RedisClient {
  close(): Promise<void>
}

/** Connects a client of our own. The driver is loaded here and nowhere else. */
export async function openRedisClient(url: string): Promise<OwnRedisClient> {
  const { createClient } = await import('redis')
  const client = createClient({
    url,
    // What cannot be sent now fails now: whoever asks decides whether to ask again.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 10_000,
      reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, 2_000),
    },
  })
  // Each command reports its own failure; without a listener an error would end the process.
  client.on('error', () => {})
  await client.connect()
  return {
    sendCommand: (command) => client.sendCommand(command),
    close: async () => void client.destroy(),
  }
}
