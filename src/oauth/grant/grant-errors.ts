import { OAuthError, type OAuthErrorOptions } from '../errors.ts'

/** Nothing is stored under this name. */
export class NotLoggedInError extends OAuthError {
  constructor(grant: string, options: OAuthErrorOptions = {}) {
    super('NOT_LOGGED_IN', `No tokens are stored for ${grant}.`, {
      kind: 'user',
      phase: 'store',
      remedy: 'Log in first, or check the profile name and the place of the store.',
      ...options,
      facts: { grant, ...options.facts },
    })
  }
}

/**
 * Why only a new login helps.
 *
 * - `refresh_consumed`: this package sent the refresh token before and never learned what became of it
 * - `revoked`: the server says that the grant was taken back
 * - `superseded_by_new_login`: the server says that a newer login replaced it
 * - `unknown`: the server refused the refresh token without saying why
 */
export type ReauthorizationReason =
  | 'refresh_consumed'
  | 'revoked'
  | 'superseded_by_new_login'
  | 'unknown'

export interface ReauthorizationDetails {
  readonly reason: ReauthorizationReason
  readonly grant: string
  readonly generation: number
  /** When these tokens were obtained, in milliseconds since 1970: the last time all was well. */
  readonly lastSuccessAt: number
  /** Which program began the refresh that came to nothing, if it is known. */
  readonly owner?: string | undefined
}

/** The grant cannot be refreshed any more: a person has to log in again. The record is kept, marked as dead. */
export class ReauthorizationRequiredError extends OAuthError {
  readonly reason: ReauthorizationReason

  constructor(details: ReauthorizationDetails, options: OAuthErrorOptions = {}) {
    const { reason, grant, generation, lastSuccessAt, owner } = details
    const why = {
      refresh_consumed: 'its refresh token was sent and the answer never arrived',
      revoked: 'access was taken back',
      superseded_by_new_login: 'a newer login replaced it',
      unknown: 'the server refuses its refresh token',
    }[reason]
    const since = new Date(lastSuccessAt).toISOString()
    const by = owner === undefined ? '' : ` The refresh was begun by ${owner}.`
    super(
      'REAUTHORIZATION_REQUIRED',
      `The grant ${grant} has ended: ${why}. Its tokens are of ${since}.${by}`,
      {
        kind: 'terminal',
        phase: 'refresh',
        remedy:
          'Most often another program or a new login with the same application and cTID used or replaced the refresh token: let one program refresh, or let all share one store. Log in again (`ctrader login`).',
        ...options,
        facts: { reason, grant, generation, lastSuccessAt, owner: owner ?? null, ...options.facts },
      },
    )
    this.reason = reason
  }
}

/** New tokens were obtained but cannot be saved. They are in use, and nothing is refreshed until they are saved. */
export class TokenPersistError extends OAuthError {
  constructor(
    grant: string,
    generation: number,
    emergencyCopy: string | undefined,
    options: OAuthErrorOptions = {},
  ) {
    const copy =
      emergencyCopy === undefined
        ? 'They are only in memory'
        : `Besides memory they are in ${emergencyCopy}`
    super(
      'TOKEN_PERSIST_FAILED',
      `The new tokens of ${grant} could not be saved. ${copy}; nothing is refreshed before they are saved.`,
      {
        kind: 'config',
        phase: 'store',
        retryable: true,
        remedy:
          'Make the store writable again (disk space, permissions, database); saving is tried again by itself. Do not end the program before.',
        ...options,
        facts: { grant, generation, emergencyCopy: emergencyCopy ?? null, ...options.facts },
      },
    )
  }
}

/** This process only reads tokens, and the one that refreshes them has not done so in time. */
export class RefresherSilentError extends OAuthError {
  constructor(grant: string, generation: number, waitedMs: number) {
    super(
      'REFRESHER_SILENT',
      `The access token of ${grant} is used up and nobody has replaced generation ${generation} within ${waitedMs} ms.`,
      {
        kind: 'transient',
        phase: 'refresh',
        retryable: true,
        remedy:
          'See whether the program with the role "refresher" runs and what it says; or let this one refresh.',
        facts: { grant, generation, waitedMs },
      },
    )
  }
}

/** A wait for tokens was longer than allowed. What was waited for goes on. */
export class TokenWaitTimeoutError extends OAuthError {
  constructor(grant: string, waitedMs: number) {
    super('TOKEN_WAIT_TIMEOUT', `The tokens of ${grant} were not there within ${waitedMs} ms.`, {
      kind: 'transient',
      phase: 'refresh',
      retryable: true,
      remedy: 'A refresh under way goes on; ask again.',
      facts: { grant, waitedMs },
    })
  }
}

/** The coordinator was closed. */
export class GrantClosedError extends OAuthError {
  constructor(grant: string) {
    super('GRANT_CLOSED', `The coordinator of ${grant} was closed.`, {
      kind: 'internal',
      phase: 'refresh',
      remedy: 'Make a new one; the tokens are in the store.',
      facts: { grant },
    })
  }
}
