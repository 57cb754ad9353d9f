import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OAuthEndpoints, TokenRequestForm } from '../../src/oauth/index.ts'

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Mood = (response: ServerResponse, request: SeenRequest) => void

/** A token endpoint on 127.0.0.1 that answers as it is told and remembers what it was asked. */
export class TokenServer {
  readonly requests: SeenRequest[] = []
  readonly #server: Server
  mood: Mood

  constructor(mood: Mood) {
    this.mood = mood
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async start(mood: Mood): Promise<TokenServer> {
    const server = new TokenServer(mood)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  endpoints(tokenRequest?: TokenRequestForm): OAuthEndpoints {
    return {
      authorizeUrl: `http://127.0.0.1:${this.port}/apps/auth`,
      tokenUrl: `http://127.0.0.1:${this.port}/apps/token`,
      allowInsecureLoopback: true,
      ...(tokenRequest === undefined ? {} : { tokenRequest }),
    }
  }

  /** How many connections are open. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
    })
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const url = new URL(request.url ?? '/', 'http://server')
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    }
    this.requests.push(seen)
    this.mood(response, seen)
  }
}

/** Answers with JSON. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Mood {
  return text(JSON.stringify(value), status, { 'Content-Type': 'application/json', ...headers })
}

/** Answers with a text as it is. */
export function text(body: string, status = 200, headers: Record<string, string> = {}): Mood {
  return (response) => {
    response.writeHead(status, headers)
    response.end(body)
  }
}

/** A success as the original sends it: both spellings and an error code that is null. */
export function success(name = 'A', changes: Record<string, unknown> = {}): Mood {
  const [accessToken, refreshToken] = [`access-${name}`, `refresh-${name}`]
  return json({
    accessToken,
    tokenType: 'bearer',
    expiresIn: 2_628_000,
    refreshToken,
    errorCode: null,
    description: null,
    access_token: accessToken,
    refresh_token: refreshToken,
    expires_in: 2_628_000,
    ...changes,
  })
}
