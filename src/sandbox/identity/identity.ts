import type { Clock } from '../../async/clock.ts'
import { InvalidArgumentError } from '../../errors.ts'
import { type Logger, silentLogger } from '../../log.ts'
import type { Random } from '../random.ts'
import type {
  Application,
  Ctid,
  Grant,
  Invalidation,
  Refusal,
  RefusalReason,
  Scope,
  TokenPair,
} from './application.ts'
import { type ApplicationEntry, ApplicationRegistry } from './application-registry.ts'
import { CodeTable } from './code-table.ts'
import { checkGrantPolicy, defaultGrantPolicy, type GrantPolicy } from './grant-policy.ts'
import { type GrantContent, GrantTable, type LivingGrant } from './grant-table.ts'
import type { IdentityState } from './identity-state.ts'
import { sameSecret } from './same-secret.ts'

export interface IdentityOptions extends Partial<GrantPolicy> {
  /** Decides when codes and access tokens end. */
  readonly clock: Clock
  /** Where codes and tokens come from: the same seed gives the same ones in the same order. */
  readonly random: Random
  readonly logger?: Logger
}

/** Ready-made tokens: what a consent would have granted. */
export interface IssueTokensInput extends GrantContent {
  /** Whether this grant outlives later consents whatever `reconsentInvalidates` says. @default false */
  readonly survivesReconsent?: boolean
}

/** Which living grants are meant. What is left out does not matter. */
export interface GrantChoice {
  readonly id?: number | undefined
  readonly accessToken?: string | undefined
  /** Those that hold this account. */
  readonly accountId?: number | undefined
  readonly clientId?: string | undefined
  readonly userId?: number | undefined
}

type Access =
  | { readonly kind: 'valid'; readonly grant: Grant }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unknown' }

/**
 * Who is who in the sandbox: applications, people, authorization codes and grants. The HTTP authorization server and
 * the API servers share one of these, so a token refreshed through either is dead for both.
 */
export class Identity {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #codes: CodeTable
  readonly #grants: GrantTable
  readonly #ctids = new Map<number, Ctid>()
  readonly #listeners = new Set<(event: Invalidation) => void>()
  #policy: GrantPolicy
  /** The applications that are registered. */
  readonly registry = new ApplicationRegistry()

