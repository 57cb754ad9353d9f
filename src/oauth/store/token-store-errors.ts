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

/**
 * What is known about a grant whose store did not answer.
 *
 * - `untouched`: no refresh token was sent by this try, so the grant is as it was
 * - `refresh-sent`: a refresh token was sent; the note of it, and the answer if it came in time, are in the store, and
 *   the next use settles what became of it
 */
export type GrantKnowledge = 'untouched' | 'refresh-sent'

/** A store did not answer in time. It may still carry out what it was asked; that does no harm. */
export class TokenStoreTimeoutError extends OAuthError {
  readonly action: 'read' | 'write' | 'delete' | 'lock'
  readonly waitedMs: number
  /** Undefined outside of a refresh. */
  readonly grantState: GrantKnowledge | undefined
  readonly #location: string

  constructor(
    action: 'read' | 'write' | 'delete' | 'lock',
    location: string,
    waitedMs: number,
    grantState?: GrantKnowledge,
    options: OAuthErrorOptions = {},
  ) {
    const known = {
      untouched: ' No refresh token was sent by this try: the grant is as it was.',
      'refresh-sent':
        ' A refresh token had been sent; that is noted in the store, and the next use settles what became of it.',
    }
    const unsure = action === 'write' || action === 'delete'
    super(
      'TOKEN_STORE_TIMEOUT',
      `The store of the tokens at ${location} did not answer within ${waitedMs} ms (${action}).${
        unsure ? ' Whether it was carried out is not known.' : ''
      }${grantState === undefined ? '' : known[grantState]}`,
      {
        kind: 'transient',
        phase: 'store',
        retryable: true,
        remedy:
          'See whether the server or the disk of the store hangs, or the network to it; once it answers again, try again: nothing has to be repaired by hand.',
        ...options,
        facts: { action, location, waitedMs, grantState: grantState ?? null, ...options.facts },
      },
    )
    this.action = action
    this.waitedMs = waitedMs
    this.grantState = grantState
    this.#location = location
  }

  /** The same with what a refresh knows about its grant. */
  knowing(grantState: GrantKnowledge): TokenStoreTimeoutError {
    const { action, waitedMs } = this
    return new TokenStoreTimeoutError(action, this.#location, waitedMs, grantState)
  }
}

function remedyFor(systemCode: string): string {
  switch (systemCode) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk is full: free some space and try again.'
    case 'EFBIG':
      return 'This process may not write files of that size (`ulimit -f`): raise the limit and try again.'
    case 'EROFS':
      return 'The medium is read-only: choose another directory.'
    case 'EACCES':
    case 'EPERM':
      return 'Make the directory and the file yours, or choose another directory.'
    default:
      return 'Check the directory, or choose another one.'
  }
}
