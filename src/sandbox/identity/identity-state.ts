import type { Application, Ctid } from './application.ts'
import type { CodeTable } from './code-table.ts'
import type { GrantPolicy } from './grant-policy.ts'
import type { GrantTable } from './grant-table.ts'

/** Everything that an identity knows. */
export interface IdentityState {
  readonly applications: readonly Application[]
  readonly ctids: readonly Ctid[]
  readonly policy: GrantPolicy
  readonly codes: ReturnType<CodeTable['capture']>
  readonly grants: ReturnType<GrantTable['capture']>
}
