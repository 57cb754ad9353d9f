import { parseRedirectUri } from '../application/redirect-uri-syntax.ts'

/** The part of an incoming HTTP request that decides what it is. */
export interface IncomingCallback {
  readonly method: string | undefined
  /** The request target as it stands in the request line. */
  readonly target: string | undefined
  /** Names and values in turn, as received, so that repeated headers stay visible. */
  readonly rawHeaders: readonly string[]
}

/** What an incoming request is, seen from the login that waits. */
export type CallbackRequest =
  | { readonly kind: 'callback'; readonly query: string }
  | { readonly kind: 'result' }
  | { readonly kind: 'refused'; readonly status: 400 | 404 | 405 | 421; readonly reason: string }

/** The addresses one listener answers to. */
export interface CallbackAddresses {
  /** Values the Host header may have. */
  readonly authorities: ReadonlySet<string>
  readonly callbackPath: string
  /** Where the browser is sent after the callback, so that the code leaves its address bar. */
  readonly resultPath: string
}

/** The addresses of the listener for a loopback redirect URI. */
export function callbackAddresses(redirectUri: string): CallbackAddresses {
  const { host, path, port } = parseRedirectUri(redirectUri)
  const authorities = new Set<string>()
  // Browsers leave out the default port, whether or not the URI names it.
  if (port !== undefined) authorities.add(`${host}:${port}`)
  if (port === undefined || port === '80') authorities.add(host).add(`${host}:80`)
  const callbackPath = path === '' ? '/' : path
  const resultPath = callbackPath === '/login-result' ? '/login-result-page' : '/login-result'
  return { authorities, callbackPath, resultPath }
}

/**
 * Decides what an incoming request is. The target is compared as raw text: handing it to a URL parser would let
 * `//other/callback` or a whole URL choose another host, and throws on `//`.
 */
export function judgeCallbackRequest(
  request: IncomingCallback,
  addresses: CallbackAddresses,
): CallbackRequest {
  const [host, ...more] = valuesOf(request, 'host')
  if (host === undefined || more.length > 0 || !addresses.authorities.has(host)) {
    return refused(421, 'this address is not served here')
  }
  // HEAD, OPTIONS and POST must not consume a code: some programs look ahead with them.
  if (request.method !== 'GET') return refused(405, 'only GET is served here')
  const target = request.target ?? ''
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  if (path === addresses.resultPath) return { kind: 'result' }
  if (path !== addresses.callbackPath) return refused(404, 'there is nothing here')
  const strange = strangeVisit((name) => valuesOf(request, name)[0])
  if (strange !== undefined) return refused(400, strange)
  return { kind: 'callback', query: mark < 0 ? '' : target.slice(mark + 1) }
}

/**
 * Why a visit is not a person's browser coming back, as far as the browser itself tells.
 *
 * @param header gives the value of a header by its name in lower case
 */
export function strangeVisit(header: (name: string) => string | undefined): string | undefined {
  const purpose = header('sec-purpose') ?? header('purpose')
  if (purpose?.includes('prefetch')) return 'a look ahead does not finish a login'
  const destination = header('sec-fetch-dest')
  const mode = header('sec-fetch-mode')
  const site = header('sec-fetch-site')
  if (destination !== undefined && destination !== 'document') return 'this is not a page visit'
  // Browsers send these headers together. Node's fetch sends the mode alone, and is a fair user agent for scripts.
  const browser = destination !== undefined || site !== undefined
  if (browser && mode !== undefined && mode !== 'navigate') return 'this is not a page visit'
  return undefined
}

function valuesOf(request: IncomingCallback, name: string): string[] {
  const found: string[] = []
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === name)
      found.push(request.rawHeaders[index + 1] ?? '')
  }
  return found
}

function refused(status: 400 | 404 | 405 | 421, reason: string): CallbackRequest {
  return { kind: 'refused', status, reason }
}
