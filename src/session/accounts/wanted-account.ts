import type { Timer } from '../../async/clock.ts'
import type { CTraderError } from '../../errors.ts'
import type { AccessTokenSource, IssuedToken } from '../../oauth/index.ts'
import type { Backoff } from '../recovery/backoff.ts'
import type { Connection } from '../recovery/connection.ts'
import type { Missing } from '../status/status.ts'

/** Why something is not there, and when it is tried again. */
export interface Failure {
  readonly error: CTraderError
  /** In milliseconds since 1970-01-01 UTC; undefined when only a new token can help. */
  readonly retryAt: number | undefined
}

/** An account that a session keeps authorised, and how that stands. */
export class WantedAccount {
  readonly accountId: number
  tokens: AccessTokenSource
  readonly backoff: Backoff
  /** Whether it is authorised on the present link. */
  isUp = false
  /** Whether it has ever been: until then whoever asked for it is told of failures. */
  isKept = false
  /** Its owner is logging it out: that it is lost is as it should be. */
  isLeaving = false
  /** Counts its authorisations: a subscription made in an earlier one is gone. */
  epoch = 0
  upSince = 0
  /** How often it was lost while its link held, since it was last stable. */
  losses = 0
  /** The link on which somebody is at work on it. */
  worker: Connection | undefined
  /** It was lost while somebody was at work on it. */
  workAgain = false
  timer: Timer | undefined
  /** The id that whoever asked for it wants its next request to travel under. */
  givenId: string | undefined
  /** The id of the last request to authorise it. */
  requestId: string | undefined
  /** A request to authorise it was sent and not answered, and none has been since. */
  isOutcomeUnknown = false
  /** The token it was last authorised with. */
  token: IssuedToken | undefined
  /** It was lost while its link stayed: the token may be what ended it. */
  isTokenInDoubt = false
  /** A token that was issued in place of a refused one was refused as well: asking for another would only spend it. */
  isTokenUseless = false
  failure: Failure | undefined
  missing: readonly Missing[] = []

  constructor(accountId: number, tokens: AccessTokenSource, backoff: Backoff) {
    this.accountId = accountId
    this.tokens = tokens
    this.backoff = backoff
  }

  /** Whether it is still being worked on for the first time since it was lost. */
  get isPending(): boolean {
    return (
      this.failure === undefined &&
      this.missing.length === 0 &&
      (!this.isUp || this.worker !== undefined)
    )
  }

  /** Which of its source's tokens it was last authorised with. */
  get tokenGeneration(): number {
    return this.token?.generation ?? 0
  }

  /** What of it is wanted and not there. */
  get gaps(): readonly Missing[] {
    const { accountId, failure, missing } = this
    return failure === undefined ? missing : [{ kind: 'account', accountId, ...failure }]
  }
}
