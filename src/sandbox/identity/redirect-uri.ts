/** Why something is no redirect URI: one is absolute and without fragment. Undefined when it is one. */
export function redirectUriProblem(uri: unknown): string | undefined {
  // Without the slashes "localhost:8080/callback" would pass, as a URI of the scheme "localhost".
  const absolute =
    typeof uri === 'string' && /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(uri) && URL.canParse(uri)
  if (absolute && !uri.includes('#')) return undefined
  return 'A redirect URI is absolute and has no fragment, e.g. http://127.0.0.1:8080/auth/callback.'
}
