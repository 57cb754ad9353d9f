import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = await occupy('127.0.0.1', 0)
  const { port } = server.address() as AddressInfo
  await release(server)
  return port
}

/** Listens on an address, so that nobody else can. */
export async function occupy(host: string, port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy())
  server.listen({ host, port, exclusive: true })
  await once(server, 'listening')
  return server
}

export async function release(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  await closed
}
