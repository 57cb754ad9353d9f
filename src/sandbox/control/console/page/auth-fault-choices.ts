import type { AuthFaultAction } from '../../../auth-server/index.ts'

/** A fault as the form offers it. */
export interface AuthFaultChoice {
  /** The action's kind; `delay` for none. */
  readonly kind: AuthFaultAction['kind'] | 'delay'
  readonly text: string
  /** Fields of its own. */
  readonly fields?: string
  /** When it strikes, where the server lets one choose: what is chosen first. */
  readonly when?: 'before-commit' | 'after-commit'
  /** Where it works; both where nothing is said. */
  readonly only?: 'token' | 'authorize'
}

/** The faults in the groups of the form, what is asked for most at the top. */
export const authFaultChoices: Readonly<Record<string, readonly AuthFaultChoice[]>> = {
  'No answer': [
    { kind: 'drop', text: 'Lost answer: done, then dropped', when: 'after-commit' },
    { kind: 'drop', text: 'Connection dropped before', when: 'before-commit' },
    { kind: 'reset', text: 'Connection reset', when: 'before-commit' },
    { kind: 'hang', text: 'Never answered', when: 'before-commit' },
    { kind: 'delay', text: 'Answered late', when: 'before-commit' },
  ],
  'Another answer': [
    {
      kind: 'rate-limit',
      text: '429, too many requests',
      fields: 'retryAfter',
      when: 'before-commit',
    },
    { kind: 'answer', text: 'Any status and body', fields: 'status body', when: 'before-commit' },
    { kind: 'html', text: 'A page of HTML', fields: 'status', when: 'before-commit' },
    { kind: 'redirect', text: 'A redirect', fields: 'location status', when: 'before-commit' },
  ],
  'Tokens, spoilt': [
    { kind: 'truncate', text: 'JSON that breaks off', fields: 'keep', only: 'token' },
    { kind: 'cut', text: 'Connection ends in the body', fields: 'keep', only: 'token' },
    { kind: 'slow-body', text: 'Byte after byte', fields: 'everyMs', only: 'token' },
    { kind: 'fields', text: 'Fields missing or changed', fields: 'remove set', only: 'token' },
    { kind: 'expires-in', text: 'An odd lifetime', fields: 'text', only: 'token' },
    {
      kind: 'conflicting-spellings',
      text: 'Spellings that contradict',
      fields: 'field',
      only: 'token',
    },
    { kind: 'duplicate-key', text: 'The same key twice', fields: 'key', only: 'token' },
    { kind: 'oversize', text: 'Far too long', fields: 'bytes', only: 'token' },
    { kind: 'gzip-bomb', text: 'Compressed, unfolds to much', fields: 'bytes', only: 'token' },
  ],
  'Back to the application': [
    {
      kind: 'callback',
      text: 'Redirect with other parameters',
      fields: 'remove append',
      only: 'authorize',
    },
  ],
}
