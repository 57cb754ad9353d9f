import { once } from 'node:events'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { JsonSplitter } from '../../src/protocol/index.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { createAuthority } from './certificates.ts'

/** One message as the JSON carriers have it. */
export interface Envelope {
  readonly payloadType: number
  clientMsgId?: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever the test makes of it
  payload: any
}

export interface Wire {
  toClient(message: Envelope): void
  toServer(message: Envelope): void
}

/** Says what becomes of a message: nothing returned passes it on, `'held'` does not. */
export type Meddling = (message: Envelope, wire: Wire) => 'held' | undefined

/** Stands between a client that speaks JSON and the sandbox, and changes what they hear of each other. */
export interface Meddler extends AsyncDisposable {
  fromServer: Meddling
  fromClient: Meddling
  /** Options for `createClient`. */
  options(): ReturnType<Sandbox['clientOptions']>
}

export async function createMeddler(sandbox: Sandbox): Promise<Meddler> {
  const authority = createAuthority()
  const sockets = new Set<TLSSocket>()
  const meddler = { fromServer: () => undefined, fromClient: () => undefined } as {
    fromServer: Meddling
    fromClient: Meddling
  }
  const server = createServer(authority.issue(), (client) => {
    const { host, demo, ca } = sandbox
    const upstream = connect({ host, port: demo.jsonPort, ca, servername: 'localhost' })
    const wire: Wire = {
      toClient: (message) => void client.write(JSON.stringify(message)),
      toServer: (message) => void upstream.write(JSON.stringify(message)),
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    const up = new JsonSplitter({
      onText(text) {
        const message = JSON.parse(text) as Envelope
        if (meddler.fromClient(message, wire) === undefined) wire.toServer(message)
      },
    })
    const down = new JsonSplitter({
      onText(text) {
        const message = JSON.parse(text) as Envelope
        if (meddler.fromServer(message, wire) === undefined) wire.toClient(message)
      },
    })
    client.on('data', (chunk) => up.push(chunk))
    upstream.on('data', (chunk) => down.push(chunk))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return Object.assign(meddler, {
    options() {
      const options = sandbox.clientOptions({ carrier: 'json-tcp' })
      const host = { host: '127.0.0.1', port, jsonPort: port }
      const environment = { ...options.environment, demo: host, ca: authority.ca }
      return { ...options, environment }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  })
}
