import type { WaitOptions } from '../../async/wait-options.ts'
import type { Secret } from '../../secret.ts'

/** An access token, and which of its grant's tokens it is. */
export interface IssuedToken {
  readonly accessToken: Secret
  /** Counts the tokens the grant has had, from 1. A later token has a higher number. */
  readonly generation: number
}

/**
 * The access token of one grant, kept fresh by whoever implements this. What uses tokens (a session, a program's own
 * requests) asks here each time and never renews one by itself: a refresh token works once.
 */
export interface AccessTokenSource {
  /** The token to use now. Waits while it is being renewed. */
  current(options?: WaitOptions): Promise<IssuedToken>
  /**
   * Says that the server refused this token, and resolves with a later one. Of several callers who name the same token
   * one causes a refresh and all get its result; a caller who names an older one gets the stored one at once.
   *
   * @throws `ReauthorizationRequiredError` when only a new login helps
   */
  replace(refused: IssuedToken, options?: WaitOptions): Promise<IssuedToken>
  /**
   * Says that the server announced the end of a token, or disconnected an account that used it, and resolves with the
   * token to authorise with again. The cause is mostly a refresh of our own: then this waits for it and gives its
   * result. Only when the token in question is still the stored one, and the server does not accept it any more, it is
   * renewed. Sources that cannot tell leave it out; then ask {@link AccessTokenSource.current}.
   *
   * @throws `ReauthorizationRequiredError` when only a new login helps
   */
  invalidated?(token: IssuedToken, options?: WaitOptions): Promise<IssuedToken>
  /** Calls back with each new token, once it is stored for good. Returns how to stop that. */
  onChange(listener: (token: IssuedToken) => void): () => void
}
