import type { ApiBehaviour } from './behaviour.ts'
import { Refusal } from './refusal.ts'

/** The account is on the other host. The original says so only here, after the account list has shown it. */
export function cannotRoute(): Refusal {
  return new Refusal('CANT_ROUTE_REQUEST', 'Cannot route request')
}

/** The account's owner may not log in. */
export function accountDisabled({ disabledAccount }: ApiBehaviour): Refusal {
  if (disabledAccount === 'CANT_ROUTE_REQUEST') return cannotRoute()
  return new Refusal(disabledAccount, 'Trading account is disabled')
}

/** No such id, or a login number in its place, or an account that the token does not cover. */
export function accountNotFound(): Refusal {
  return new Refusal('CH_CTID_TRADER_ACCOUNT_NOT_FOUND', 'Trading account is not found')
}

/** The account has not been authorised on this connection, or its session has ended. */
export function accountNotAuthorized(): Refusal {
  return new Refusal('INVALID_REQUEST', 'Trading account is not authorized')
}

/**
 * A token of scope `accounts` cannot trade. Which code the original uses is not known; this is the one of its list whose
 * meaning is closest.
 */
export function viewOnly(): Refusal {
  return new Refusal(
    'ACCOUNT_NOT_AUTHORIZED',
    'Trading is not allowed: the access token has the scope accounts',
  )
}
