import {
  type Clock,
  CTraderError,
  type GrantIdentity,
  type Logger,
  silentLogger,
  systemClock,
} from '../index.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import { requireApplication } from '../oauth/application/application.ts'
import { isLoopbackHost, parseRedirectUri } from '../oauth/application/redirect-uri-syntax.ts'
import {
  type FetchLike,
  type OAuthApplication,
  OAuthConfigurationError,
  type OAuthEndpoints,
  openApiEndpoints,
  type RandomBytes,
  requireScope,
  type Scope,
  type StatePolicy,
  type TokenSet,
  validateRedirectUri,
} from '../oauth/index.ts'
import { requireEndpoint, requireTokenRequestForm } from '../oauth/server/endpoints.ts'
import { createMemoryFlowStore, type FlowLimits, type FlowStore } from './flow-store.ts'
import { renderWebLoginPage, type WebLoginPageRenderer } from './pages.ts'
import { requireReturnPaths } from './return-path.ts'

/** Headers to add to an answer, by name; a name may come more than once in the second form. */
export type ExtraHeaders = Record<string, string> | [name: string, value: string][]

/** A grant that a user of your application has confirmed as theirs. */
export interface ConfirmedGrant {
  /** The user of your application. */
  readonly user: string
  readonly tokens: TokenSet
  /** The cTrader ID, its scope and its accounts, as the user saw them. */
  readonly identity: GrantIdentity
}

export interface WebLoginOptions {
  readonly application: OAuthApplication
  /** The registered redirect URI, https (or http on loopback while developing). Never taken from a request. */
  readonly redirectUri: string
  /** What a user may ask for; the form's field `scope` chooses, and the first counts when it says nothing. */
  readonly scopes: readonly Scope[]
  /**
   * Who is signed in to your application in the browser that sent this request; undefined for nobody. The answer must
   * come from your own session, never from a parameter.
   */
  readonly currentUser: (request: Request) => string | undefined | Promise<string | undefined>
  /** Says whose the tokens are: `identifyGrant` of this package, with your environment. */
  readonly identify: (tokens: TokenSet) => Promise<GrantIdentity>
  /**
   * Keeps a confirmed grant for its user. It is yours to store tokens safely, and to give the session a new id. Headers
   * that it returns, such as a cookie, are added to the answer.
   *
   * @throws GrantLinkedElsewhereError when this cTrader ID belongs to another user of yours
   */
  readonly link: (
    grant: ConfirmedGrant,
    request: Request,
  ) => undefined | ExtraHeaders | Promise<undefined | ExtraHeaders>
  /** Paths of your site that a login may return to; the form's field `returnTo` chooses. The first is the usual one. */
  readonly returnPaths: readonly string[]
  /** Where `start` is served. @default '/ctrader/login' */
  readonly startPath?: string
  /** Where `confirm` is served. @default '/ctrader/confirm' */
  readonly confirmPath?: string
  /** Where to send people who are not signed in. @default a page that says so */
  readonly signInPath?: string
  /** Where unfinished logins are kept. @default the memory of this process */
  readonly store?: FlowStore
  /** @default 5 of one user, 10,000 in all */
  readonly limits?: Partial<FlowLimits>
  /** How long a login may take, and how long it may wait to be confirmed, in milliseconds. @default 600_000 */
  readonly ttlMs?: number
  /** Whether a request may be served: the place for limits of your own. @default every one */
  readonly allow?: (request: Request, step: WebLoginStep) => boolean | Promise<boolean>
  /** Receives what went wrong on the server's side, without secrets. The browser is shown fixed words. */
  readonly onError?: (error: unknown, step: WebLoginStep) => void
  readonly renderPage?: WebLoginPageRenderer
  /** @default {@link openApiEndpoints} */
  readonly endpoints?: OAuthEndpoints
  /** @default that of the endpoints */
  readonly statePolicy?: StatePolicy
  /** `web` shows the consent page without header and footer. */
  readonly product?: 'web'
  /** How long the exchange of the code may take, in milliseconds. @default 15_000 */
  readonly exchangeTimeoutMs?: number
  readonly fetch?: FetchLike
  readonly clock?: Clock
  readonly random?: RandomBytes
  readonly logger?: Logger
}

