/** What goes wrong. What is sent instead of the answer, or what is done to it. */
export type AuthFaultAction =
  /** The connection is closed without an answer. */
  | { readonly kind: 'drop' }
  /** The connection is reset without an answer. */
  | { readonly kind: 'reset' }
  /** Nothing is ever answered; the connection stays open until somebody gives up. */
  | { readonly kind: 'hang' }
  /** Another answer: any status, headers and body. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      /** @defaultValue empty */
      readonly body?: string
    }
  /** 429 in the words of a proxy, with or without `Retry-After` (seconds, or a date). */
  | { readonly kind: 'rate-limit'; readonly retryAfter?: number | string }
  /** A page of HTML where JSON is due; by default status 200. */
  | { readonly kind: 'html'; readonly status?: number; readonly title?: string }
  /** A redirect; by default status 302. */
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number }
  /** The tokens, after that many bytes of blanks; by default 1 MiB. */
  | { readonly kind: 'oversize'; readonly bytes?: number }
  /** The body, compressed so that it unfolds to that many bytes; by default 16 MiB. */
  | { readonly kind: 'gzip-bomb'; readonly bytes?: number }
  /** The body breaks off after `keep` bytes, the answer itself does not; by default half of it. */
  | { readonly kind: 'truncate'; readonly keep?: number }
  /** The connection ends after `keep` bytes of the body; by default half of it. */
  | { readonly kind: 'cut'; readonly keep?: number }
  /** The body comes byte after byte, `everyMs` apart. */
  | { readonly kind: 'slow-body'; readonly everyMs: number }
  /** Fields of the body changed, added and taken away. */
  | {
      readonly kind: 'fields'
      readonly set?: Readonly<Record<string, JsonValue>>
      readonly remove?: readonly string[]
    }
  /** `expiresIn`, in every spelling, replaced by this text, which need not be JSON: `1e400`, `NaN`, `"3600abc"`. */
  | { readonly kind: 'expires-in'; readonly text: string }
  /** The two spellings of a field contradict each other; by default accessToken. */
  | { readonly kind: 'conflicting-spellings'; readonly field?: TwinField }
  /** The same key twice, with different values; by default accessToken. */
  | { readonly kind: 'duplicate-key'; readonly key?: string }
  /** The redirect to the application with other parameters: some taken away, others added at the end. */
  | {
      readonly kind: 'callback'
      readonly remove?: readonly string[]
      readonly append?: readonly (readonly [name: string, value: string])[]
    }

/** A field of the token answer that has two spellings. */
export type TwinField = 'accessToken' | 'refreshToken' | 'expiresIn'

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/** Which requests to the authorization server go wrong, how often, and how. */
export interface AuthFaultRule {
  /** @defaultValue 'token' */
  readonly endpoint?: 'token' | 'authorize'
  /** Only requests for tokens of this kind. */
  readonly grantType?: 'authorization_code' | 'refresh_token'
  /** Only requests of this application. */
  readonly clientId?: string
  /** At the authorize endpoint: only the showing of a page, a sign-in, or a decision. */
  readonly step?: 'page' | 'sign-in' | 'decision'
  /** How many of the requests it fits pass unharmed first. @defaultValue 0 */
  readonly skip?: number
  /** How many requests it strikes before it is used up. @defaultValue 1 */
  readonly times?: number | 'always'
  /** How likely each of them is struck, from 0 to 1; the others pass and do not count. @defaultValue 1 */
  readonly probability?: number
  /** What the likelihood is drawn from. @defaultValue follows from the sandbox's seed */
  readonly seed?: number
  /**
   * Whether it strikes before the server has done what was asked, so that nothing has happened, or after: the code or
   * refresh token is spent, the new pair exists, and only the answer suffers. What changes the answer's body or the
   * redirect always strikes after.
   * @defaultValue 'before-commit' for what replaces the answer
   */
  readonly when?: 'before-commit' | 'after-commit'
  /** Waits this long on the sandbox's clock first, at the moment `when` names. @defaultValue 0 */
  readonly delayMs?: number
  /** Left out, the request is only delayed. */
  readonly action?: AuthFaultAction
}

/** A fault that has been set up. */
export interface AuthFault {
  readonly id: number
  readonly rule: AuthFaultRule
  /** How many requests it fitted. */
  readonly seen: number
  /** How many it struck. */
  readonly struck: number
  /** Takes it away. Harmless to repeat. */
  remove(): void
}
