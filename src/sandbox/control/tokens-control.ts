import type { OptionNames } from '../../known-options.ts'
import type { Identity } from '../identity/index.ts'
import type { World } from '../world/index.ts'
import { checkFields, requireAccount } from './field-values.ts'

/** Which tokens are meant. What is left out does not matter; nothing at all means every token. */
export interface TokenChoice {
  readonly accessToken?: string
  /** Those of grants that hold this account. */
  readonly account?: number
  /** Those of the application with this client id. */
  readonly clientId?: string
}

const choiceNames: OptionNames<TokenChoice> = { accessToken: true, account: true, clientId: true }

/** What becomes of tokens without anybody refreshing them. */
export class TokensControl {
  readonly #identity: Identity
  readonly #world: World

  constructor(identity: Identity, world: World) {
    this.#identity = identity
    this.#world = world
  }

  /**
   * Takes grants back, as a person does who withdraws the consent: access and refresh token die, and the account
   * sessions that were begun with them end (events 2147 and 2164). Returns how many grants there were.
   *
   * @throws ControlArgumentError, ControlNotFoundError for an account that is not there
   */
  invalidate(choice: TokenChoice = {}, reason?: string): number {
    return this.#identity.revoke(this.#chosen('tokens.invalidate', choice), reason)
  }

  /**
   * Lets access tokens expire now. Sessions that were begun with them stay; refreshing is still possible. Returns how
   * many there were.
   *
   * @throws ControlArgumentError, ControlNotFoundError for an account that is not there
   */
  expire(choice: TokenChoice = {}): number {
    return this.#identity.expire(this.#chosen('tokens.expire', choice))
  }

  #chosen(call: string, choice: TokenChoice) {
    checkFields(call, choice, choiceNames)
    const { account: accountId, ...rest } = choice
    if (accountId !== undefined) requireAccount(this.#world, accountId)
    return { ...rest, accountId }
  }
}
