import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * A way to a server that can stop forwarding: connections stay open and are taken in, and nothing passes any more, as
 * when the server or the network hangs.
 */
export class StallingProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #waiting: (() => void)[] = []
  #stalled = false

  private constructor(server: Server) {
    this.#server = server
  }

  /** @param url of the real server */
  static async start(url: string): Promise<StallingProxy> {
    const { hostname, port } = new URL(url)
    const server = createServer()
    const proxy = new StallingProxy(server)
    server.on('connection', (near) => {
      const far = connect(Number(port), hostname)
      proxy.#forward(near, far)
      proxy.#forward(far, near)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  /** The URL of the server, by this way. */
  through(url: string): string {
    const { port } = this.#server.address() as AddressInfo
    const changed = new URL(url)
    changed.hostname = '127.0.0.1'
    changed.port = String(port)
    return changed.href
  }

  stall(): void {
    this.#stalled = true
  }

  /** What was held up passes now. */
  goOn(): void {
    this.#stalled = false
    for (const pass of this.#waiting.splice(0)) pass()
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #forward(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    const pass = (work: () => void): void => {
      if (this.#stalled) this.#waiting.push(work)
      else work()
    }
    from.on('data', (bytes) => pass(() => to.write(bytes)))
    from.on('error', () => {})
    from.on('close', () => {
      this.#sockets.delete(from)
      pass(() => to.destroy())
    })
  }
}
