import type { Clock } from '../async/clock.ts'
import type { Logger } from '../log.ts'
import { Credentials } from './credentials.ts'
import { type Application, type Ctid, Identity, type TokenPair } from './identity/index.ts'
import type { Random } from './random.ts'
import type { IssueTokens } from './sandbox.ts'
import type { World } from './world/index.ts'

export interface PeopleOptions {
  readonly world: World
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly redirectUris: readonly string[]
  readonly tokenLifetimeSeconds: number | undefined
}

/** Who there is when a sandbox starts: one person with all accounts, and one application that may act for them. */
export interface People {
  readonly identity: Identity
  readonly credentials: Credentials
  readonly person: Ctid
  readonly application: Application
  /** The ready-made grant. */
  readonly tokens: TokenPair
  issueTokens(options?: IssueTokens): TokenPair
}

export function createPeople(options: PeopleOptions): People {
  const { world, clock, random, logger, redirectUris } = options
  const { tokenLifetimeSeconds } = options
  const identity = new Identity({
    clock,
    random: random.fork('identity'),
    logger,
    ...(tokenLifetimeSeconds === undefined ? {} : { tokenLifetimeSeconds }),
  })
  const credentials = new Credentials(random.fork('credentials'))
  const accountIds = world.accounts.map(({ accountId }) => accountId)
  const person = credentials.ctid('trader', accountIds)
  const application = credentials.application({ name: 'Sandbox application', redirectUris })
  identity.addCtid(person)
  identity.addApplication(application)
  const issueTokens = (given: IssueTokens = {}): TokenPair =>
    identity.issueTokens({
      clientId: given.clientId ?? application.clientId,
      userId: person.userId,
      accountIds: given.accountIds ?? accountIds,
      scope: given.scope ?? 'trading',
      survivesReconsent: true,
    })
  return { identity, credentials, person, application, tokens: issueTokens(), issueTokens }
}
