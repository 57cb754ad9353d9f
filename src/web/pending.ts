import type { GrantIdentity } from '../index.ts'
import { createTokenSet, type Scope, type TokenSet } from '../oauth/index.ts'

/** A login at the consent page, as it is kept. */
export interface PendingLogin {
  readonly stateDigest: string
  readonly scope: Scope
  readonly returnTo: string
  /** The cTrader ID whose grant is to be renewed. */
  readonly renew?: number | undefined
}

/** A grant that waits to be confirmed. */
export interface PendingGrant {
  readonly tokens: TokenSet
  /** Undefined as long as the server could not be asked. */
  readonly identity: GrantIdentity | undefined
  readonly returnTo: string
  readonly renew: number | undefined
  /** Under which id the end of this login is remembered. */
  readonly doneId: string
}

export function encodeLogin(login: PendingLogin): string {
  return JSON.stringify(login)
}

export function decodeLogin(data: string): PendingLogin {
  return JSON.parse(data) as PendingLogin
}

/** Holds the tokens in the clear: to be sealed. */
export function encodeGrant({ tokens, ...rest }: PendingGrant): string {
  return JSON.stringify({
    ...rest,
    tokens: {
      accessToken: tokens.accessToken.reveal(),
      refreshToken: tokens.refreshToken?.reveal(),
      scope: tokens.scope,
      obtainedAt: tokens.obtainedAt,
      expiresAt: tokens.expiresAt,
    },
  })
}

export function decodeGrant(text: string): PendingGrant {
  const { tokens, ...rest } = JSON.parse(text)
  return { ...rest, tokens: createTokenSet(tokens) }
}