  constructor(options: IdentityOptions) {
    const { clock, random, logger = silentLogger, ...policy } = options
    this.#clock = clock
    this.#logger = logger
    this.#policy = { ...defaultGrantPolicy, ...policy }
    checkGrantPolicy(this.#policy)
    this.#codes = new CodeTable(clock, random.fork('codes'))
    this.#grants = new GrantTable(clock, random.fork('tokens'))
  }

  get policy(): GrantPolicy {
    return this.#policy
  }

  /**
   * Changes the rules for what is granted and refreshed from now on.
   *
   * @throws InvalidArgumentError for a lifetime that is none
   */
  changePolicy(changes: Partial<GrantPolicy>): void {
    const policy = { ...this.#policy, ...changes }
    checkGrantPolicy(policy)
    this.#policy = policy
  }

  /** Registers an application. Throws when the client id is taken. */
  addApplication(application: ApplicationEntry): void {
    this.registry.add(application)
  }

  /** Registers a person. Throws when the user id or the name is taken. */
  addCtid(ctid: Ctid): void {
    const taken = [...this.#ctids.values()].some((other) => other.username === ctid.username)
    if (taken || this.#ctids.has(ctid.userId)) {
      throw new InvalidArgumentError(`The cTrader ID "${ctid.username}" (${ctid.userId}) is taken.`)
    }
    this.#ctids.set(ctid.userId, ctid)
  }

  /** Hands another account to a person. Existing grants do not cover it, as in the original. */
  giveAccount(userId: number, accountId: number): void {
    const ctid = this.#ctids.get(userId)
    if (ctid === undefined) {
      throw new InvalidArgumentError(`There is no cTrader ID with the user id ${userId}.`)
    }
    this.#ctids.set(userId, { ...ctid, accountIds: [...ctid.accountIds, accountId] })
  }

  /** Who there is and what they have allowed, to be put back later, or into another sandbox. */
  capture(): IdentityState {
    return {
      applications: this.applications,
      ctids: this.ctids,
      policy: this.#policy,
      codes: this.#codes.capture(),
      grants: this.#grants.capture(),
    }
  }

  /** Puts back what was captured. Nobody is told. */
  restore({ applications, ctids, policy, codes, grants }: IdentityState): void {
    this.registry.restore(applications)
    this.#ctids.clear()
    for (const ctid of ctids) this.#ctids.set(ctid.userId, ctid)
    this.#policy = policy
    this.#codes.restore(codes)
    this.#grants.restore(grants)
  }

  get applications(): readonly Application[] {
    return this.registry.list()
  }

  get ctids(): readonly Ctid[] {
    return [...this.#ctids.values()]
  }

  findApplication(clientId: string): Application | undefined {
    return this.registry.find(clientId)
  }

  findCtid(userId: number): Ctid | undefined {
    return this.#ctids.get(userId)
  }

  /** The person who signs in with this name and password; undefined when either is wrong. */
  signIn(username: string, password: string): Ctid | undefined {
    let found: Ctid | undefined
    for (const ctid of this.#ctids.values()) {
      const name = sameSecret(ctid.username, username)
      const word = sameSecret(ctid.password, password)
      if (name && word) found = ctid
    }
    return found
  }

  authenticateApplication(
    clientId: string,
    clientSecret: string,
  ): 'ok' | 'unknown' | 'wrong-secret' | 'inactive' {
    return this.registry.authenticate(clientId, clientSecret)
  }

  /**
   * A code for what a person has just allowed. Throws when the caller has not checked its input: unknown application,
   * foreign redirect URI, unknown person, no accounts or another person's.
   */
  issueCode(input: {
    readonly clientId: string
    readonly redirectUri: string
    readonly userId: number
    readonly accountIds: readonly number[]
    readonly scope: Scope
    readonly codeChallenge?: string | undefined
  }): string {
    const application = this.#checkContent(input)
    if (!this.registry.accepts(application, input.redirectUri, true)) {
      throw new InvalidArgumentError('The redirect URI is not registered for the application.', {
        facts: { clientId: input.clientId },
      })
    }
    return this.#codes.issue(
      { ...input, accountIds: [...input.accountIds] },
      this.#policy.codeLifetimeSeconds * 1000,
    )
  }

  /** Trades a code for tokens. The code is good once; a refused attempt uses no code up. */
  redeemCode(input: {
    readonly code: string
    readonly clientId: string
    readonly clientSecret: string
    readonly redirectUri: string
    readonly codeVerifier?: string | undefined
  }): TokenPair | Refusal {
    const stranger = this.#authenticate(input.clientId, input.clientSecret)
    if (stranger !== undefined) return refusal(stranger)
    const consent = this.#codes.redeem(input)
    if (typeof consent === 'string') {
      const traded = consent === 'used-code' ? this.#codes.grantOf(input.code) : undefined
      if (traded !== undefined && this.#policy.codeReplayRevokes) {
        this.#end(this.#grants.find(traded), 'revoked', 'The authorization code was used again')
      }
      return refusal(consent)
    }
    const older = this.#superseded(consent)
    if (this.#policy.reconsentInvalidates === true) {
      for (const grant of older) this.#grants.remove(grant.id)
    } else {
      for (const grant of older) this.#grants.removeRefreshToken(grant.id)
    }
    const grant = this.#grants.issue(consent, this.#policy, false)
    this.#codes.tradedFor(input.code, grant.id)
    if (this.#policy.reconsentInvalidates === true) {
      const reason = 'The user authorized the application again'
      for (const one of older)
        this.#announce(one, one.accessToken, { cause: 'reauthorized', reason })
    }
    return this.#pairOf(grant)
  }

  /** Grants without asking. Ends no other grant, for nobody has consented anew. */
  issueTokens(input: IssueTokensInput): TokenPair {
    this.#checkContent(input)
    return this.#pairOf(this.#grants.issue(input, this.#policy, input.survivesReconsent ?? false))
  }

  /**
   * Trades a refresh token for a new pair; both old tokens are dead from then on, unless the policy says otherwise.
   * Allowed before and after the access token has ended. A refresh token that has been used is refused and the living
   * pair stays as it is, unless the policy says otherwise.
   */
  refresh(input: {
    readonly refreshToken: string
    readonly clientId: string
    /** Left out on the socket, where the application has authenticated before. */
    readonly clientSecret?: string | undefined
  }): TokenPair | Refusal {
    const stranger = this.#authenticate(input.clientId, input.clientSecret)
    if (stranger !== undefined) return refusal(stranger)
    const grant = this.#grants.byRefreshToken(input.refreshToken)
    if (grant === undefined) return this.#replay(input.refreshToken, input.clientId)
    if (grant.clientId !== input.clientId) return refusal('other-clients-refresh-token')
    const before = grant.accessToken
    const after = this.#grants.rotate(grant.id, this.#policy) ?? grant
    this.#announce(after, before, {
      cause: 'refreshed',
      reason: 'The access token was refreshed',
      successor: after.accessToken,
    })
    return this.#pairOf(after)
  }

  /** The living grants, oldest first. */
  grants(choice: GrantChoice = {}): readonly LivingGrant[] {
    const { id, accessToken, accountId, clientId, userId } = choice
    return this.#grants
      .list()
      .filter(
        (grant) =>
          (id === undefined || grant.id === id) &&
          (accessToken === undefined || grant.accessToken === accessToken) &&
          (accountId === undefined || grant.accountIds.includes(accountId)) &&
          (clientId === undefined || grant.clientId === clientId) &&
          (userId === undefined || grant.userId === userId),
      )
  }

  /** Takes grants back, as a person does who withdraws a consent: both tokens die. Returns how many there were. */
  revoke(choice: GrantChoice, reason = 'The access was revoked'): number {
    const chosen = this.grants(choice)
    for (const grant of chosen) this.#end(grant, 'revoked', reason)
    return chosen.length
  }

  /**
   * Lets access tokens end before their time, as if their life had passed: sessions that were begun with them stay, new
   * requests with them are refused, and refreshing is still possible. Returns how many there were.
   */
  expire(choice: GrantChoice): number {
    const chosen = this.grants(choice)
    for (const grant of chosen) this.#grants.expire(grant.id)
    return chosen.length
  }

  /** What an access token is good for right now. */
  access(token: string): Access {
    const found = this.#grants.byAccessToken(token)
    if (found === undefined) return { kind: 'unknown' }
    if (this.#clock.now() >= found.until) return { kind: 'expired' }
    const { userId, clientId, scope, accountIds } = found.grant
    return { kind: 'valid', grant: { userId, clientId, scope, accountIds, expiresAt: found.until } }
  }

  /**
   * Calls back, before the call that caused it returns, whenever an access token dies before its time. Returns a
   * function that ends it.
   */
  onInvalidated(listener: (event: Invalidation) => void): () => void {
    const entry = (event: Invalidation): void => listener(event)
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  #authenticate(clientId: string, clientSecret: string | undefined): RefusalReason | undefined {
    const secret = clientSecret ?? this.registry.find(clientId)?.clientSecret ?? ''
    const outcome = this.authenticateApplication(clientId, secret)
    if (outcome === 'ok') return undefined
    if (outcome === 'unknown') return 'unknown-client'
    return outcome === 'inactive' ? 'inactive-application' : outcome
  }

  #checkContent(content: GrantContent): Application {
    const { clientId, userId, accountIds } = content
    const application = this.registry.find(clientId)
    if (application === undefined) {
      throw new InvalidArgumentError(`There is no application "${clientId}".`)
    }
    const owned = this.#ctids.get(userId)?.accountIds
    if (owned === undefined) {
      throw new InvalidArgumentError(`There is no cTrader ID with the user id ${userId}.`)
    }
    if (accountIds.length === 0 || !accountIds.every((id) => owned.includes(id))) {
      throw new InvalidArgumentError(
        'A grant holds one or more accounts of the person who gives it.',
        {
          facts: { userId, accountIds, owned },
        },
      )
    }
    return application
  }

  /** The grants that a new consent ends. */
  #superseded(consent: { readonly clientId: string; readonly userId: number }) {
    if (this.#policy.reconsentInvalidates === false) return []
    const { clientId, userId } = consent
    return this.grants({ clientId, userId }).filter((grant) => !grant.survivesReconsent)
  }

  /** What becomes of a refresh token that is not good, or not any more. */
  #replay(refreshToken: string, clientId: string): TokenPair | Refusal {
    const spent = this.#grants.spentRefreshToken(refreshToken)
    if (spent === undefined) return refusal('unknown-refresh-token')
    const { grant, generation, spentAt } = spent
    if (grant !== undefined && grant.clientId !== clientId) {
      return refusal('other-clients-refresh-token')
    }
    const { refreshGraceSeconds, refreshReplayRevokes } = this.#policy
    const inGrace = this.#clock.now() < spentAt + refreshGraceSeconds * 1000
    if (grant !== undefined && inGrace && grant.generation === generation) {
      return this.#pairOf(grant)
    }
    if (refreshReplayRevokes) this.#end(grant, 'revoked', 'The refresh token was used again')
    return refusal('used-refresh-token')
  }