/** A part of the login that has an address of its own. */
export type WebLoginStep = 'start' | 'callback' | 'confirm'

/** This cTrader ID is linked to another user already. Throw it from `link` to have the person told so. */
export class GrantLinkedElsewhereError extends CTraderError {
  constructor(ctraderUserId: number) {
    super(
      'GRANT_LINKED_ELSEWHERE',
      `The cTrader ID ${ctraderUserId} is linked to another user already.`,
      {
        facts: { ctraderUserId },
        remedy: 'Unlink it there first, or decide otherwise in your own code.',
      },
    )
  }
}

/** Options with every default filled in. */
export type CheckedWebLoginOptions = WebLoginOptions & {
  readonly origin: string
  readonly isHttps: boolean
  readonly callbackPath: string
  readonly startPath: string
  readonly confirmPath: string
  readonly returnPath: string
  readonly store: FlowStore
  readonly limits: FlowLimits
  readonly ttlMs: number
  readonly endpoints: OAuthEndpoints
  readonly renderPage: WebLoginPageRenderer
  readonly clock: Clock
  readonly logger: Logger
}

const optionNames: OptionNames<WebLoginOptions> = {
  application: true,
  redirectUri: true,
  scopes: true,
  currentUser: true,
  identify: true,
  link: true,
  returnPaths: true,
  startPath: true,
  confirmPath: true,
  signInPath: true,
  store: true,
  limits: true,
  ttlMs: true,
  allow: true,
  onError: true,
  renderPage: true,
  endpoints: true,
  statePolicy: true,
  product: true,
  exchangeTimeoutMs: true,
  fetch: true,
  clock: true,
  random: true,
  logger: true,
}

/** @throws OAuthConfigurationError and InvalidRedirectUriError for what would only fail later. */
export function checkWebLoginOptions(options: WebLoginOptions): CheckedWebLoginOptions {
  checkOptionNames('createWebLogin', options, optionNames)
  const { redirectUri, scopes, returnPaths, endpoints = openApiEndpoints } = options
  requireApplication(options.application)
  requireEndpoint('authorizeUrl', endpoints)
  requireEndpoint('tokenUrl', endpoints)
  requireTokenRequestForm(endpoints)
  const { scheme, host } = parseRedirectUri(redirectUri)
  const isHttps = scheme === 'https'
  if (!isHttps && !isLoopbackHost(host)) {
    throw new OAuthConfigurationError(validateRedirectUri(redirectUri, []).message, {
      facts: { option: 'redirectUri' },
    })
  }
  if (scopes.length === 0) {
    throw new OAuthConfigurationError('The option scopes names no scope.', {
      facts: { option: 'scopes' },
      remedy: 'Name "accounts", "trading" or both.',
    })
  }
  for (const scope of scopes) requireScope(scope)
  const { startPath = '/ctrader/login', confirmPath = '/ctrader/confirm' } = options
  const url = new URL(redirectUri)
  requireReturnPaths('returnPaths', returnPaths)
  requireReturnPaths('startPath', [startPath])
  requireReturnPaths('confirmPath', [confirmPath])
  if (new Set([startPath, confirmPath, url.pathname]).size < 3) {
    throw new OAuthConfigurationError('Start, callback and confirmation need different paths.', {
      facts: { startPath, confirmPath, callbackPath: url.pathname },
      remedy: 'Change startPath or confirmPath.',
    })
  }
  return {
    ...options,
    origin: url.origin,
    isHttps,
    callbackPath: url.pathname,
    startPath,
    confirmPath,
    returnPath: returnPaths[0] ?? '/',
    store: options.store ?? createMemoryFlowStore(),
    limits: { perOwner: 5, total: 10_000, ...options.limits },
    ttlMs: options.ttlMs ?? 600_000,
    endpoints,
    renderPage: options.renderPage ?? renderWebLoginPage,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
  }
}
