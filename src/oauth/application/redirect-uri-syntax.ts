import { InvalidRedirectUriError } from '../errors.ts'
import { reservedParameters } from '../server/endpoints.ts'

/** A redirect URI taken apart. Every part is a slice of the original text: nothing is normalised. */
export interface RedirectUriParts {
  readonly uri: string
  readonly scheme: string
  readonly host: string
  /** As written after the colon; undefined when there is none. */
  readonly port: string | undefined
  readonly path: string
  /** With its question mark; empty when there is none. */
  readonly query: string
  /** With its hash; empty when there is none. */
  readonly fragment: string
}

/** What makes a text unusable as a redirect URI, whatever is registered. */
export type RedirectUriProblem =
  | 'missing'
  | 'characters'
  | 'not-absolute'
  | 'scheme'
  | 'fragment'
  | 'user-information'
  | 'host'
  | 'port'
  | 'path'
  | 'query'
  | 'playground'

/** A {@link RedirectUriProblem} and a sentence about it. */
export interface RedirectUriFault {
  readonly problem: RedirectUriProblem
  readonly sentence: string
}

const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost'])
const playgroundHosts = new Set(['openapi.ctrader.com', 'connect.spotware.com', 'id.ctrader.com'])
const shape = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s

/** Whether the host is this machine by one of the three names that mean nothing else. RFC 8252 section 7.3. */
export function isLoopbackHost(host: string): boolean {
  return loopbackHosts.has(host)
}

/** Cuts a text into the parts of a URI without judging or changing them; undefined when it has no such shape. */
export function splitRedirectUri(uri: string): RedirectUriParts | undefined {
  const found = shape.exec(uri)
  if (found === null) return undefined
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = found
  const hostEnd = authority.indexOf(':', authority.startsWith('[') ? authority.indexOf(']') : 0)
  const host = hostEnd < 0 ? authority : authority.slice(0, hostEnd)
  const port = hostEnd < 0 ? undefined : authority.slice(hostEnd + 1)
  return { uri, scheme, host, port, path, query, fragment }
}

/** The port a redirect URI means, with the default of its scheme filled in. */
export function effectivePort(parts: RedirectUriParts): number {
  if (parts.port !== undefined) return Number(parts.port)
  return parts.scheme.toLowerCase() === 'https' ? 443 : 80
}

/**
 * What is wrong with the text itself, or undefined when it can be used. The raw text is judged before any URL parser
 * sees it, because a parser quietly turns `http://127.1`, tabs, backslashes and look-alike letters into something else.
 */
export function faultOfRedirectUri(uri: string): RedirectUriFault | undefined {
  if (typeof uri !== 'string' || uri === '') return fault('missing', 'it is missing')
  if (/[^\x21-\x7e]/.test(uri) || uri.includes('\\')) {
    return fault(
      'characters',
      'it contains a space, a backslash, a control or a non-ASCII character',
    )
  }
  const parts = splitRedirectUri(uri)
  if (parts === undefined) {
    return fault('not-absolute', 'it is not absolute: it must start with https:// or http://')
  }
  return (
    faultOfScheme(parts) ??
    (parts.fragment === ''
      ? undefined
      : fault('fragment', 'it has a fragment (#), which never reaches a server')) ??
    faultOfAuthority(parts) ??
    faultOfPath(parts)
  )
}

/**
 * Returns the parts of a redirect URI.
 *
 * @throws InvalidRedirectUriError when the text itself cannot be used; what is registered is not looked at.
 */
export function parseRedirectUri(uri: string): RedirectUriParts {
  const found = faultOfRedirectUri(uri)
  const parts = found === undefined ? splitRedirectUri(uri) : undefined
  if (parts !== undefined) return parts
  throw new InvalidRedirectUriError(
    `The redirect URI ${quoteRedirectUri(uri)} cannot be used: ${found?.sentence}.`,
    {
      facts: { redirectUri: printableRedirectUri(uri), problem: found?.problem },
      remedy:
        'Use https, or http on 127.0.0.1 with a fixed port, such as http://127.0.0.1:8080/callback.',
    },
  )
}

/** The text in a form fit for messages: user information masked, strange characters escaped, at most 300 long. */
function printableRedirectUri(uri: string): string {
  const text = String(uri)
    .replace(/^([^/]*\/\/)[^/?#]*@/, '$1***@')
    .replace(/[^\x20-\x7e]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return text.length > 300 ? `${text.slice(0, 297)}...` : text
}

/** {@link printableRedirectUri} between quotes. */
export function quoteRedirectUri(uri: string): string {
  return `"${printableRedirectUri(uri)}"`
}

function faultOfScheme({ scheme, host }: RedirectUriParts): RedirectUriFault | undefined {
  const lower = scheme.toLowerCase()
  if (lower !== 'http' && lower !== 'https') {
    const guess = lower.includes('s') ? 'https' : 'http'
    const hint = /^ht{0,3}p{0,3}s?$/.test(lower) ? ` (did you mean ${guess}?)` : ''
    return fault('scheme', `its scheme "${scheme}" is neither https nor http${hint}`)
  }
  if (lower === 'http' && !isLoopbackHost(host) && !host.includes('@')) {
    return fault(
      'scheme',
      `plain http is for this machine only, written exactly 127.0.0.1, [::1] or localhost, and the host is "${host}"`,
    )
  }
  return undefined
}

function faultOfAuthority(parts: RedirectUriParts): RedirectUriFault | undefined {
  const { uri, scheme, host, port } = parts
  if (/^[^/]*\/\/[^/?#]*@/.test(uri)) {
    return fault('user-information', 'it has user information before an @')
  }
  if (host === '') return fault('host', 'it has no host')
  if (host.endsWith('.')) return fault('host', `its host "${host}" ends with a dot`)
  if (port !== undefined && !(/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535)) {
    return fault('port', 'its port is not a number from 1 to 65535')
  }
  // A host that a browser would rewrite names another machine than the one it seems to.
  const plain = `${scheme}://${host}/`
  if (!URL.canParse(plain) || new URL(plain).hostname !== host.toLowerCase()) {
    return fault('host', `its host "${host}" is not written in the plain form a browser uses`)
  }
  if (playgroundHosts.has(host.toLowerCase())) {
    return fault(
      'playground',
      'it is the one of the Playground, which must not be used by applications',
    )
  }
  return undefined
}

function faultOfPath({ uri, path, query }: RedirectUriParts): RedirectUriFault | undefined {
  const url = new URL(uri)
  if (path !== '' && url.pathname !== path) {
    return fault('path', `a browser would turn its path "${path}" into "${url.pathname}"`)
  }
  for (const name of new URLSearchParams(query).keys()) {
    if (reservedParameters.has(name) || name === 'error_description') {
      return fault('query', `its query sets "${name}", which belongs to the protocol`)
    }
  }
  return undefined
}

function fault(problem: RedirectUriProblem, sentence: string): RedirectUriFault {
  return { problem, sentence }
}
