import { type AccountSummary, listAccounts } from '../accounts/index.ts'
import type { Clock } from '../async/clock.ts'
import type { WaitOptions } from '../async/wait-options.ts'
import { CTraderError } from '../errors.ts'
import type { AccessTokenSource } from '../oauth/index.ts'
import { type Session, toTokenSource, withFreshToken } from '../session/index.ts'
import type { ClientGrant } from './options.ts'
import { patientSource } from './patient-source.ts'

/** An account, and where its tokens come from. */
export interface Covered {
  readonly summary: AccountSummary
  readonly tokens: AccessTokenSource
}

/** A grant whose accounts could not be listed. */
export interface FailedGrant {
  /** Which of the client's grants it is, from 0. */
  readonly index: number
  readonly error: CTraderError
}

export interface GrantedAccounts {
  readonly covered: readonly Covered[]
  readonly failed: readonly FailedGrant[]
}

/**
 * Lists what the grants cover. One dead grant among several does not keep the others from working.
 *
 * @throws what the first of them failed with, when all did
 */
export async function listGrantedAccounts(
  session: Session,
  grants: readonly (ClientGrant | AccessTokenSource)[],
  options: WaitOptions & { readonly clock: Clock; readonly requestTimeoutMs: number },
): Promise<GrantedAccounts> {
  const { clock, requestTimeoutMs, ...wait } = options
  const covered = new Map<number, Covered>()
  const failed: FailedGrant[] = []
  for (const [index, grant] of grants.entries()) {
    const tokens = 'current' in grant ? grant : toTokenSource(grant.accessToken)
    try {
      const summaries = await withFreshToken(
        patientSource(tokens, index, { clock, ms: requestTimeoutMs }),
        (accessToken) => listAccounts(session, accessToken, { ...wait, repeat: true }),
        wait,
      )
      for (const summary of summaries) add(covered, { summary, tokens })
    } catch (error) {
      if (options.signal?.aborted || !(error instanceof CTraderError)) throw error
      failed.push({ index, error })
    }
  }
  const [first] = failed
  if (first !== undefined && failed.length === grants.length) throw first.error
  return { covered: [...covered.values()], failed }
}

/** Of two grants that cover an account the one counts that allows more; of equals, the first. */
function add(covered: Map<number, Covered>, next: Covered): void {
  const { accountId, scope } = next.summary
  const known = covered.get(accountId)
  if (known === undefined || (known.summary.scope === 'accounts' && scope === 'trading')) {
    covered.set(accountId, next)
  }
}
