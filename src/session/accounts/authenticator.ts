import {
  type ProtoOAAccountAuthRes,
  type ProtoOAAccountDisconnectEvent,
  type ProtoOAAccountLogoutRes,
  type ProtoOAAccountsTokenInvalidatedEvent,
  type ProtoOAClientPermissionScope,
  type ProtoOACtidTraderAccount,
  payloadTypes,
} from '../../protocol/index.ts'
import { type Secret, toSecret } from '../../secret.ts'
import type { AccountLoss } from '../errors.ts'
import type { Calls } from '../requests/calls.ts'
import type { CallOptions } from '../requests/exchange.ts'
import { RequestRefusedError } from '../requests/refusal.ts'

/** Who the program is, as registered with cTrader. */
export interface ApplicationIdentity {
  readonly clientId: string
  readonly clientSecret: Secret | string
}

/** The accounts an access token covers: those of demo and of live, whichever host was asked. */
export interface TokenAccounts {
  /** What the token allows; older servers do not say. */
  readonly permissionScope: ProtoOAClientPermissionScope | undefined
  readonly accounts: readonly ProtoOACtidTraderAccount[]
}

export interface AuthenticatorPort {
  readonly call: Calls
  /** An account that was authorised no longer is. */
  accountLost(accountId: number, loss: AccountLoss): void
}

const alreadyLoggedIn = 'ALREADY_LOGGED_IN'

/** Authenticates the application and its accounts, and keeps the list of who is authorised on this connection. */
export class Authenticator {
  readonly #port: AuthenticatorPort
  readonly #authorized = new Set<number>()

  constructor(port: AuthenticatorPort) {
    this.#port = port
  }

  /** Authenticates the application; being so already is as good. */
  async authenticateApplication(
    { clientId, clientSecret }: ApplicationIdentity,
    options: CallOptions,
  ): Promise<void> {
    const credentials = { clientId, clientSecret: toSecret(clientSecret).reveal() }
    await unlessAlready(
      this.#port.call.applicationAuth(credentials, options),
      'CH_CLIENT_ALREADY_AUTHENTICATED',
    )
  }

  /** Authorises an account; being so already is as good. */
  async authorizeAccount(
    accountId: number,
    accessToken: Secret | string,
    options: CallOptions,
  ): Promise<void> {
    const request = {
      ctidTraderAccountId: accountId,
      accessToken: toSecret(accessToken).reveal(),
    }
    await unlessAlready(this.#port.call.accountAuth(request, options), alreadyLoggedIn)
  }

  listAccounts(accessToken: Secret | string, options: CallOptions): Promise<TokenAccounts> {
    return listAccounts(this.#port.call, accessToken, options)
  }

  isAuthorized(accountId: number): boolean {
    return this.#authorized.has(accountId)
  }

  /** Looks at a message on its way in, before anybody else does. */
  observe(payloadType: number, payload: object): void {
    switch (payloadType) {
      case payloadTypes.ProtoOAAccountAuthRes:
        this.#authorized.add((payload as ProtoOAAccountAuthRes).ctidTraderAccountId)
        break
      case payloadTypes.ProtoOAAccountLogoutRes:
        this.#authorized.delete((payload as ProtoOAAccountLogoutRes).ctidTraderAccountId)
        break
      case payloadTypes.ProtoOAAccountDisconnectEvent:
        this.#lose((payload as ProtoOAAccountDisconnectEvent).ctidTraderAccountId, 'disconnected')
        break
      case payloadTypes.ProtoOAAccountsTokenInvalidatedEvent:
        for (const id of (payload as ProtoOAAccountsTokenInvalidatedEvent).ctidTraderAccountIds) {
          this.#lose(id, 'token-invalidated')
        }
    }
  }

  /**
   * Looks at a refusal in the moment it arrives. Who waits for the answer hears of it later: by then the account that was
   * authorised already may have been lost.
   */
  refused(accountId: number, { request, serverCode }: RequestRefusedError): void {
    if (request === 'accountAuth' && serverCode === alreadyLoggedIn) this.#authorized.add(accountId)
  }

  /** Forgets everybody: authorisation ends with the connection. Returns who was authorised. */
  clear(): readonly number[] {
    const lost = [...this.#authorized]
    this.#authorized.clear()
    return lost
  }

  #lose(accountId: number, loss: AccountLoss): void {
    this.#authorized.delete(accountId)
    this.#port.accountLost(accountId, loss)
  }
}

async function unlessAlready(answer: Promise<unknown>, already: string): Promise<void> {
  try {
    await answer
  } catch (error) {
    if (!(error instanceof RequestRefusedError && error.serverCode === already)) throw error
  }
}

/** Lists what an access token covers. */
export async function listAccounts(
  call: Calls,
  accessToken: Secret | string,
  options: CallOptions,
): Promise<TokenAccounts> {
  const request = { accessToken: toSecret(accessToken).reveal() }
  // The answer repeats the token; only the rest of it goes on.
  const answer = await call.accountListByAccessToken(request, options)
  return { permissionScope: answer.permissionScope, accounts: answer.ctidTraderAccount }
}
