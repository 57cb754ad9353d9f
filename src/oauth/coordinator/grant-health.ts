import type { GrantHealth } from '../grant/grant-events.ts'
import type { RenewalPlan } from '../renewal/renewal-plan.ts'
import type { TokenRecord } from '../store/token-store.ts'

/** How a grant is, in one look. */
export function healthOf(
  record: TokenRecord | undefined,
  plan: RenewalPlan,
  { refreshing, persisted }: { readonly refreshing: boolean; readonly persisted: boolean },
): GrantHealth {
  const { failure, nextAt } = plan
  const live = record?.status === 'live'
  const refreshable = record?.tokens.refreshToken !== undefined && live && !plan.isBlocked
  const well = persisted && failure === undefined && refreshable
  const status =
    record === undefined
      ? 'not-loaded'
      : !live
        ? 'reauthorization-required'
        : well
          ? 'ok'
          : 'degraded'
  return {
    status,
    generation: record?.generation,
    expiresAt: record?.tokens.expiresAt,
    persisted,
    refreshable,
    refreshing,
    nextRefreshAt: nextAt,
    lastFailure: failure && { code: failure.code, kind: failure.kind, at: failure.at },
  }
}
