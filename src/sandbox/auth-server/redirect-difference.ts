/**
 * Says in one sentence how a redirect URI differs from the registered one that is most like it, for the developer who
 * looks for the difference. Undefined when they have little in common.
 */
export function redirectDifference(
  asked: string,
  registered: readonly string[],
): string | undefined {
  const one = partsOf(asked)
  if (one === undefined) return undefined
  let best: { readonly names: readonly string[]; readonly uri: string } | undefined
  for (const uri of registered) {
    const other = partsOf(uri)
    if (other === undefined) continue
    const names = Object.keys(one).filter((name) => one[name] !== other[name])
    if (names.length < (best?.names.length ?? 3)) best = { names, uri }
  }
  if (best === undefined) return undefined
  const { names, uri } = best
  if (names.length === 0) return `It differs from ${uri} only in how it is written.`
  const sameButSlash = asked.replace(/\/$/, '') === uri.replace(/\/$/, '')
  if (sameButSlash) return `Only the slash at the end makes it different from ${uri}.`
  return `It differs from ${uri} in ${names.join(' and ')}.`
}

function partsOf(uri: string): Readonly<Record<string, string>> | undefined {
  if (!URL.canParse(uri)) return undefined
  const { protocol, hostname, port, pathname, search } = new URL(uri)
  return {
    'the scheme': protocol,
    'the host': hostname,
    'the port': port,
    'the path': pathname,
    'the query': search,
  }
}
