import type { AccessTokenSource, IssuedToken } from '../../oauth/index.ts'

/** Listens to sources of tokens, each once, however many accounts use it. */
export interface TokenWatch {
  add(source: AccessTokenSource): void
  remove(source: AccessTokenSource): void
  close(): void
}

interface Watched {
  users: number
  readonly stop: () => void
}

/** @param onToken called when a source has a new token */
export function watchTokens(
  onToken: (source: AccessTokenSource, token: IssuedToken) => void,
): TokenWatch {
  const watched = new Map<AccessTokenSource, Watched>()
  return {
    add(source) {
      const known = watched.get(source)
      if (known !== undefined) known.users++
      else {
        const stop = source.onChange((token) => onToken(source, token))
        watched.set(source, { users: 1, stop })
      }
    },
    remove(source) {
      const known = watched.get(source)
      if (known === undefined || --known.users > 0) return
      watched.delete(source)
      known.stop()
    },
    close() {
      for (const { stop } of watched.values()) stop()
      watched.clear()
    },
  }
}
