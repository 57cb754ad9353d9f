import { strangeVisit } from '../oauth/callback/callback-request.ts'

/**
 * Whether a form was sent by a page of this very origin. Browsers say so in headers that pages cannot set; a form of
 * another site would otherwise begin a login in the name of whoever visits it.
 */
export function isOwnForm(request: Request, origin: string): boolean {
  const given = request.headers.get('origin')
  const site = request.headers.get('sec-fetch-site')
  if (site === null) return given === origin
  // A page that keeps its address to itself sends "null" in the place of its origin.
  return site === 'same-origin' && (given === null || given === 'null' || given === origin)
}

/** Why a visit of the callback is not a person's browser coming back; undefined when it may be. */
export function strangeCallback(request: Request): string | undefined {
  return strangeVisit((name) => request.headers.get(name) ?? undefined)
}

/** The fields of a form, at most 8 KiB of them; undefined for something else. */
export async function readForm(request: Request): Promise<URLSearchParams | undefined> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (request.body === null) return new URLSearchParams()
  if (type !== 'application/x-www-form-urlencoded') return undefined
  const reader = request.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return new URLSearchParams(text + decoder.decode())
    text += decoder.decode(value, { stream: true })
    if (text.length > 8192) {
      await reader.cancel()
      return undefined
    }
  }
}
