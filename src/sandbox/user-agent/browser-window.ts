import { ConsentWalkError } from './consent-walk-error.ts'
import { CookieJar } from './cookie-jar.ts'
import type { HtmlForm } from './html-form.ts'
import { type HtmlPage, parsePage } from './html-page.ts'
import { type PageResponse, send } from './send.ts'

/** A page that has been opened. */
export interface OpenPage extends HtmlPage {
  readonly url: URL
  readonly status: number
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]'])
const mostRedirects = 20
const largestPage = 1024 * 1024

/** One window of a browser without scripts that never leaves this machine: cookies, pages, redirects. */
export class BrowserWindow {
  readonly #signal: AbortSignal
  readonly #cookies = new CookieJar()
  readonly #origins: string[] = []

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** Whether some other origin has been asked for since the last request to this one. */
  hasLeft(origin: string): boolean {
    return this.#origins.lastIndexOf(origin) < this.#origins.length - 1
  }

  open(url: URL): Promise<OpenPage> {
    return this.#load(url, undefined)
  }

  submit(
    page: OpenPage,
    form: HtmlForm,
    button?: { readonly name: string; readonly value: string },
  ): Promise<OpenPage> {
    const target = new URL(form.action ?? page.url.href, page.url)
    const encoded = form.encode(button)
    if (form.method === 'post') return this.#load(target, encoded)
    target.search = encoded
    return this.#load(target, undefined)
  }

  async #load(first: URL, firstForm: string | undefined): Promise<OpenPage> {
    let url = first
    let form = firstForm
    for (let step = 0; step <= mostRedirects; step++) {
      const { status, location, body } = await this.#request(url, form)
      if (status < 300 || status > 399 || location === undefined) {
        return { ...parsePage(body), url, status }
      }
      if (!URL.canParse(location, url.href)) {
        throw new ConsentWalkError(`${withoutQuery(url)} redirects to an address that is none.`)
      }
      url = new URL(location, url)
      // 307 and 308 mean: the same form once more, there. The others mean: look there.
      if (status !== 307 && status !== 308) form = undefined
    }
    throw new ConsentWalkError(`There are more than ${mostRedirects} redirects in a row.`, {
      facts: { url: withoutQuery(url) },
    })
  }

  async #request(url: URL, form: string | undefined): Promise<PageResponse> {
    if (!loopback.has(url.hostname) || !/^https?:$/.test(url.protocol)) {
      throw new ConsentWalkError(
        `The next page, on ${url.protocol}//${url.host}, is not on this machine.`,
        {
          remedy: 'Use a browser, or a redirect URI on 127.0.0.1, localhost or [::1].',
        },
      )
    }
    this.#origins.push(url.origin)
    const cookie = this.#cookies.header(url)
    try {
      const response = await send({ url, form, cookie, signal: this.#signal, limit: largestPage })
      this.#cookies.store(url, response.setCookie)
      return response
    } catch (cause) {
      throw new ConsentWalkError(`${withoutQuery(url)} does not answer.`, {
        facts: { url: withoutQuery(url) },
        remedy: 'Check that the program behind this address is running and waits for the browser.',
        cause,
      })
    }
  }
}

/** An address that can be shown: the query is where codes are. */
export function withoutQuery(url: URL): string {
  return `${url.origin}${url.pathname}`
}
