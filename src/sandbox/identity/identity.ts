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
import { CodeTable } from './code-table.ts'
import { type GrantContent, GrantTable, type LivingGrant } from './grant-table.ts'
import { sameSecret } from './same-secret.ts'

export interface IdentityOptions {
  /** Decides when codes and access tokens end. */
  readonly clock: Clock
  /** Where codes and tokens come from: the same seed gives the same ones in the same order. */
  readonly random: Random
  /** @default 2_628_000 seconds, as the original says */
  readonly tokenLifetimeSeconds?: number
  /** @default 60 seconds, as the original says */
  readonly codeLifetimeSeconds?: number
  /**
   * Whether the tokens of a new consent end the older grants of the same person to the same application. The original's
   * own answers to this question disagree; the default is the harsher one.
   * @default true
   */
  readonly reconsentInvalidates?: boolean
  readonly logger?: Logger
}

/** Ready-made tokens: what a consent would have granted. */
export interface IssueTokensInput extends GrantContent {
  /** Whether this grant outlives later consents whatever `reconsentInvalidates` says. @default false */
  readonly survivesReconsent?: boolean
}

/** Which living grants are meant. What is left out does not matter. */
export interface GrantChoice {
  readonly accessToken?: string | undefined
  /** Those that hold this account. */
  readonly accountId?: number | undefined
  readonly clientId?: string | undefined
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
  readonly #reconsentInvalidates: boolean
  readonly #applications = new Map<string, Application>()
  readonly #ctids = new Map<number, Ctid>()
  readonly #survivors = new WeakSet<LivingGrant>()
  readonly #listeners = new Set<(event: Invalidation) => void>()

  constructor(options: IdentityOptions) {
    this.#clock = options.clock
    this.#logger = options.logger ?? silentLogger
    this.#reconsentInvalidates = options.reconsentInvalidates ?? true
    const codeLifetime = positive('codeLifetimeSeconds', options.codeLifetimeSeconds ?? 60)
    const tokenLifetime = positive(
      'tokenLifetimeSeconds',
      options.tokenLifetimeSeconds ?? 2_628_000,
    )
    this.#codes = new CodeTable(options.clock, options.random.fork('codes'), codeLifetime * 1000)
    this.#grants = new GrantTable(options.clock, options.random.fork('tokens'), tokenLifetime)
  }

  /** Registers an application. Throws when the client id is taken. */
  addApplication(application: Application): void {
    if (this.#applications.has(application.clientId)) {
      throw new InvalidArgumentError(`The client id "${application.clientId}" is taken.`)
    }
    this.#applications.set(application.clientId, application)
  }

