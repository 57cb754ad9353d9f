/** What a proxy or a framework in front of a server answers where JSON was due: bare HTML. */
export function refusalPage(description: string): string {
  // The words are the sandbox's or a test's own, never a stranger's.
  const text = description.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<!doctype html>\n<html><head><title>Error</title></head><body><h1>Error</h1><p>${text}</p></body></html>\n`
}
