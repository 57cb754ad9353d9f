/**
 * Why no browser of this machine could show a page to whoever runs the command; undefined when one probably can.
 */
export function reasonAgainstBrowser(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const has = (name: string): boolean => (env[name] ?? '') !== ''
  if (has('CI')) return 'this is CI'
  if (has('SSH_CONNECTION') || has('SSH_CLIENT') || has('SSH_TTY')) {
    return 'you are connected through SSH'
  }
  const isDesktop = platform === 'win32' || platform === 'darwin' || has('WSL_DISTRO_NAME')
  if (!isDesktop && !has('DISPLAY') && !has('WAYLAND_DISPLAY')) return 'there is no desktop here'
  return undefined
}

/** Opens a page in the system's browser. Resolves once the browser has been started, not when it has ended. */
export async function openInBrowser(url: string): Promise<void> {
  const { default: open } = await import('open')
  const child = await open(url)
  child.unref()
}
