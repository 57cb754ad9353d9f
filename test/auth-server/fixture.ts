import { ManualClock } from '../../src/async/manual-clock.ts'
import type { LogFields, Logger } from '../../src/log.ts'
import type { AuthBehaviour } from '../../src/sandbox/auth-server/auth-behaviour.ts'
import type { ConsentAccount } from '../../src/sandbox/auth-server/consent-account.ts'
import {
  type AuthServer,
  createAuthServer,
} from '../../src/sandbox/auth-server/create-auth-server.ts'
import { Identity, type IdentityOptions } from '../../src/sandbox/identity/index.ts'
import { Random } from '../../src/sandbox/random.ts'

/** A server with people and applications, and what it wrote to its log. */
export interface Fixture extends AsyncDisposable {
  readonly server: AuthServer
  readonly identity: Identity
  readonly clock: ManualClock
  readonly log: readonly { readonly fields: LogFields; readonly message: string }[]
}

/** What the control over HTTP wants to hear. */
export const adminToken = 'admin-token-of-the-test'
export const redirectUri = 'http://127.0.0.1:8080/auth/callback'
export const application = {
  clientId: '1234_application',
  clientSecret: 'canary-secret+/=& %',
  name: 'Bots & <b>Sons</b>',
  redirectUris: [
    redirectUri,
    'http://localhost:8080/auth/callback?tenant=a%20b',
    'http://127.0.0.1:8080',
    'myapp:/callback',
  ],
  status: 'active',
} as const
export const submitted = {
  ...application,
  clientId: '1235_submitted',
  name: 'New application',
  status: 'submitted',
} as const
export const alice = {
  userId: 1,
  username: 'alice',
  password: 'canary-password',
  accountIds: [1001, 1002, 2001],
} as const
export const bob = { userId: 2, username: 'bob', password: 'builder', accountIds: [3001] } as const

const account = (accountId: number, isLive: boolean, depositAsset: string): ConsentAccount => ({
  accountId,
  traderLogin: accountId + 4000,
  isLive,
  depositAsset,
  accountType: 'HEDGED',
  brokerName: 'Broker "One"',
})

export async function startFixture(
  options: {
    readonly behaviour?: Partial<AuthBehaviour>
    readonly identity?: Partial<IdentityOptions>
    readonly seed?: number
  } = {},
): Promise<Fixture> {
  const clock = new ManualClock()
  const random = new Random(options.seed ?? 7)
  const identity = new Identity({ clock, random, ...options.identity })
  identity.addApplication(application)
  identity.addApplication(submitted)
  identity.addCtid(alice)
  identity.addCtid(bob)
  const log: { fields: LogFields; message: string }[] = []
  const note = (fields: LogFields, message: string): void => void log.push({ fields, message })
  const logger: Logger = { debug: note, info: note, warn: note, error: note }
  const accounts = [
    account(1001, false, 'USD'),
    account(1002, false, 'EUR'),
    account(2001, true, 'USD'),
    account(3001, false, 'GBP'),
  ]
  const server = await createAuthServer({
    identity,
    adminToken,
    world: { accounts },
    clock,
    random: random.fork('authorization server'),
    port: 0,
    logger,
    ...(options.behaviour === undefined ? {} : { behaviour: options.behaviour }),
  })
  return { server, identity, clock, log, [Symbol.asyncDispose]: () => server.close() }
}

/** The address of a request for consent; `changes` set to undefined leave a parameter out. */
export function authorizeUrl(
  server: AuthServer,
  changes: Readonly<Record<string, string | undefined>> = {},
): string {
  const query = new URLSearchParams()
  const parameters = {
    client_id: application.clientId,
    redirect_uri: redirectUri,
    scope: 'trading',
    ...changes,
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, value)
  }
  return `${server.authorizeUrl}?${query}`
}

/** One browser, by hand: a cookie, the token of the last form, no redirects followed. */
export class Visitor {
  cookie = ''
  formToken = ''
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async open(): Promise<{ response: Response; html: string }> {
    return this.#read(await fetch(this.#url, { headers: this.#headers(), redirect: 'manual' }))
  }

  async send(
    fields: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<{ response: Response; html: string }> {
    const body = new URLSearchParams({ form_token: this.formToken })
    for (const [name, value] of Object.entries(fields)) {
      body.delete(name)
      for (const one of typeof value === 'string' ? [value] : value) body.append(name, one)
    }
    const headers = this.#headers()
    return this.#read(await fetch(this.#url, { method: 'POST', body, headers, redirect: 'manual' }))
  }

  async signIn(who: { readonly username: string; readonly password: string } = alice) {
    await this.open()
    const { username, password } = who
    await this.send({ step: 'sign-in', username, password })
    return this.open()
  }

  /** Signs in, allows, and returns where the browser is sent. */
  async allow(accounts: readonly number[] = [1001, 2001]): Promise<string> {
    await this.signIn()
    const account = accounts.map(String)
    const { response } = await this.send({ step: 'decision', decision: 'allow', account })
    return response.headers.get('location') ?? `status ${response.status}`
  }

  #headers(): Record<string, string> {
    return this.cookie === '' ? {} : { cookie: this.cookie }
  }

  async #read(response: Response): Promise<{ response: Response; html: string }> {
    const html = await response.text()
    for (const line of response.headers.getSetCookie()) this.cookie = line.split(';')[0] ?? ''
    this.formToken = /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? this.formToken
    return { response, html }
  }
}
