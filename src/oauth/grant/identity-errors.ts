import type { Scope } from '../application/scope.ts'
import { OAuthError, type OAuthErrorOptions } from '../errors.ts'

/** A login that was to renew one grant brought the consent of another cTrader ID. Nothing was replaced. */
export class IdentityChangedError extends OAuthError {
  /** The cTrader ID whose grant is kept. */
  readonly expectedUserId: number
  /** The cTrader ID that allowed access now. */
  readonly foundUserId: number

  constructor(expectedUserId: number, foundUserId: number, options: OAuthErrorOptions = {}) {
    super(
      'IDENTITY_CHANGED',
      `This is the consent of cTrader ID ${foundUserId}, not of ${expectedUserId}, whose login was to be renewed.`,
      {
        kind: 'user',
        phase: 'store',
        remedy:
          'Nothing was replaced. Sign out of cTrader in the browser and log in as the right person, or keep the new grant under a name of its own.',
        ...options,
        facts: { expectedUserId, foundUserId, ...options.facts },
      },
    )
    this.expectedUserId = expectedUserId
    this.foundUserId = foundUserId
  }
}

/** The server gave less than was asked for. */
export class ScopeInsufficientError extends OAuthError {
  readonly requested: Scope
  readonly granted: Scope

  constructor(requested: Scope, granted: Scope, options: OAuthErrorOptions = {}) {
    super(
      'SCOPE_INSUFFICIENT',
      `The scope "${requested}" is needed, and the grant has only "${granted}".`,
      {
        kind: 'user',
        phase: 'socket',
        remedy: `Log in again with the scope "${requested}" and allow it on the consent page.`,
        ...options,
        facts: { requested, granted, ...options.facts },
      },
    )
    this.requested = requested
    this.granted = granted
  }
}