  #pairOf(grant: LivingGrant): TokenPair {
    const { accessToken, refreshToken = '', expiresAt, scope } = grant
    // A clock that moves on in between takes nothing away from a whole lifetime.
    const expiresIn = Math.round((expiresAt - this.#clock.now()) / 1000)
    return { accessToken, refreshToken, expiresIn, scope }
  }

  #end(grant: LivingGrant | undefined, cause: Invalidation['cause'], reason: string): void {
    if (grant === undefined) return
    this.#grants.remove(grant.id)
    this.#announce(grant, grant.accessToken, { cause, reason })
  }

  #announce(
    grant: LivingGrant,
    accessToken: string,
    why: Pick<Invalidation, 'cause' | 'reason' | 'successor'>,
  ): void {
    const { accountIds, userId, clientId } = grant
    for (const listener of [...this.#listeners]) {
      try {
        listener({ accountIds, userId, clientId, accessToken, ...why })
      } catch (error) {
        // The tokens have changed hands already; whoever asked for them must get them.
        this.#logger.error({ error }, 'A listener for invalidated tokens failed')
      }
    }
  }
}

function refusal(reason: RefusalReason): Refusal {
  return {
    refused: 'ACCESS_DENIED',
    description: 'Access denied. Make sure the credentials are valid.',
    reason,
  }
}
