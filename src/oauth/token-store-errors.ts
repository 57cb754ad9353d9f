import { OAuthError, type OAuthErrorOptions } from './errors.ts'

/** What is wrong with a stored record. */
export type CorruptionReason = 'unreadable' | 'unknown-version' | 'wrong-owner' | 'invalid-fields'

/**
 * Stored tokens cannot be read. They are kept as they are and never overwritten; this is not the same as not being
 * logged in.
 */
export class TokenStoreCorruptError extends OAuthError {
  readonly reason: CorruptionReason

  constructor(reason: CorruptionReason, location: string, options: OAuthErrorOptions = {}) {
    const problem = {
      unreadable: 'are damaged',
      'unknown-version': 'were written by a newer version of this package',
      'wrong-owner': 'belong to another grant than their place says',
      'invalid-fields': 'are incomplete or contradict themselves',
    }[reason]
    super('TOKEN_STORE_CORRUPT', `The saved tokens at ${location} ${problem}.`, {
      kind: 'config',
      phase: 'store',
      remedy:
        reason === 'unknown-version'
          ? 'Update this package; nothing was changed.'
          : 'They were left as they are: restore a backup if there is one, or delete them (log out) and log in again.',
      ...options,
      facts: { reason, location, ...options.facts },
    })
    this.reason = reason
  }
}

/** Others on this machine could read or replace the saved tokens. */
export class TokenStoreInsecureError extends OAuthError {
  constructor(location: string, problem: string, fix: string, options: OAuthErrorOptions = {}) {
    super(
      'TOKEN_STORE_INSECURE',
      `The saved tokens at ${location} are not safe there: ${problem}.`,
      {
        kind: 'config',
        phase: 'store',
        remedy: fix,
        ...options,
        facts: { location, problem, ...options.facts },
      },
    )
  }
}

/** Saved tokens were replaced by someone else between reading and writing. Read them again before deciding. */
export class TokenStoreConflictError extends OAuthError {
  constructor(expected: number, found: number, options: OAuthErrorOptions = {}) {
    super(
      'TOKEN_STORE_CONFLICT',
      `The saved tokens are of generation ${found}, not ${expected}: another program has replaced them.`,
      {
        kind: 'transient',
        phase: 'store',
        remedy: 'Load them again; the newer ones are probably what you need.',
        ...options,
        facts: { expected, found, ...options.facts },
      },
    )
  }
}

/** The place of the saved tokens cannot be read or written: permissions, full disk, read-only medium. */
export class TokenStoreAccessError extends OAuthError {
  constructor(
    action: 'read' | 'write' | 'delete',
    location: string,
    systemCode: string,
    options: OAuthErrorOptions = {},
  ) {
    super(
      'TOKEN_STORE_ACCESS',
      `Cannot ${action} the saved tokens at ${location} (${systemCode}).`,
      {
        kind: 'config',
        phase: 'store',
        remedy: remedyFor(systemCode),
        ...options,
        facts: { action, location, systemCode, ...options.facts },
      },
    )
  }
}

function remedyFor(systemCode: string): string {
  switch (systemCode) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk is full: free some space and try again.'
    case 'EROFS':
      return 'The medium is read-only: choose another directory.'
    case 'EACCES':
    case 'EPERM':
      return 'Make the directory and the file yours, or choose another directory.'
    default:
      return 'Check the directory, or choose another one.'
  }
}
