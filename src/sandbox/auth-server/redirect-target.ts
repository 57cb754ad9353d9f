/**
 * The redirect URI with parameters added to its query, everything else left as it was registered, byte for byte: `URL`
 * would add slashes and drop default ports.
 */
export function redirectTarget(
  redirectUri: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const added = Object.entries(parameters)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    )
    .join('&')
  const hash = redirectUri.indexOf('#')
  const [before, fragment] =
    hash < 0 ? [redirectUri, ''] : [redirectUri.slice(0, hash), redirectUri.slice(hash)]
  const joint = !before.includes('?') ? '?' : /[?&]$/.test(before) ? '' : '&'
  // A header line cannot carry anything but printable ASCII.
  return `${before}${joint}${added}${fragment}`.replace(/[^\x21-\x7e]+/gu, encodeURIComponent)
}
