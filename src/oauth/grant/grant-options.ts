import { hostname } from 'node:os'
import { type Clock, systemClock } from '../../async/clock.ts'
import { type Logger, silentLogger } from '../../log.ts'
import {
  type CheckedApplication,
  type OAuthApplication,
  requireApplication,
} from '../application/application.ts'
import { requireDuration } from '../duration.ts'
import { OAuthConfigurationError } from '../errors.ts'
import {
  type OAuthEndpoints,
  openApiEndpoints,
  requireEndpoint,
  requireTokenRequestForm,
} from '../server/endpoints.ts'
import type { EmergencyCopy } from '../store/emergency-copy.ts'
import {
  defaultIssuer,
  formatGrantKey,
  type GrantKey,
  type TokenRecord,
  type TokenStore,
} from '../store/token-store.ts'
import type { FetchLike, TokenTransport } from '../tokens/token-request.ts'
import type { RefreshDoor } from './grant-events.ts'
import { type GrantStorage, guardEmergencyCopy, guardStore } from './guarded-store.ts'

export interface GrantCoordinatorOptions extends TokenTransport {
  readonly store: TokenStore
  readonly key: GrantKey
  readonly application: OAuthApplication
  /**
   * A `reader` never refreshes: it takes what a `refresher` elsewhere has stored. For fleets in which one process is
   * trusted with the refreshing. @default 'refresher'
   */
  readonly role?: 'refresher' | 'reader' | undefined
  /**
   * The way to refresh first; the other one is taken only when the first provably sent nothing. `socket` needs an
   * attached session. @default 'https'
   */
  readonly door?: RefreshDoor | undefined
  /**
   * Whether now is a good time to renew tokens, asked once a minute from the moment a fifth of the lifetime is left:
   * renewing disturbs live sessions for a moment. When hardly any time is left it is not asked any more.
   * @default always
   */
  readonly refreshWindow?: ((now: Date) => boolean | Promise<boolean>) | undefined
  /** Where new tokens go when the store cannot take them. @default nowhere but memory */
  readonly emergency?: EmergencyCopy | undefined
  /** Receives new tokens that the store cannot take. What it throws is logged. */
  readonly onPersistFailure?: ((record: TokenRecord) => void | Promise<void>) | undefined
  /** Names this program in locks and in the record, for whoever looks for it. @default host name and process id */
  readonly owner?: string | undefined
  /** How long a call without a deadline of its own waits, in milliseconds. @default 120_000 */
  readonly waitMs?: number | undefined
  /** How long to wait for another process at work on the grant, in milliseconds. @default 90_000 */
  readonly lockTimeoutMs?: number | undefined
  /**
   * How long one call of the store may take, in milliseconds; waiting for the lock is allowed `lockTimeoutMs` more. New
   * tokens that are not saved by then are kept like those the store refused. @default 15_000
   */
  readonly storeTimeoutMs?: number | undefined
  /**
   * How long to wait after a refresh without an answer before the same token is sent again, in milliseconds. The first
   * request may still be queued at the server. @default `timeoutMs` and a second
   */
  readonly replayPauseMs?: number | undefined
  /** How long `close` waits for a refresh under way, in milliseconds. @default 30_000 */
  readonly closeTimeoutMs?: number | undefined
  /**
   * How often the store is looked at for tokens that others have stored, in milliseconds.
   * @default 60_000, for a reader 5_000
   */
  readonly pollMs?: number | undefined
  readonly logger?: Logger | undefined
  /** Numbers from 0 to below 1. @default the system's */
  readonly random?: (() => number) | undefined
}

/** Options with every default filled in. */
export interface CheckedGrantOptions {
  readonly storage: GrantStorage
  readonly key: GrantKey
  /** The key as text, for messages. */
  readonly grant: string
  readonly application: CheckedApplication
  readonly endpoints: OAuthEndpoints
  readonly fetch: FetchLike | undefined
  readonly clock: Clock
  readonly timeoutMs: number
  readonly role: 'refresher' | 'reader'
  readonly door: RefreshDoor
  readonly refreshWindow: (now: Date) => boolean | Promise<boolean>
  readonly emergency: EmergencyCopy | undefined
  readonly onPersistFailure: (record: TokenRecord) => void | Promise<void>
  readonly owner: string
  readonly waitMs: number
  readonly lockTimeoutMs: number
  readonly storeTimeoutMs: number
  readonly replayPauseMs: number
  readonly closeTimeoutMs: number
  readonly pollMs: number
  readonly logger: Logger
  readonly random: () => number
}

/** @throws OAuthConfigurationError for anything that could only fail later. */
export function checkGrantOptions(options: GrantCoordinatorOptions): CheckedGrantOptions {
  const endpoints = options.endpoints ?? openApiEndpoints
  requireEndpoint('tokenUrl', endpoints)
  requireTokenRequestForm(endpoints)
  const application = requireApplication(options.application)
  formatGrantKey(options.key)
  if (options.key.clientId !== application.clientId) {
    throw new OAuthConfigurationError('The key of the grant names another application.', {
      facts: { keyClientId: options.key.clientId, clientId: application.clientId },
      remedy: 'Use the client id of the application in the key: tokens work with their own only.',
    })
  }
  const grant = describeGrant(options.key)
  const role = options.role ?? 'refresher'
  const duration = (name: keyof GrantCoordinatorOptions, value: number | undefined, or: number) =>
    requireDuration(name, value ?? or)
  const timeoutMs = duration('timeoutMs', options.timeoutMs, 15_000)
  const clock = options.clock ?? systemClock
  const storeTimeoutMs = duration('storeTimeoutMs', options.storeTimeoutMs, 15_000)
  const bound = { clock, storeTimeoutMs }
  return {
    storage: guardStore(options.store, grant, bound),
    key: options.key,
    grant,
    application,
    endpoints,
    fetch: options.fetch,
    clock,
    timeoutMs,
    role,
    door: options.door ?? 'https',
    refreshWindow: options.refreshWindow ?? (() => true),
    emergency: guardEmergencyCopy(options.emergency, grant, bound),
    onPersistFailure: options.onPersistFailure ?? (() => {}),
    owner: options.owner ?? `${hostname()}:${process.pid}`,
    waitMs: duration('waitMs', options.waitMs, 120_000),
    lockTimeoutMs: duration('lockTimeoutMs', options.lockTimeoutMs, 90_000),
    storeTimeoutMs,
    replayPauseMs: duration('replayPauseMs', options.replayPauseMs, timeoutMs + 1_000),
    closeTimeoutMs: duration('closeTimeoutMs', options.closeTimeoutMs, 30_000),
    pollMs: duration('pollMs', options.pollMs, role === 'reader' ? 5_000 : 60_000),
    logger: options.logger ?? silentLogger,
    random: options.random ?? fromCrypto,
  }
}

/** A grant as people name it: nothing in it is secret. */
export function describeGrant(key: GrantKey): string {
  const owner = key.profile === undefined ? `cTID user ${key.userId}` : `profile "${key.profile}"`
  const issuer = key.issuer ?? defaultIssuer
  return `${owner} of application ${key.clientId} at ${issuer}`
}

function fromCrypto(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
}
