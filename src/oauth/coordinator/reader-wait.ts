import { sleep } from '../../async/sleep.ts'
import type { IssuedToken } from '../grant/access-token-source.ts'
import { RefresherSilentError } from '../grant/grant-errors.ts'
import type { CheckedGrantOptions } from '../grant/grant-options.ts'
import { isSame, issued } from '../refresh/refresh-record.ts'
import { grantEnded } from '../refresh/refresh-verdict.ts'
import type { TokenRecord } from '../store/token-store.ts'

/**
 * Looks into the store until somebody else has replaced a token there.
 *
 * @throws RefresherSilentError when nobody does in time, ReauthorizationRequiredError when the grant has ended.
 */
export async function awaitNewer(
  seen: IssuedToken,
  options: CheckedGrantOptions,
  reload: () => Promise<TokenRecord | undefined>,
  signal: AbortSignal,
): Promise<IssuedToken> {
  const { clock, waitMs, pollMs, grant } = options
  const until = clock.monotonic() + waitMs
  while (clock.monotonic() < until) {
    const record = await reload()
    if (record !== undefined && !isSame(record, seen)) return issued(record)
    if (record?.status === 'dead') throw grantEnded(grant, record)
    await sleep(Math.min(500, pollMs), clock, signal)
  }
  throw new RefresherSilentError(grant, seen.generation, waitMs)
}
