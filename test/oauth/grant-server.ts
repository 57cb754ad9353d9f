import { createTokenSet, type TokenSet } from '../../src/oauth/index.ts'
import { json, type Mood, type SeenRequest, TokenServer } from './token-server.ts'

/**
 * What goes wrong with one request. `lost before` and `lost after` cut the connection before or after the refresh has
 * been carried out; a mood answers instead of carrying it out.
 */
export type Trouble = 'lost before' | 'lost after' | Mood

/** The authorization server of one grant, strict: a refresh token works once and ends both old tokens. */
export class GrantServer {
  readonly #server: TokenServer
  readonly troubles: Trouble[] = []
  /** Every refresh token as it was sent, in order. */
  readonly sent: string[] = []
  /** How often a refresh token that works no more was sent. */
  refused = 0
  #number: number
  #lifetime: number
  #closing: Promise<void> | undefined

  private constructor(server: TokenServer, lifetimeSeconds: number) {
    this.#server = server
    this.#number = 1
    this.#lifetime = lifetimeSeconds
  }

  static async start(lifetimeSeconds = 2_628_000): Promise<GrantServer> {
    const server = await TokenServer.start(() => {})
    const grants = new GrantServer(server, lifetimeSeconds)
    server.mood = (response, request) => grants.#answer(response, request)
    return grants
  }

  get requests(): readonly SeenRequest[] {
    return this.#server.requests
  }

  endpoints(): ReturnType<TokenServer['endpoints']> {
    return this.#server.endpoints()
  }

  /** How many pairs there have been. */
  get number(): number {
    return this.#number
  }

  accepts(accessToken: string): boolean {
    return accessToken === `access-${this.#number}`
  }

  /** The pair that works at the moment. */
  pair(obtainedAt = Date.now()): TokenSet {
    return createTokenSet({
      accessToken: `access-${this.#number}`,
      refreshToken: `refresh-${this.#number}`,
      scope: 'trading',
      obtainedAt,
      expiresAt: obtainedAt + this.#lifetime * 1000,
    })
  }

  /** A new login somewhere else, or a program outside of the store: the pair so far ends. */
  supersede(): void {
    this.#number += 1
  }

  /** A refresh, whichever way it came in. Undefined when the token is refused. */
  rotate(refreshToken: string): Record<string, unknown> | undefined {
    this.sent.push(refreshToken)
    if (refreshToken !== `refresh-${this.#number}`) {
      this.refused += 1
      return undefined
    }
    this.#number += 1
    return {
      accessToken: `access-${this.#number}`,
      refreshToken: `refresh-${this.#number}`,
      tokenType: 'bearer',
      expiresIn: this.#lifetime,
      errorCode: null,
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#server.close()
    return this.#closing
  }

  #answer(...[response, request]: Parameters<Mood>): void {
    if (request.path === '/accepts') {
      const accepted = this.accepts(request.query.get('token') ?? '')
      return json({ accepted })(response, request)
    }
    const token = request.query.get('refresh_token') ?? ''
    const trouble = this.troubles.shift()
    if (typeof trouble === 'function') return trouble(response, request)
    if (trouble === 'lost before') return void response.socket?.resetAndDestroy()
    const answer = this.rotate(token)
    if (trouble === 'lost after') return void response.socket?.resetAndDestroy()
    json(answer ?? { errorCode: 'ACCESS_DENIED', description: 'Access denied.' })(response, request)
  }
}
