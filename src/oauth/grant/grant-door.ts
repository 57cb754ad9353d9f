import type { Secret } from '../../secret.ts'

/** The fields of `ProtoOARefreshTokenRes`. */
export interface SocketTokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly tokenType: string
  /** Seconds. */
  readonly expiresIn: number
}

/** What the server says to an access token. */
export type ProbeResult = 'accepted' | 'refused' | 'unknown'

/**
 * What a session lends to a coordinator while its application is authenticated: the second of the two doors through
 * which a grant can be refreshed, and a way to ask whether an access token still works.
 */
export interface GrantDoor {
  /**
   * Sends the refresh request once and never again by itself. A rejection that has an `outcome` of `'not-sent'`, or of
   * `'refused'` with the server's `serverCode` and `description`, is taken at its word; after any other the refresh
   * token counts as possibly spent. The errors of a session are of this form.
   */
  readonly refreshOverSocket: (refreshToken: Secret) => Promise<SocketTokens>
  /** Asks for the accounts of an access token. Does not reject: what cannot be found out is `'unknown'`. */
  readonly probeToken: (accessToken: Secret) => Promise<ProbeResult>
}
