import type { Clock } from '../../async/clock.ts'
import type { CTraderError } from '../../errors.ts'
import { RequestRefusedError } from '../requests/refusal.ts'
import type { Backoff } from './backoff.ts'
import { AccessTokenRejectedError } from './reconnect-errors.ts'

const second = 1_000

/**
 * How long to wait before something that failed is tried again, in milliseconds; undefined when only a new token, or a
 * new login, can help.
 */
export function retryWait(error: CTraderError, backoff: Backoff, clock: Clock): number | undefined {
  // By its code: whoever implements the source of tokens throws this error, and may be another package.
  if (error.code === 'REAUTHORIZATION_REQUIRED') return undefined
  if (error instanceof AccessTokenRejectedError) return undefined
  const waitMs = backoff.next()
  if (!(error instanceof RequestRefusedError)) return waitMs
  const { maintenanceEndsAt, retryAfterSeconds } = error
  if (maintenanceEndsAt !== undefined) {
    return Math.max(0, maintenanceEndsAt - clock.now()) + waitMs
  }
  return retryAfterSeconds === undefined ? waitMs : retryAfterSeconds * second + waitMs
}
