import { InvalidArgumentError } from '../../../errors.ts'
import { checkOptionNames, type OptionNames } from '../../../known-options.ts'
import type { GrantChoice, Identity, LivingGrant, Scope, TokenPair } from '../../identity/index.ts'
import { tokenFingerprint } from '../auth-journal.ts'

/** A living grant, without its secrets. */
export interface GrantInfo {
  readonly id: number
  readonly clientId: string
  readonly userId: number
  readonly scope: Scope
  readonly accountIds: readonly number[]
  /** Milliseconds since 1970, as are the others. */
  readonly grantedAt: number
  /** When the access token ends. */
  readonly expiresAt: number
  /** How often its tokens have changed, the first pair being 1. */
  readonly generation: number
  readonly accessTokenFingerprint: string
  /** Undefined when a later consent ended it. */
  readonly refreshTokenFingerprint: string | undefined
}

/** A grant to be made without a consent page. */
export interface NewGrant {
  /** @defaultValue the first application's */
  readonly clientId?: string
  /** @defaultValue the first person's */
  readonly userId?: number
  /** @defaultValue all accounts of the person */
  readonly accountIds?: readonly number[]
  /** @defaultValue 'trading' */
  readonly scope?: Scope
  /** Whether later consents leave it alone. @defaultValue false */
  readonly survivesReconsent?: boolean
}

/** What people have allowed. Both the token endpoint and the API hosts go by it. */
export interface GrantControl {
  /** Oldest first. */
  list(filter?: GrantChoice): readonly GrantInfo[]
  /**
   * Grants without asking; ends no other grant.
   *
   * @throws InvalidArgumentError for an application, person, account or scope that is none
   */
  issue(grant?: NewGrant): TokenPair
  /** Ends grants as a person does in the settings of their cTrader ID; connected clients are told. Returns how many. */
  revoke(filter?: GrantChoice): number
  /** Lets access tokens run out now, refresh tokens staying good. Returns how many. */
  expire(filter?: GrantChoice): number
}

export function createGrantControl(identity: Identity): GrantControl {
  return {
    list: (filter) => identity.grants(chosen('grants.list', filter)).map(infoOf),
    issue(given = {}) {
      const { scope = 'trading', survivesReconsent = false } = given
      if (scope !== 'trading' && scope !== 'accounts') {
        throw new InvalidArgumentError(`There is no scope "${String(scope)}".`, {
          remedy: 'Choose accounts or trading.',
        })
      }
      const userId = given.userId ?? identity.ctids[0]?.userId ?? 0
      return identity.issueTokens({
        ...{ userId, scope, survivesReconsent },
        clientId: given.clientId ?? identity.applications[0]?.clientId ?? '',
        accountIds: given.accountIds ?? identity.findCtid(userId)?.accountIds ?? [],
      })
    },
    revoke: (filter) => identity.revoke(chosen('grants.revoke', filter)),
    expire: (filter) => identity.expire(chosen('grants.expire', filter)),
  }
}

const choiceNames: OptionNames<GrantChoice> = {
  id: true,
  accessToken: true,
  accountId: true,
  clientId: true,
  userId: true,
}

/** Nothing chosen is every grant, so a misspelt name must not pass for nothing. */
function chosen(call: string, filter: GrantChoice = {}): GrantChoice {
  checkOptionNames(call, filter, choiceNames)
  return filter
}

function infoOf(grant: LivingGrant): GrantInfo {
  const { id, clientId, userId, scope, accountIds, grantedAt, expiresAt, generation } = grant
  const { accessToken, refreshToken } = grant
  return {
    ...{ id, clientId, userId, scope, accountIds, grantedAt, expiresAt, generation },
    accessTokenFingerprint: tokenFingerprint(accessToken),
    refreshTokenFingerprint:
      refreshToken === undefined ? undefined : tokenFingerprint(refreshToken),
  }
}
