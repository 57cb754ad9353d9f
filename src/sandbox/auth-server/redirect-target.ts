/** Parameters of the redirect taken away, and others put at its end. */
export interface CallbackChange {
  readonly remove?: readonly string[]
  readonly append?: readonly (readonly [name: string, value: string])[]
}

/**
 * The redirect URI with parameters added to its query, everything else left as it was registered, byte for byte: `URL`
 * would add slashes and drop default ports.
 */
export function redirectTarget(
  redirectUri: string,
  parameters: Readonly<Record<string, string | undefined>>,
  change: CallbackChange = {},
): string {
  const kept = Object.entries(parameters).filter(([name]) => change.remove?.includes(name) !== true)
  const added = [...kept, ...(change.append ?? [])]
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
    )
    .join('&')
  const hash = redirectUri.indexOf('#')
  const [before, fragment] =
    hash < 0 ? [redirectUri, ''] : [redirectUri.slice(0, hash), redirectUri.slice(hash)]
  const joint = added === '' || /[?&]$/.test(before) ? '' : before.includes('?') ? '&' : '?'
  // A header line cannot carry anything but printable ASCII.
  return `${before}${joint}${added}${fragment}`.replace(/[^\x21-\x7e]+/gu, encodeURIComponent)
}
