import type { Identity } from '../identity/index.ts'

/** Which tokens are meant. What is left out does not matter; nothing at all means every token. */
export interface TokenChoice {
  readonly accessToken?: string
  /** Those of grants that hold this account. */
  readonly account?: number
  /** Those of the application with this client id. */
  readonly clientId?: string
}

/** What becomes of tokens without anybody refreshing them. */
export class TokensControl {
  readonly #identity: Identity

  constructor(identity: Identity) {
    this.#identity = identity
  }

  /**
   * Takes grants back, as a person does who withdraws the consent: access and refresh token die, and the account
   * sessions that were begun with them end (events 2147 and 2164). Returns how many grants there were.
   */
  invalidate(choice: TokenChoice = {}, reason?: string): number {
    const { account: accountId, ...rest } = choice
    return this.#identity.revoke({ ...rest, accountId }, reason)
  }

  /**
   * Lets access tokens expire now. Sessions that were begun with them stay; refreshing is still possible. Returns how
   * many there were.
   */
  expire(choice: TokenChoice = {}): number {
    const { account: accountId, ...rest } = choice
    return this.#identity.expire({ ...rest, accountId })
  }
}
