import type { WaitOptions } from '../../async/wait-options.ts'
import type { AccessTokenSource } from '../../oauth/index.ts'
import type { Secret } from '../../secret.ts'
import { AccessTokenRejectedError } from '../recovery/reconnect-errors.ts'
import { isTokenRefusal } from './authorize-account.ts'

/**
 * Does something that needs an access token; when the server says that the token is dead, once more with a new one.
 */
export async function withFreshToken<T>(
  tokens: Pick<AccessTokenSource, 'current' | 'replace'>,
  use: (accessToken: Secret) => Promise<T>,
  options: WaitOptions,
): Promise<T> {
  const token = await tokens.current(options)
  try {
    return await use(token.accessToken)
  } catch (error) {
    if (!isTokenRefusal(error)) throw error
    const next = await tokens.replace(token, options).catch((second: unknown) => {
      // There is nobody to renew it: what the server said is the news.
      throw second instanceof AccessTokenRejectedError ? error : second
    })
    return await use(next.accessToken)
  }
}
