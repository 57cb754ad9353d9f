import { createServer, type Server } from 'node:http'
import { type GrantIdentity, identifyGrant } from '../../src/index.ts'
import { sandboxEndpoints, type TokenSet } from '../../src/oauth/index.ts'
import { consentByHttp, createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import {
  type ConfirmedGrant,
  createMemoryFlowStore,
  createWebLogin,
  type WebLogin,
  type WebLoginOptions,
} from '../../src/web/index.ts'
import { freePort } from '../oauth/free-port.ts'
import { Browser } from './browser.ts'

/** A site with users, each signed in by the cookie `user`, and a sandbox to get grants from. */
export class Site {
  readonly sandbox: Sandbox
  readonly redirectUri: string
  readonly origin: string
  readonly linked: ConfirmedGrant[] = []
  readonly errors: unknown[] = []
  readonly #server: Server
  #lastCallback = ''
  login: WebLogin

  private constructor(sandbox: Sandbox, redirectUri: string, server: Server) {
    this.sandbox = sandbox
    this.redirectUri = redirectUri
    this.origin = new URL(redirectUri).origin
    this.#server = server
    // What the built-in user agent is sent to; it is another browser than the one that began the login.
    server.on('request', (request, response) => {
      this.#lastCallback = request.url ?? ''
      response.end('<title>another browser</title>')
    })
    this.login = createWebLogin(this.options())
  }

  static async start(): Promise<Site> {
    const port = await freePort()
    const redirectUri = `http://127.0.0.1:${port}/auth/callback`
    const sandbox = await createSandbox({ seed: 7, redirectUris: [redirectUri] })
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return new Site(sandbox, redirectUri, server)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
    await this.sandbox.close()
  }

  /** Before each test: nobody has begun anything. */
  reset(changes: Partial<WebLoginOptions> = {}): void {
    this.linked.length = 0
    this.errors.length = 0
    this.login = createWebLogin(this.options(changes))
  }

  options(changes: Partial<WebLoginOptions> = {}): WebLoginOptions {
    const { clientId, clientSecret } = this.sandbox
    return {
      application: { clientId, clientSecret },
      redirectUri: this.redirectUri,
      scopes: ['accounts', 'trading'],
      endpoints: sandboxEndpoints(this.sandbox),
      currentUser: (request) => /(?:^|; )user=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1],
      identify: (tokens) => this.identify(tokens),
      link: (grant) => {
        this.linked.push(grant)
        return undefined
      },
      returnPaths: ['/settings', '/accounts'],
      store: createMemoryFlowStore(),
      onError: (error) => this.errors.push(error),
      ...changes,
    }
  }

  identify({ accessToken }: TokenSet): Promise<GrantIdentity> {
    const { environment, application } = this.sandbox.clientOptions()
    return identifyGrant({ environment, application, accessToken })
  }

  /** The browser of somebody who is signed in to the site. */
  browserOf(user: string | undefined): Browser {
    const browser = new Browser(this.origin, async (request) => {
      return (await this.login.handle(request)) ?? new Response('other page', { status: 404 })
    })
    if (user !== undefined) browser.setCookie('user', user)
    return browser
  }

  /** Goes through the consent page, and returns the path and query the browser is sent back to. */
  async consent(url: string | null, decision: 'allow' | 'deny' = 'allow'): Promise<string> {
    const { username, password } = this.sandbox
    await consentByHttp({ url: url ?? '', username, password, decision })
    return this.#lastCallback
  }

  /** From the start to the callback, which is returned before it is visited. */
  async begin(browser: Browser, fields: Record<string, string> = {}): Promise<string> {
    const started = await browser.submit('/ctrader/login', fields)
    return this.consent(started.headers.get('location'))
  }
}
