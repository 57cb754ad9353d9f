import type { Context } from 'hono'
import type { Clock } from '../../async/clock.ts'
import type { Logger } from '../../log.ts'
import { type Identity, isRefusal } from '../identity/index.ts'
import type { AuthBehaviour } from './auth-behaviour.ts'
import { type AuthJournal, type TokenRequestForm, tokenFingerprint } from './auth-journal.ts'
import type { AuthFaults, Strike } from './faults/auth-faults.ts'
import { deliver } from './faults/deliver.ts'
import { isForm, readBody } from './form-body.ts'
import { isMalformed, type Parameters, readParameters } from './parameters.ts'
import { type Failure, invalidRequest, type TokenOutcome, tokenAnswer } from './token-answer.ts'

export interface TokenEndpointOptions {
  readonly identity: Identity
  readonly behaviour: AuthBehaviour
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
    const { method } = context.req
    if (method !== 'GET' && method !== 'POST') {
      context.header('Allow', 'GET, POST')
      const failure = {
        errorCode: 'METHOD_NOT_ALLOWED',
        description: 'Only GET and POST are allowed.',
      }
      return context.json(failure, 405)
    }
    const { form, parameters } = await parametersOf(context)
    const given = 'errorCode' in parameters ? undefined : parameters
    const strike = this.#options.faults.strike({
      endpoint: 'token',
      grantType: given?.get('grant_type'),
      clientId: given?.get('client_id'),
    })
    if (strike?.when === 'before-commit') {
      await strike.wait()
      const spoilt = this.#deliver(context, strike)
      if (spoilt !== undefined) {
        this.#note({ form, given, outcome: 'nothing', strike })
        return spoilt
      }
    }
    const outcome = 'errorCode' in parameters ? parameters : this.#trade(parameters)
    this.#note({ form, given, outcome, strike })
    const { status, json } = tokenAnswer(outcome, this.#options.behaviour)
    if (strike?.when === 'after-commit') {
      await strike.wait()
      const spoilt = this.#deliver(context, strike, { status, json })
      if (spoilt !== undefined) return spoilt
    }
    return context.body(json, status, { 'Content-Type': 'application/json' })
  }

  #trade(parameters: Parameters): TokenOutcome {
    const { identity } = this.#options
    const grantType = parameters.get('grant_type')
    if (grantType === 'authorization_code') {
      const given = required(parameters, ['code', 'redirect_uri', 'client_id', 'client_secret'])
      if ('errorCode' in given) return given
      return identity.redeemCode({
        code: given.code,
        redirectUri: given.redirect_uri,
        clientId: given.client_id,
        clientSecret: given.client_secret,
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
      grantType === undefined
        ? 'Missing parameter: grant_type.'
        : 'The grant_type must be authorization_code or refresh_token.',
    )
  }

  #deliver(
    context: Context,
    strike: Strike,
    answer?: { readonly status: number; readonly json: string },
  ): Response | undefined {
    if (strike.action === undefined) return undefined
    this.#options.logger.info({ fault: strike.id, kind: strike.action.kind }, 'A fault struck')
    return deliver(context, strike.action, this.#options.faults, answer)
  }

  #note(request: {
    readonly form: TokenRequestForm | 'other'
    readonly given: Parameters | undefined
    readonly outcome: TokenOutcome | 'nothing'
    readonly strike: Strike | undefined
  }): void {
    const { form, given, outcome, strike } = request
    const secret = given?.get('code') ?? given?.get('refresh_token')
    this.#options.journal.add({
      at: this.#options.clock.now(),
      form,
      grantType: given?.get('grant_type'),
      clientId: given?.get('client_id'),
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

async function parametersOf(context: Context): Promise<{
  readonly form: TokenRequestForm | 'other'
  readonly parameters: Parameters | Failure
}> {
  const query = new URL(context.req.url).search.slice(1)
  const texts = [query]
  let form: TokenRequestForm | 'other' = context.req.method === 'GET' ? 'get-query' : 'post-query'
  if (context.req.method === 'POST' && isForm(context)) {
    texts.push(await readBody(context))
    form = query === '' ? 'post-form' : 'other'
  }
  const parameters = readParameters(texts)
  return {
    form,
    parameters: isMalformed(parameters) ? invalidRequest(parameters.malformed) : parameters,
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
  if (missing !== undefined) return invalidRequest(`Missing parameter: ${missing}.`)
  return Object.fromEntries(names.map((name) => [name, parameters.get(name) ?? ''])) as Record<
    K,
    string
  >
}
