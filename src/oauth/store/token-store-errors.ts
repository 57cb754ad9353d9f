import { OAuthError, type OAuthErrorOptions } from '../errors.ts'

/** What is wrong with a stored record. */
export type CorruptionReason =
  | 'unreadable'
  | 'unknown-version'
  | 'wrong-owner'
  | 'invalid-fields'
  | 'undecryptable'

const restore =
  'They were left as they are: restore a backup if there is one, or delete them (log out) and log in again.'
const remedies: Partial<Record<CorruptionReason, string>> = {
  'unknown-version': 'Update this package; nothing was changed.',
  undecryptable:
    'Give the passphrase or key they were saved with; an earlier one can be given beside the new one. They were left as they are.',
}

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
      undecryptable: 'cannot be decrypted with the key at hand',
    }[reason]
    super('TOKEN_STORE_CORRUPT', `The saved tokens at ${location} ${problem}.`, {
      kind: 'config',
      phase: 'store',
      remedy: remedies[reason] ?? restore,
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

/** Someone else holds the lock of a grant and does not give it back. */
export class TokenStoreLockedError extends OAuthError {
  constructor(grant: string, waitedMs: number, holder?: string, options: OAuthErrorOptions = {}) {
    const who = holder === undefined ? 'another program' : holder
    super(
      'TOKEN_STORE_LOCKED',
      `The tokens of ${grant} are locked by ${who}; waited ${waitedMs} ms.`,
      {
        kind: 'transient',
        phase: 'store',
        retryable: true,
        remedy:
          'A refresh takes seconds, so that program probably hangs: look at it, or end it. Nothing was changed.',
        ...options,
        facts: { grant, waitedMs, holder: holder ?? null, ...options.facts },
      },
    )
  }
}

/** The lock of a grant went to someone else before this note on its record was written. */
export class TokenStoreLockLostError extends OAuthError {
  constructor(grant: string, fence: number, options: OAuthErrorOptions = {}) {
    super(
      'TOKEN_STORE_LOCK_LOST',
      `The lock on the tokens of ${grant} was lost; the record was left as it is.`,
      {
        kind: 'transient',
        phase: 'store',
        retryable: true,
        remedy: 'Load the tokens again; whoever has the lock now is at work on them.',
        ...options,
        facts: { grant, fence, ...options.facts },
      },
    )
  }
}

/** The place of the saved tokens cannot be read or written: permissions, full disk, read-only medium. */
export class TokenStoreAccessError extends OAuthError {
  constructor(
    action: 'read' | 'write' | 'delete' | 'lock',
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
