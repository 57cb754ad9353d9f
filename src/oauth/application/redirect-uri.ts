import {
  faultOfRedirectUri,
  quoteRedirectUri,
  type RedirectUriParts,
  type RedirectUriProblem,
  splitRedirectUri,
} from './redirect-uri-syntax.ts'

/** A part of a redirect URI in which two of them can differ. */
export type RedirectUriPart =
  | 'scheme'
  | 'host'
  | 'port'
  | 'path'
  | 'trailing-slash'
  | 'query'
  | 'fragment'
  | 'case'

/** One part in which a redirect URI differs from a registered one. Absent parts are empty texts. */
export interface RedirectUriDifference {
  readonly part: RedirectUriPart
  /** For `case`: the part whose letters differ only in upper and lower case. */
  readonly of?: 'scheme' | 'host' | 'path' | 'query'
  readonly given: string
  readonly registered: string
}

/** Something that works and is still worth a second thought. */
export interface RedirectUriWarning {
  readonly code: 'localhost-name' | 'root-path'
  readonly message: string
}

/** What {@link validateRedirectUri} found. `message` is one paragraph for people; it is empty when all is well. */
export type RedirectUriValidation =
  | {
      readonly ok: true
      readonly uri: string
      readonly message: ''
      readonly warnings: readonly RedirectUriWarning[]
    }
  | {
      readonly ok: false
      readonly reason: 'malformed'
      readonly uri: string
      readonly problem: RedirectUriProblem
      readonly nearest: string | undefined
      readonly differences: readonly RedirectUriDifference[]
      readonly message: string
      readonly warnings: readonly RedirectUriWarning[]
    }
  | {
      readonly ok: false
      readonly reason: 'not-registered'
      readonly uri: string
      readonly problem: undefined
      /** The registered URI with the fewest and smallest differences; undefined when none is registered. */
      readonly nearest: string | undefined
      /** How it differs from `nearest`, in the order the parts stand in a URI. */
      readonly differences: readonly RedirectUriDifference[]
      readonly message: string
      readonly warnings: readonly RedirectUriWarning[]
    }

// How far apart two URIs seem when they differ in one part; only the order of the sums matters.
const distance: Readonly<Record<RedirectUriPart, number>> = {
  case: 1,
  'trailing-slash': 1,
  scheme: 2,
  fragment: 2,
  port: 3,
  query: 4,
  path: 6,
  host: 9,
}

/**
 * Says whether a redirect URI can be used by an application that has the given ones registered, and if not, which part
 * is to blame. The comparison is the server's: character for character, without any normalisation.
 *
 * @example
 * const result = validateRedirectUri('http://localhost:8080/callback/', ['http://localhost:8080/callback'])
 * // result.ok === false, result.differences[0].part === 'trailing-slash', result.message says so in words
 */
export function validateRedirectUri(
  uri: string,
  registered: readonly string[],
): RedirectUriValidation {
  const warnings = warningsAbout(uri)
  const fault = faultOfRedirectUri(uri)
  if (fault === undefined && registered.includes(uri))
    return { ok: true, uri, message: '', warnings }

  const parts = typeof uri === 'string' ? splitRedirectUri(uri) : undefined
  const best = parts === undefined ? undefined : nearestOf(parts, registered)
  const nearest = best?.uri
  const differences = best?.differences ?? []
  const comparison = describe(nearest, differences, registered.length)
  if (fault !== undefined) {
    const message = `The redirect URI ${quoteRedirectUri(uri)} cannot be used: ${fault.sentence}.`
    return {
      ok: false,
      reason: 'malformed',
      uri,
      problem: fault.problem,
      nearest,
      differences,
      message: differences.length === 0 ? message : `${message} ${comparison}`,
      warnings,
    }
  }
  const message = `The redirect URI ${quoteRedirectUri(uri)} is not registered. ${comparison}`
  return {
    ok: false,
    reason: 'not-registered',
    uri,
    problem: undefined,
    nearest,
    differences,
    message,
    warnings,
  }
}

function warningsAbout(uri: string): RedirectUriWarning[] {
  const parts = typeof uri === 'string' ? splitRedirectUri(uri) : undefined
  const warnings: RedirectUriWarning[] = []
  if (parts?.host === 'localhost') {
    warnings.push({
      code: 'localhost-name',
      message:
        'The name localhost can mean 127.0.0.1 or ::1, or something else on a badly configured machine; 127.0.0.1 is safer.',
    })
  }
  if (parts !== undefined && (parts.path === '' || parts.path === '/')) {
    warnings.push({
      code: 'root-path',
      message:
        'With the path / every stray visit looks like a callback; a path of its own such as /callback is better.',
    })
  }
  return warnings
}

function nearestOf(
  given: RedirectUriParts,
  registered: readonly string[],
): { uri: string; differences: RedirectUriDifference[] } | undefined {
  let best: { uri: string; differences: RedirectUriDifference[] } | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of registered) {
    const parts = splitRedirectUri(candidate)
    if (parts === undefined) continue
    const differences = differencesBetween(given, parts)
    const sum = differences.reduce((total, { part }) => total + distance[part], 0)
    if (sum < least) {
      least = sum
      best = { uri: candidate, differences }
    }
  }
  return best
}

function differencesBetween(
  given: RedirectUriParts,
  registered: RedirectUriParts,
): RedirectUriDifference[] {
  const found: RedirectUriDifference[] = []
  const compare = (
    part: 'scheme' | 'host' | 'path' | 'query',
    left: string,
    right: string,
  ): void => {
    if (left === right) return
    if (left.toLowerCase() === right.toLowerCase()) {
      found.push({ part: 'case', of: part, given: left, registered: right })
    } else found.push({ part, given: left, registered: right })
  }
  compare('scheme', given.scheme, registered.scheme)
  compare('host', given.host, registered.host)
  if (given.port !== registered.port) {
    found.push({ part: 'port', given: given.port ?? '', registered: registered.port ?? '' })
  }
  if (`${given.path}/` === registered.path || given.path === `${registered.path}/`) {
    found.push({ part: 'trailing-slash', given: given.path, registered: registered.path })
  } else compare('path', given.path, registered.path)
  compare('query', given.query, registered.query)
  if (given.fragment !== registered.fragment) {
    found.push({ part: 'fragment', given: given.fragment, registered: registered.fragment })
  }
  return found
}

function describe(
  nearest: string | undefined,
  differences: readonly RedirectUriDifference[],
  count: number,
): string {
  if (nearest === undefined) {
    return count === 0
      ? 'The application has no registered redirect URI.'
      : 'None of the registered ones can be compared with it.'
  }
  const parts = differences.map(sentenceOf)
  return `The nearest registered one is ${quoteRedirectUri(nearest)}: ${parts.join('; ')}.`
}

function sentenceOf({ part, of, given, registered }: RedirectUriDifference): string {
  if (part === 'trailing-slash') {
    return given.endsWith('/') && given.length > registered.length
      ? 'the given one has a trailing slash and the registered one has none'
      : 'the given one lacks the trailing slash of the registered one'
  }
  if (part === 'case') {
    return `the ${of} differs in upper and lower case (given "${given}", registered "${registered}")`
  }
  const shown = (value: string): string => (value === '' ? 'none' : `"${value}"`)
  return `the ${part} differs (given ${shown(given)}, registered ${shown(registered)})`
}
