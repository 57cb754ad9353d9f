import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'

export interface PageResponse {
  readonly status: number
  readonly location: string | undefined
  readonly setCookie: readonly string[]
  readonly body: string
}

export interface PageRequest {
  readonly url: URL
  /** A form to post; without one the page is fetched. */
  readonly form: string | undefined
  readonly cookie: string
  readonly signal: AbortSignal
  /** The longest body that is read, in bytes. */
  readonly limit: number
}

/**
 * One request the way a browser makes it when somebody follows a link or sends a form. `fetch` will not do: it marks
 * its requests as made by a script, and an application may rightly refuse those at its callback.
 */
export function send({ url, form, cookie, signal, limit }: PageRequest): Promise<PageResponse> {
  const request = url.protocol === 'https:' ? requestTls : requestPlain
  const headers = {
    accept: 'text/html',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    ...(cookie === '' ? {} : { cookie }),
    ...(form === undefined
      ? {}
      : {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(form),
        }),
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      // Every request has its own connection, so that nothing is left open at the end.
      { method: form === undefined ? 'GET' : 'POST', agent: false, headers, signal },
      (incoming) => {
        const chunks: Buffer[] = []
        let size = 0
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length
          chunks.push(chunk)
          if (size > limit)
            incoming.destroy(new RangeError(`The page is longer than ${limit} bytes.`))
        })
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            location: incoming.headers.location,
            setCookie: incoming.headers['set-cookie'] ?? [],
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(form)
  })
}
