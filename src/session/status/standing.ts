import type { WantedAccount } from '../accounts/wanted-account.ts'
import type { Connection } from '../recovery/connection.ts'
import type { Missing, SessionStatus } from './status.ts'

/** Where a session with a link stands, from where its accounts stand. */
export function standing(
  accounts: readonly WantedAccount[],
  { generation, endpoint }: Connection,
  since: number,
): SessionStatus {
  // An account that has never been authorised is the business of whoever asks for it.
  const kept = accounts.filter((account) => account.isKept)
  if (kept.some((account) => account.isPending)) {
    return { phase: 'restoring', generation, endpoint }
  }
  const missing = kept.flatMap((account) => account.gaps)
  if (missing.length === 0) return { phase: 'ready', generation, endpoint, since }
  return { phase: 'partial', generation, endpoint, since, missing }
}

/** Whether two statuses say the same, as far as one could lead to the other. */
export function isSame(a: SessionStatus, b: SessionStatus): boolean {
  if (a.phase !== b.phase || a.phase === 'waiting') return false
  if (a.phase === 'connecting' && b.phase === 'connecting') {
    return a.stage === b.stage && a.attempt === b.attempt && a.endpoint === b.endpoint
  }
  if (a.phase !== 'partial' || b.phase !== 'partial') return true
  return (
    a.missing.length === b.missing.length &&
    a.missing.every((one, i) => isSameGap(one, b.missing[i]))
  )
}

function isSameGap(a: Missing, b: Missing | undefined): boolean {
  return a.accountId === b?.accountId && a.error === b.error && a.retryAt === b.retryAt
}
