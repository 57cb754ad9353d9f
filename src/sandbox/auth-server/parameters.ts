/** The parameters of a query or a form, each decoded. */
export interface Parameters {
  /** The value of a parameter; one without a value counts as left out (RFC 6749, section 3.1). */
  get(name: string): string | undefined
  /** Every value of a parameter that may be repeated. */
  all(name: string): readonly string[]
}

export interface MalformedParameters {
  /** What is wrong, for a person. */
  readonly malformed: string
}

// Far more than any request here has; keeps a hostile one cheap.
const most = 200

/**
 * Reads `application/x-www-form-urlencoded` text strictly: a broken percent escape, bytes that are no UTF-8 and a
 * parameter given twice are mistakes, where `URLSearchParams` would guess.
 *
 * @param texts read one after the other as one list, for requests with a query and a form
 * @param repeatable names that may occur more than once
 */
export function readParameters(
  texts: readonly string[],
  repeatable: readonly string[] = [],
): Parameters | MalformedParameters {
  const values = new Map<string, string[]>()
  const parts = texts.flatMap((text) => text.split('&')).filter((part) => part !== '')
  if (parts.length > most) return { malformed: 'The request has too many parameters.' }
  for (const part of parts) {
    const equals = part.indexOf('=')
    const name = decode(equals < 0 ? part : part.slice(0, equals))
    const value = decode(equals < 0 ? '' : part.slice(equals + 1))
    if (name === undefined || value === undefined) {
      return { malformed: 'The request has a parameter that is not correctly percent-encoded.' }
    }
    const earlier = values.get(name)
    if (earlier === undefined) values.set(name, [value])
    else if (repeatable.includes(name)) earlier.push(value)
    // The name may be anything a stranger typed, so it is not repeated here.
    else return { malformed: 'The request has the same parameter more than once.' }
  }
  return {
    get: (name) => values.get(name)?.[0] || undefined,
    all: (name) => values.get(name) ?? [],
  }
}

export function isMalformed(
  outcome: Parameters | MalformedParameters,
): outcome is MalformedParameters {
  return 'malformed' in outcome
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}
