import { OAuthConfigurationError } from '../oauth/index.ts'

/** How a login ended, as the page it returns to is told. */
export type WebLoginOutcome = 'linked' | 'denied' | 'declined'

/**
 * Returns the path when the browser may be sent there after a login: a path of this origin, on the list. Whoever can
 * choose it freely can send people from your site to theirs.
 */
export function allowedReturnPath(path: string, allowed: readonly string[]): string | undefined {
  if (!isOwnPath(path)) return undefined
  return allowed.includes(path.replace(/[?#].*$/s, '')) ? path : undefined
}

/** @throws OAuthConfigurationError for a list that is empty or holds something else than paths. */
export function requireReturnPaths(option: string, paths: readonly string[]): void {
  const wrong = paths.find((path) => !isOwnPath(path) || /[?#]/.test(path))
  if (paths.length > 0 && wrong === undefined) return
  throw new OAuthConfigurationError(
    wrong === undefined
      ? `The option ${option} names no path.`
      : `The option ${option} holds "${wrong.slice(0, 60)}", which is no path of this site.`,
    { facts: { option }, remedy: 'Give paths such as /settings, without query or fragment.' },
  )
}

/** The path with the outcome added, as `?ctrader=linked`. */
export function withOutcome(path: string, outcome: WebLoginOutcome): string {
  const [beforeFragment = '', ...fragment] = path.split('#')
  const [pathname = '', ...query] = beforeFragment.split('?')
  const parameters = new URLSearchParams(query.join('?'))
  parameters.set('ctrader', outcome)
  return `${pathname}?${parameters}${fragment.length === 0 ? '' : `#${fragment.join('#')}`}`
}

function isOwnPath(path: string): boolean {
  // Browsers read a backslash as a slash, and drop tabs and line breaks.
  return typeof path === 'string' && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path)
}
