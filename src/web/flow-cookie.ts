import { FlowSecret } from './flow-secret.ts'

/**
 * The cookie that binds a login to the browser that began it. Over https its name makes browsers refuse it from anywhere
 * else: another host, a sub-domain, plain http. `Lax`, because the way back from cTrader is a navigation from its site.
 */
export class FlowCookie {
  readonly name: string
  readonly #attributes: string

  constructor(isHttps: boolean) {
    this.name = isHttps ? '__Host-ctrader-login' : 'ctrader-login'
    this.#attributes = `Path=/; HttpOnly; SameSite=Lax${isHttps ? '; Secure' : ''}`
  }

  /** The one secret the browser sent; undefined when there is none, or when two claim to be it. */
  read(request: Request): FlowSecret | undefined {
    const values = (request.headers.get('cookie') ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.name}=`))
      .map((pair) => pair.slice(this.name.length + 1))
    const [value] = values
    return values.length === 1 && value !== undefined ? FlowSecret.parse(value) : undefined
  }

  /** The header that gives the browser a secret. */
  set(secret: FlowSecret, lifetimeMs: number): string {
    const seconds = Math.ceil(lifetimeMs / 1000)
    return `${this.name}=${secret.text}; Max-Age=${seconds}; ${this.#attributes}`
  }

  /** The header that takes it away. */
  clear(): string {
    return `${this.name}=; Max-Age=0; ${this.#attributes}`
  }
}
