import type { AccessTokenSource, IssuedToken } from '../../src/oauth/index.ts'
import { Secret } from '../../src/secret.ts'

export interface FakeTokens extends AccessTokenSource {
  /** How often a refused token was replaced by a new one. */
  readonly replacements: number
  /** A new token appears without anybody here having asked. */
  issue(): IssuedToken
}

/** A source of tokens that keeps the contract and does as little as that takes: tokens are called `token-1` and so on. */
export function fakeTokens(): FakeTokens {
  const listeners = new Set<(token: IssuedToken) => void>()
  const make = (generation: number): IssuedToken => ({
    accessToken: new Secret(`token-${generation}`),
    generation,
  })
  let token = make(1)
  let replacements = 0
  const issue = (): IssuedToken => {
    token = make(token.generation + 1)
    for (const listener of [...listeners]) listener(token)
    return token
  }
  return {
    get replacements() {
      return replacements
    },
    current: () => Promise.resolve(token),
    async replace(refused) {
      if (refused.generation < token.generation) return token
      replacements++
      return issue()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    issue,
  }
}
