import type { TokenRequestRecord } from '../auth-journal.ts'
import type { AuthSwitchControl } from '../auth-switches.ts'
import type { AuthFaultControl } from '../faults/auth-faults.ts'
import type { TokenFinding } from '../token-findings.ts'
import type { ApplicationControl } from './application-control.ts'
import type { ConsentControl } from './consent-control.ts'
import type { GrantControl } from './grant-control.ts'

/** The requests for tokens that were made. */
export interface TokenRequestLog {
  /** The last ten thousand, oldest first. */
  list(): readonly TokenRequestRecord[]
  /** Forgets them. */
  clear(): void
  /** What a careful client would not have done: an empty list is something to assert at the end of a test. */
  findings(): readonly TokenFinding[]
  /** Calls back for each request, before it is answered. Returns a function that ends it. */
  onRequest(listener: (record: TokenRequestRecord) => void): () => void
}

/** What a test may do to the authorization server, and see of it. */
export interface SandboxAuth {
  /** The registered applications. */
  readonly applications: ApplicationControl
  /** How the server behaves where the original is not known well, or standard clients need something else. */
  readonly behaviour: AuthSwitchControl
  /** Decides in the place of a person. */
  readonly consents: ConsentControl
  /** Makes requests go wrong. */
  readonly faults: AuthFaultControl
  /** What people have allowed. */
  readonly grants: GrantControl
  /** What the token endpoint was asked. */
  readonly requests: TokenRequestLog
}
