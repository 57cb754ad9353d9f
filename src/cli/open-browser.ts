/** Opens a page in the system's browser. Resolves once the browser has been started, not when it has ended. */
export async function openInBrowser(url: string): Promise<void> {
  const { default: open } = await import('open')
  const child = await open(url)
  child.unref()
}
