import { Secret } from '../../secret.ts'

/** What the query string of a redirect back from the consent page says. */
export type CallbackAnswer =
  | {
      readonly kind: 'code'
      readonly code: Secret
      readonly state: string | undefined
      readonly issuer: string | undefined
    }
  | {
      readonly kind: 'error'
      readonly error: string
      readonly description: string | undefined
      readonly state: string | undefined
      readonly issuer: string | undefined
    }
  | {
      readonly kind: 'malformed'
      /** Part of a sentence, made of fixed words. */
      readonly problem: string
    }

const known = ['code', 'state', 'error', 'error_description', 'iss'] as const
const longest = 4096

/**
 * Reads the query string of a callback, without its question mark.
 *
 * Nothing is guessed: a parameter given twice, a code beside an error, an empty or overlong code and characters that
 * no code can have make the answer malformed. RFC 6749 section 4.1.2 and appendix A.
 */
export function readCallbackQuery(query: string): CallbackAnswer {
  const parameters = new URLSearchParams(query)
  for (const name of known) {
    if (parameters.getAll(name).length > 1) return malformed(`it names "${name}" more than once`)
  }
  const code = parameters.get('code')
  const error = parameters.get('error')
  const state = parameters.get('state') ?? undefined
  const issuer = parameters.get('iss') ?? undefined
  if (code !== null && error !== null) return malformed('it has a code and an error')
  if (code !== null) {
    if (code === '') return malformed('its code is empty')
    if (code.length > longest) return malformed(`its code is longer than ${longest} characters`)
    if (!isPrintable(code)) return malformed('its code contains characters that no code has')
    return { kind: 'code', code: new Secret(code), state, issuer }
  }
  if (error === null) return malformed('it has neither a code nor an error')
  if (error === '' || error.length > 200 || !isPrintable(error)) {
    return malformed('its error is not a word')
  }
  const description = parameters.get('error_description') ?? undefined
  return { kind: 'error', error, description, state, issuer }
}

function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text)
}

function malformed(problem: string): CallbackAnswer {
  return { kind: 'malformed', problem }
}
