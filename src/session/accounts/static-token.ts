import type { AccessTokenSource } from '../../oauth/index.ts'
import { type Secret, toSecret } from '../../secret.ts'
import { AccessTokenRejectedError } from '../recovery/reconnect-errors.ts'

/** A token as it is, with nobody behind it who could renew it. */
function staticToken(accessToken: Secret | string): AccessTokenSource {
  const token = { accessToken: toSecret(accessToken), generation: 1 }
  return {
    current: () => Promise.resolve(token),
    replace: () => Promise.reject(new AccessTokenRejectedError()),
    onChange: () => () => {},
  }
}

export function toTokenSource(tokens: AccessTokenSource | Secret | string): AccessTokenSource {
  return typeof tokens === 'object' && 'current' in tokens ? tokens : staticToken(tokens)
}
