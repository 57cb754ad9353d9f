import type { Context } from 'hono'
import type { Clock } from '../../async/clock.ts'
import type { Logger } from '../../log.ts'
import { type Identity, isRefusal } from '../identity/index.ts'
import { type AuthJournal, tokenFingerprint } from './auth-journal.ts'
import type { AuthSwitches } from './auth-switches.ts'
import type { AuthFaults, Strike } from './faults/auth-faults.ts'
import { deliver } from './faults/deliver.ts'
import type { Parameters } from './parameters.ts'
import {
  type Failure,
  invalidRequest,
  type TokenAnswer,
  type TokenOutcome,
  tokenAnswer,
} from './token-answer.ts'
import { readTokenRequest, type TokenRequest, tokenMethods } from './token-request.ts'

export interface TokenEndpointOptions {
  readonly identity: Identity
  readonly switches: AuthSwitches
  readonly faults: AuthFaults
  readonly journal: AuthJournal
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * `/apps/token`: codes and refresh tokens are traded for token pairs. Takes GET with everything in the query, as
 * documented, and POST with a form, a query or both.
 */
export class TokenEndpoint {
  readonly #options: TokenEndpointOptions

  constructor(options: TokenEndpointOptions) {
    this.#options = options
  }

  async handle(context: Context): Promise<Response> {
    const { faults, switches } = this.#options
    const methods: readonly string[] = tokenMethods(switches.current)
    if (!methods.includes(context.req.method)) {
      context.header('Allow', methods.join(', '))
      const description = `The method must be ${methods.join(' or ')}.`
      const failure = { ...invalidRequest(description), errorCode: 'METHOD_NOT_ALLOWED' }
      return this.#send(context, { ...tokenAnswer(failure, switches.current, false), status: 405 })
    }
    const request = await readTokenRequest(context, switches.current)
    const grantType = request.parameters?.get('grant_type')
    const clientId = request.parameters?.get('client_id')
    const strike = faults.strike({ endpoint: 'token', grantType, clientId })
    if (strike?.when === 'before-commit') {
      await strike.wait()
      const spoilt = this.#deliver(context, strike)
      if (spoilt !== undefined) {
        this.#note(request, 'nothing', strike)
        return spoilt
      }
    }
    const outcome = request.failure ?? this.#trade(request.parameters)
    this.#note(request, outcome, strike)
    const answer = tokenAnswer(outcome, switches.current, grantType === 'refresh_token')
    if (strike?.when === 'after-commit') {
      await strike.wait()
      const spoilt = this.#deliver(context, strike, answer)
      if (spoilt !== undefined) return spoilt
    }
    return this.#send(context, answer)
  }

  #send(context: Context, { status, type, body, challenge }: TokenAnswer): Response {
    if (challenge) context.header('WWW-Authenticate', 'Basic realm="cTrader sandbox"')
    return context.body(body, status, { 'Content-Type': type })
  }

  #trade(parameters: Parameters | undefined): TokenOutcome {
    const { identity } = this.#options
    const grantType = parameters?.get('grant_type')
    if (parameters === undefined || grantType === undefined) {
      return invalidRequest('Missing parameter: grant_type.')
    }
    if (grantType === 'authorization_code') {
      const given = required(parameters, ['code', 'redirect_uri', 'client_id', 'client_secret'])
      if ('errorCode' in given) return given
      return identity.redeemCode({
        code: given.code,
        redirectUri: given.redirect_uri,
        clientId: given.client_id,
        clientSecret: given.client_secret,
        codeVerifier:
          this.#options.switches.current.pkce === 'verified'
            ? parameters.get('code_verifier')
            : undefined,
      })
    }
    if (grantType === 'refresh_token') {
      const given = required(parameters, ['refresh_token', 'client_id', 'client_secret'])
      if ('errorCode' in given) return given
      return identity.refresh({
        refreshToken: given.refresh_token,
        clientId: given.client_id,
        clientSecret: given.client_secret,
      })
    }
    return invalidRequest(
      'The grant_type must be authorization_code or refresh_token.',
      'unsupported_grant_type',
    )
  }

  #deliver(context: Context, strike: Strike, answer?: TokenAnswer): Response | undefined {
    if (strike.action === undefined) return undefined
    this.#options.logger.info({ fault: strike.id, kind: strike.action.kind }, 'A fault struck')
    return deliver(context, strike.action, this.#options.faults, answer)
  }

  #note(
    { form, parameters }: TokenRequest,
    outcome: TokenOutcome | 'nothing',
    strike: Strike | undefined,
  ): void {
    const secret = parameters?.get('code') ?? parameters?.get('refresh_token')
    this.#options.journal.add({
      at: this.#options.clock.now(),
      form,
      grantType: parameters?.get('grant_type'),
      clientId: parameters?.get('client_id'),
      fingerprint: secret === undefined ? undefined : tokenFingerprint(secret),
      outcome: nameOf(outcome),
      fault: strike?.id,
    })
    const { logger } = this.#options
    if (outcome === 'nothing') return
    if ('errorCode' in outcome) {
      const { errorCode, description } = outcome
      logger.info({ errorCode, description }, 'Token request refused')
    } else if (isRefusal(outcome)) {
      logger.info({ errorCode: outcome.refused, reason: outcome.reason }, 'Token request refused')
    } else {
      logger.info({ scope: outcome.scope, expiresIn: outcome.expiresIn }, 'Tokens issued')
    }
  }
}

function nameOf(outcome: TokenOutcome | 'nothing') {
  if (outcome === 'nothing') return outcome
  if ('errorCode' in outcome) return 'invalid-request'
  return isRefusal(outcome) ? outcome.reason : 'tokens'
}

function required<K extends string>(
  parameters: Parameters,
  names: readonly K[],
): Readonly<Record<K, string>> | Failure {
  const missing = names.find((name) => parameters.get(name) === undefined)
  if (missing !== undefined) {
    const standard = missing.startsWith('client_') ? 'invalid_client' : 'invalid_request'
    return invalidRequest(`Missing parameter: ${missing}.`, standard)
  }
  return Object.fromEntries(names.map((name) => [name, parameters.get(name) ?? ''])) as Record<
    K,
    string
  >
}
