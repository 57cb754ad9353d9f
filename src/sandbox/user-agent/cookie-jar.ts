interface Cookie {
  readonly host: string
  readonly path: string
  readonly name: string
  readonly value: string
}

/** Cookies of one walk, kept as browsers keep them (RFC 6265): by host whatever the port, sent below their path. */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>()

  /** Takes the `Set-Cookie` lines of an answer. */
  store(url: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const equals = pair.indexOf('=')
      if (equals < 1) continue
      const name = pair.slice(0, equals)
      const given = attribute(attributes, 'path')
      const path = given?.startsWith('/') ? given : url.pathname.replace(/\/[^/]*$/, '') || '/'
      const key = `${url.hostname} ${path} ${name}`
      this.#cookies.delete(key)
      if (isOver(attributes)) continue
      this.#cookies.set(key, { host: url.hostname, path, name, value: pair.slice(equals + 1) })
    }
  }

  /** The `Cookie` line for a request; empty when there is nothing to send. */
  header(url: URL): string {
    return [...this.#cookies.values()]
      .filter(({ host, path }) => host === url.hostname && isBelow(url.pathname, path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }
}

function attribute(attributes: readonly string[], name: string): string | undefined {
  const found = attributes.find((one) => one.toLowerCase().startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}

/** Whether the line takes a cookie away. A walk is over long before any other lifetime is. */
function isOver(attributes: readonly string[]): boolean {
  const maxAge = attribute(attributes, 'max-age')
  if (maxAge !== undefined) return Number(maxAge) <= 0
  const expires = attribute(attributes, 'expires')
  return expires !== undefined && Date.parse(expires) <= 0
}

function isBelow(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`)
}
