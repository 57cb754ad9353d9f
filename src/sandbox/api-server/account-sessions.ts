import type { Scope } from '../identity/index.ts'
import type { Connection } from './connection.ts'

/** An account authorised on a connection. */
export interface AccountSession {
  readonly connection: Connection
  readonly accountId: number
  readonly scope: Scope
  /** The token it was authorised with; the session ends when the token does. */
  readonly accessToken: string
}

/** All account sessions of one server, so that an account's events find everybody who follows it. */
export class AccountSessions {
  readonly #byAccount = new Map<number, Set<AccountSession>>()

  begin(session: AccountSession): void {
    session.connection.accounts.set(session.accountId, session)
    const others = this.#byAccount.get(session.accountId)
    if (others === undefined) this.#byAccount.set(session.accountId, new Set([session]))
    else others.add(session)
  }

  end(session: AccountSession): void {
    session.connection.accounts.delete(session.accountId)
    const rest = this.#byAccount.get(session.accountId)
    rest?.delete(session)
    if (rest?.size === 0) this.#byAccount.delete(session.accountId)
  }

  /** Every session of an account, in the order in which they began. */
  of(accountId: number): Iterable<AccountSession> {
    return this.#byAccount.get(accountId) ?? []
  }
}