  /** Registers a person. Throws when the user id or the name is taken. */
  addCtid(ctid: Ctid): void {
    const taken = [...this.#ctids.values()].some((other) => other.username === ctid.username)
    if (taken || this.#ctids.has(ctid.userId)) {
      throw new InvalidArgumentError(`The cTrader ID "${ctid.username}" (${ctid.userId}) is taken.`)
    }
    this.#ctids.set(ctid.userId, ctid)
  }

  get applications(): readonly Application[] {
    return [...this.#applications.values()]
  }

  get ctids(): readonly Ctid[] {
    return [...this.#ctids.values()]
  }

  findApplication(clientId: string): Application | undefined {
    return this.#applications.get(clientId)
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
    const application = this.#applications.get(clientId)
    if (application === undefined) return 'unknown'
    if (!sameSecret(application.clientSecret, clientSecret)) return 'wrong-secret'
    return application.status === 'active' ? 'ok' : 'inactive'
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
  }): string {
    const application = this.#checkContent(input)
    if (!application.redirectUris.includes(input.redirectUri)) {
      throw new InvalidArgumentError('The redirect URI is not registered for the application.', {
        facts: { clientId: input.clientId },
      })
    }
    return this.#codes.issue({ ...input, accountIds: [...input.accountIds] })
  }

  /** Trades a code for tokens. The code is good once; a refused attempt changes nothing at all. */
  redeemCode(input: {
    readonly code: string
    readonly clientId: string
    readonly clientSecret: string
    readonly redirectUri: string
  }): TokenPair | Refusal {
    const stranger = this.#authenticate(input.clientId, input.clientSecret)
    if (stranger !== undefined) return refusal(stranger)
    const consent = this.#codes.redeem(input.code, input.clientId, input.redirectUri)
    if (typeof consent === 'string') return refusal(consent)
    const older = this.#reconsentInvalidates
      ? this.#grants
          .of(consent.clientId, consent.userId)
          .filter((grant) => !this.#survivors.has(grant))
      : []
    for (const grant of older) this.#grants.remove(grant)
    const pair = this.#grants.issue(consent)
    for (const grant of older) this.#announce(grant, 'The user authorized the application again')
    return pair
  }

  /** Grants without asking. Ends no other grant, for nobody has consented anew. */
  issueTokens(input: IssueTokensInput): TokenPair {
    this.#checkContent(input)
    const pair = this.#grants.issue(input)
    const grant = this.#grants.byAccessToken(pair.accessToken)
    if (input.survivesReconsent === true && grant !== undefined) this.#survivors.add(grant)
    return pair
  }

  /**
   * Trades a refresh token for a new pair; both old tokens are dead from then on. Allowed before and after the access
   * token has ended. A refresh token that has been used is refused and the living pair stays as it is.
   */
  refresh(input: {
    readonly refreshToken: string
    readonly clientId: string
    /** Left out on the socket, where the application has authenticated before. */
    readonly clientSecret?: string | undefined
  }): TokenPair | Refusal {
    const stranger = this.#authenticate(input.clientId, input.clientSecret)
    if (stranger !== undefined) return refusal(stranger)
    const grant = this.#grants.refreshable(input.refreshToken, input.clientId)
    if (typeof grant === 'string') return refusal(grant)
    this.#grants.remove(grant)
    const pair = this.#grants.issue(grant)
    const successor = this.#grants.byAccessToken(pair.accessToken)
    if (successor !== undefined && this.#survivors.has(grant)) this.#survivors.add(successor)
    this.#announce(grant, 'The access token was refreshed')
    return pair
  }

  /** Takes grants back, as a person does who withdraws a consent: both tokens die. Returns how many there were. */
  revoke(choice: GrantChoice, reason = 'The access was revoked'): number {
    const chosen = this.#choose(choice)
    for (const grant of chosen) this.#grants.remove(grant)
    for (const grant of chosen) this.#announce(grant, reason)
    return chosen.length
  }

  /**
   * Lets access tokens end before their time, as if their life had passed: sessions that were begun with them stay, new
   * requests with them are refused, and refreshing is still possible. Returns how many there were.
   */
  expire(choice: GrantChoice): number {
    const chosen = this.#choose(choice)
    for (const grant of chosen) {
      const expired = this.#grants.expire(grant)
      if (this.#survivors.has(grant)) this.#survivors.add(expired)
    }
    return chosen.length
  }

  /** What an access token is good for right now. */
  access(token: string): Access {
    const grant = this.#grants.byAccessToken(token)
    if (grant === undefined) return { kind: 'unknown' }
    if (this.#clock.now() >= grant.expiresAt) return { kind: 'expired' }
    const { userId, clientId, scope, accountIds, expiresAt } = grant
    return { kind: 'valid', grant: { userId, clientId, scope, accountIds, expiresAt } }
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

  #choose({ accessToken, accountId, clientId }: GrantChoice): readonly LivingGrant[] {
    return this.#grants
      .all()
      .filter(
        (grant) =>
          (accessToken === undefined || grant.accessToken === accessToken) &&
          (accountId === undefined || grant.accountIds.includes(accountId)) &&
          (clientId === undefined || grant.clientId === clientId),
      )
  }

  #authenticate(clientId: string, clientSecret: string | undefined): RefusalReason | undefined {
    const secret = clientSecret ?? this.#applications.get(clientId)?.clientSecret ?? ''
    const outcome = this.authenticateApplication(clientId, secret)
    if (outcome === 'ok') return undefined
    if (outcome === 'unknown') return 'unknown-client'
    return outcome === 'inactive' ? 'inactive-application' : outcome
  }

  #checkContent(content: GrantContent): Application {
    const { clientId, userId, accountIds } = content
    const application = this.#applications.get(clientId)
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

  #announce(grant: LivingGrant, reason: string): void {
    const { accountIds, userId, clientId, accessToken } = grant
    for (const listener of [...this.#listeners]) {
      try {
        listener({ accountIds, userId, clientId, accessToken, reason })
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

function positive(name: string, seconds: number): number {
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds
  throw new InvalidArgumentError(
    `${name} must be a whole, positive number of seconds, not ${seconds}.`,
  )
}
