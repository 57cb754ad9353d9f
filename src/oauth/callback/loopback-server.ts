import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { effectivePort, parseRedirectUri } from '../application/redirect-uri-syntax.ts'

/** What handles a request of the listener. */
export type LoopbackHandler = (request: IncomingMessage, response: ServerResponse) => void

/** Sockets bound for one redirect URI, or the reason why there are none. */
export type LoopbackBinding =
  | { readonly ok: true; readonly servers: readonly Server[] }
  | { readonly ok: false; readonly port: number; readonly reason: string }

const headers: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  Connection: 'close',
}

/**
 * Listens on the loopback addresses that a redirect URI names, and on nothing else. The name `localhost` means both
 * 127.0.0.1 and ::1: were only one bound, another user of the machine could take the other and receive the code.
 */
export async function bindLoopback(
  redirectUri: string,
  handler: LoopbackHandler,
): Promise<LoopbackBinding> {
  const parts = parseRedirectUri(redirectUri)
  const port = effectivePort(parts)
  const hosts =
    parts.host === 'localhost' ? ['127.0.0.1', '::1'] : [parts.host.replace(/^\[|\]$/g, '')]
  const servers: Server[] = []
  for (const host of hosts) {
    const server = await createServer(handler)
    const failure = await listen(server, host, port)
    if (failure === undefined) servers.push(server)
    // A machine without IPv6 has nobody on ::1 either.
    else if (!(host === '::1' && servers.length > 0 && isMissingAddress(failure))) {
      await Promise.all(servers.map(closeServer))
      return { ok: false, port, reason: reasonOf(failure, host) }
    }
  }
  return { ok: true, servers }
}

/** Ends a server and every connection it has, also idle ones a browser opened ahead of need. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** Sends a page and ends the connection. */
export function sendPage(response: ServerResponse, status: number, html: string): void {
  const allow = status === 405 ? { Allow: 'GET' } : {}
  response.writeHead(status, { ...headers, ...allow, 'Content-Length': Buffer.byteLength(html) })
  response.end(html)
}

/** Sends the browser to a clean address, which takes the place of this one in its history. */
export function sendElsewhere(response: ServerResponse, path: string): void {
  response.writeHead(303, { ...headers, Location: path, 'Content-Length': 0 })
  response.end()
}

async function createServer(handler: LoopbackHandler): Promise<Server> {
  // Loaded here so that the rest of the login code runs where there is no node:http.
  const { createServer } = await import('node:http')
  const server = createServer(
    {
      maxHeaderSize: 16_384,
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      connectionsCheckingInterval: 1_000,
    },
    handler,
  )
  server.maxConnections = 32
  return server
}

function listen(
  server: Server,
  host: string,
  port: number,
): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error)
    server.once('error', failed)
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', failed)
      resolve(undefined)
    })
  })
}

function isMissingAddress(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'
}

function reasonOf(error: NodeJS.ErrnoException, host: string): string {
  if (error.code === 'EADDRINUSE') return 'in use'
  if (error.code === 'EACCES') return 'not permitted'
  if (isMissingAddress(error)) return `no address ${host} on this machine`
  return error.code ?? 'unknown failure'
}
