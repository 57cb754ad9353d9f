import { catalog } from '../../protocol/index.ts'
import type { RequestRefusedError } from './refusal.ts'

/**
 * What a refused request for an account says about more than itself.
 *
 * - `application-lost`: the application is no longer authenticated on the link
 * - `account-lost`: the account is no longer authorised on it
 * - `account-in-doubt`: one of two: the account is not authorised, or its token may not trade
 */
export type RefusalVerdict = 'application-lost' | 'account-lost' | 'account-in-doubt' | undefined

const accountCodes = new Set([
  'ACCOUNT_NOT_AUTHORIZED',
  'OA_AUTH_TOKEN_EXPIRED',
  'CH_ACCESS_TOKEN_INVALID',
])

export function judgeRefusal(error: RequestRefusedError): RefusalVerdict {
  const { serverCode, description = '', request } = error
  if (serverCode === 'CH_CLIENT_NOT_AUTHENTICATED') return 'application-lost'
  const { scope } = catalog[request]
  if (scope !== 'account' && scope !== 'trade') return undefined
  const saysSo =
    accountCodes.has(serverCode) ||
    (serverCode === 'INVALID_REQUEST' && /not authorized/i.test(description))
  if (!saysSo) return undefined
  return scope === 'trade' ? 'account-in-doubt' : 'account-lost'
}
