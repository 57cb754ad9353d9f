import { CTraderError, type CTraderErrorOptions } from '../errors.ts'

/**
 * Who has to act on an OAuth error.
 *
 * - `user`: the person at the login page (declined, too slow)
 * - `config`: whoever configured the program (wrong secret, wrong redirect URI)
 * - `transient`: nobody; the same call may work later
 * - `terminal`: a person has to log in again
 * - `internal`: this package or the server broke the protocol
 */
export type OAuthErrorKind = 'user' | 'config' | 'transient' | 'terminal' | 'internal'

/** Where in the life of a grant an error arose. */
export type OAuthPhase = 'authorize' | 'callback' | 'exchange' | 'refresh' | 'store' | 'socket'

export interface OAuthErrorOptions extends CTraderErrorOptions {
  readonly phase?: OAuthPhase
  readonly kind?: OAuthErrorKind
  /** Whether the same call, unchanged, may succeed later. */
  readonly retryable?: boolean
  /** The server's own error code, as received. */
  readonly serverCode?: string | undefined
  /** The server's own words, freed of secrets and control characters, at most 300 characters. */
  readonly serverDescription?: string | undefined
  readonly httpStatus?: number | undefined
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** @internal */
export const loginAgain = 'Start the login again to get a new code.'
const guide = 'https://help.ctrader.com/open-api/account-authentication/'

/** Root of the errors of login, token exchange, refresh and token storage. */
export class OAuthError extends CTraderError {
  readonly kind: OAuthErrorKind
  readonly phase: OAuthPhase
  /** Whether the same call, unchanged, may succeed later. */
  readonly retryable: boolean
  /** The server's own error code, as received; unknown codes are kept. */
  readonly serverCode: string | undefined
  /** The server's own words, freed of secrets and control characters. */
  readonly serverDescription: string | undefined
  readonly httpStatus: number | undefined
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** The official page about this part of the API. */
  readonly docsUrl: string = guide

  constructor(code: string, summary: string, options: OAuthErrorOptions = {}) {
    const { serverCode, serverDescription, httpStatus, retryAfterMs } = options
    const facts: Record<string, CTraderError['facts'][string]> = { ...options.facts }
    for (const [name, value] of Object.entries({
      serverCode,
      serverDescription,
      httpStatus,
      retryAfterMs,
    })) {
      if (value !== undefined) facts[name] = value
    }
    super(code, summary, { ...options, facts })
    this.kind = options.kind ?? 'internal'
    this.phase = options.phase ?? 'authorize'
    this.retryable = options.retryable ?? false
    this.serverCode = serverCode
    this.serverDescription = serverDescription
    this.httpStatus = httpStatus
    this.retryAfterMs = retryAfterMs
  }
}

/** An option of the login is not usable: endpoint, scope, client id, client secret, extra parameter. */
export class OAuthConfigurationError extends OAuthError {
  constructor(summary: string, options: OAuthErrorOptions = {}) {
    super('OAUTH_CONFIGURATION', summary, { kind: 'config', ...options })
  }
}

/** A redirect URI is malformed, not registered for the application, or was refused by the server. */
export class InvalidRedirectUriError extends OAuthError {
  constructor(summary: string, options: OAuthErrorOptions = {}) {
    super('INVALID_REDIRECT_URI', summary, {
      kind: 'config',
      remedy:
        'It must be identical, character for character (scheme, host, port, path, trailing slash), to a redirect URI registered for your application at https://openapi.ctrader.com/apps; the first entry there belongs to the Playground and must not be used.',
      ...options,
    })
  }
}

/** The person at the consent page, or the server, declined the request. */
export class AuthorizationDeniedError extends OAuthError {
  constructor(options: OAuthErrorOptions = {}) {
    const code = options.serverCode ?? 'access_denied'
    super(
      'AUTHORIZATION_DENIED',
      code === 'access_denied'
        ? 'Access was declined on the consent page, by you or by cTrader.'
        : `The authorization server ended the login with "${code}"${saying(options)}.`,
      {
        kind: 'user',
        phase: 'callback',
        remedy: 'Nothing was changed. Start the login again and allow access to go on.',
        ...options,
      },
    )
  }
}

/** A callback does not belong to the login that was started here. */
export class StateMismatchError extends OAuthError {
  constructor(found: 'mismatch' | 'absent', options: OAuthErrorOptions = {}) {
    super(
      'STATE_MISMATCH',
      found === 'absent'
        ? 'The callback carried no state although this login demands one.'
        : 'The callback carried the state of another login.',
      {
        kind: 'user',
        phase: 'callback',
        remedy:
          'The callback was ignored, because someone else may have made it. Open the newest login link, in one browser only.',
        ...options,
        facts: { state: found, ...options.facts },
      },
    )
  }
}

/** A callback cannot be read: parameters repeated, contradicting, empty or of forbidden characters. */
export class MalformedCallbackError extends OAuthError {
  constructor(problem: string, options: OAuthErrorOptions = {}) {
    super('MALFORMED_CALLBACK', `The callback of the login cannot be used: ${problem}.`, {
      kind: 'user',
      phase: 'callback',
      remedy: loginAgain,
      ...options,
    })
  }
}

/** No registered loopback redirect URI could be listened on. */
export class CallbackPortInUseError extends OAuthError {
  /** The ports that were tried, and why each could not be had. */
  readonly attempts: readonly { readonly port: number; readonly reason: string }[]

  constructor(
    attempts: readonly { readonly port: number; readonly reason: string }[],
    options: OAuthErrorOptions = {},
  ) {
    const ports = attempts.map((attempt) => attempt.port)
    // Several redirect URIs may differ in their host alone.
    const tried = new Set(attempts.map((attempt) => `${attempt.port} (${attempt.reason})`))
    const list = [...tried].join(', ')
    super('CALLBACK_PORT_IN_USE', `Cannot listen for the callback of the login on port ${list}.`, {
      kind: 'config',
      phase: 'callback',
      retryable: true,
      remedy:
        'Another login or program may be using it: end that one, or register a second loopback redirect URI with another port and list both, or paste the code by hand.',
      ...options,
      facts: { ports, reasons: attempts.map((attempt) => attempt.reason), ...options.facts },
    })
    this.attempts = attempts
  }
}

/** Nobody came back from the login page in time. */
export class AuthorizationTimeoutError extends OAuthError {
  constructor(redirectUri: string, waitedMs: number, options: OAuthErrorOptions = {}) {
    super(
      'AUTHORIZATION_TIMEOUT',
      `No callback arrived at ${redirectUri} within ${Math.round(waitedMs / 1000)} s.`,
      {
        kind: 'user',
        phase: 'callback',
        retryable: true,
        remedy: `If the browser showed "Invalid redirect URI", register exactly ${redirectUri} for your application at https://openapi.ctrader.com/apps: cTrader shows that page and never calls back. A declined consent may not call back either. Then start the login again.`,
        ...options,
        facts: { redirectUri, waitedMs, ...options.facts },
      },
    )
  }
}

/** The callback listener was closed, or failed, while a login was waiting for it. */
export class CallbackListenerClosedError extends OAuthError {
  constructor(reason: string, options: OAuthErrorOptions = {}) {
    super(
      'CALLBACK_LISTENER_CLOSED',
      `The callback listener ended before the login did: ${reason}.`,
      {
        kind: 'internal',
        phase: 'callback',
        retryable: true,
        remedy: loginAgain,
        ...options,
      },
    )
  }
}

/** @internal */
export function saying(options: OAuthErrorOptions): string {
  return options.serverDescription === undefined ? '' : `, saying "${options.serverDescription}"`
}
