/** A browser as far as a web login is concerned: cookies, and what browsers say about where a request comes from. */
export class Browser {
  readonly #origin: string
  readonly #serve: (request: Request) => Promise<Response>
  readonly #cookies = new Map<string, string>()

  constructor(origin: string, serve: (request: Request) => Promise<Response>) {
    this.#origin = origin
    this.#serve = serve
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name)
  }

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, value)
  }

  /** A page that is visited: by a link, a redirect or the address bar. */
  visit(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, {
      headers: {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        ...headers,
      },
    })
  }

  /** A form of the site itself that is sent. */
  submit(
    path: string,
    fields: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.send(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: this.#origin, 'sec-fetch-site': 'same-origin', ...headers },
    })
  }

  async send(path: string, init: RequestInit & { headers?: Record<string, string> } = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const request = new Request(new URL(path, this.#origin), {
      ...init,
      headers: { ...init.headers, ...(cookie === '' ? {} : { cookie }) },
    })
    const response = await this.#serve(request)
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const name = pair.slice(0, pair.indexOf('='))
      if (/max-age=0/i.test(line)) this.#cookies.delete(name)
      else this.#cookies.set(name, pair.slice(pair.indexOf('=') + 1))
    }
    return response
  }
}
