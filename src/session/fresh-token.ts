import type { WaitOptions } from '../async/wait-options.ts'
import type { AccessTokenSource } from '../oauth/index.ts'
import type { Secret } from '../secret.ts'
import { isTokenRefusal } from './authorize-account.ts'
import { AccessTokenRejectedError } from './reconnect-errors.ts'

/**
 * Does something that needs an access token; when the server says that the token is dead, once more with a new one.
 */
export async function withFreshToken<T>(
  tokens: AccessTokenSource,
  use: (accessToken: Secret) => Promise<T>,
  options: WaitOptions,
): Promise<T> {
  const token = await tokens.current(options)
  try {
    return await use(token.accessToken)
  } catch (error) {
    if (!isTokenRefusal(error)) throw error
    try {
      const next = await tokens.replace(token, options)
      return await use(next.accessToken)
    } catch (second) {
      // A token that nobody can replace: what the server said is the better news.
      throw second instanceof AccessTokenRejectedError ? error : second
    }
  }
}
