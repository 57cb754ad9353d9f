import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Logger } from '../../log.ts'
import { type Identity, isRefusal, type Refusal, type TokenPair } from '../identity/index.ts'
import type { AuthBehaviour } from './auth-behaviour.ts'
import { isForm, readFormBody } from './form-body.ts'
import { isMalformed, type Parameters, readParameters } from './parameters.ts'

export interface TokenEndpointOptions {
  readonly identity: Identity
  readonly behaviour: AuthBehaviour
  readonly logger: Logger
}

/** What the original answers with when it gives no tokens: these two keys and no others. */
interface Failure {
  readonly errorCode: string
  readonly description: string
}

/**
 * `/apps/token`: codes and refresh tokens are traded for token pairs. Takes GET with everything in the query, as
 * documented, and POST with a form, a query or both.
 */
export function tokenEndpoint(options: TokenEndpointOptions) {
  const { identity, behaviour, logger } = options

  const fail = (context: Context, failure: Failure, status: ContentfulStatusCode): Response =>
    context.json({ errorCode: failure.errorCode, description: failure.description }, status)

  return async (context: Context): Promise<Response> => {
    const { method } = context.req
    if (method !== 'GET' && method !== 'POST') {
      context.header('Allow', 'GET, POST')
      return fail(
        context,
        { errorCode: 'METHOD_NOT_ALLOWED', description: 'Only GET and POST are allowed.' },
        405,
      )
    }
    const outcome = trade(identity, await parametersOf(context))
    if ('errorCode' in outcome) {
      logger.info(
        { errorCode: outcome.errorCode, description: outcome.description },
        'Token request refused',
      )
      return fail(context, outcome, behaviour.failureStatus)
    }
    if (isRefusal(outcome)) {
      logger.info({ errorCode: outcome.refused, reason: outcome.reason }, 'Token request refused')
      return fail(
        context,
        { errorCode: outcome.refused, description: outcome.description },
        behaviour.failureStatus,
      )
    }
    logger.info({ scope: outcome.scope, expiresIn: outcome.expiresIn }, 'Tokens issued')
    return context.json(success(outcome))
  }
}

async function parametersOf(context: Context): Promise<Parameters | Failure> {
  const texts = [new URL(context.req.url).search.slice(1)]
  if (context.req.method === 'POST' && isForm(context)) texts.push(await readFormBody(context))
  const parameters = readParameters(texts)
  return isMalformed(parameters) ? invalid(parameters.malformed) : parameters
}

function trade(
  identity: Identity,
  parameters: Parameters | Failure,
): TokenPair | Refusal | Failure {
  if ('errorCode' in parameters) return parameters
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
  return invalid(
    grantType === undefined
      ? 'Missing parameter: grant_type.'
      : 'The grant_type must be authorization_code or refresh_token.',
  )
}

function required<K extends string>(
  parameters: Parameters,
  names: readonly K[],
): Readonly<Record<K, string>> | Failure {
  const missing = names.find((name) => parameters.get(name) === undefined)
  if (missing !== undefined) return invalid(`Missing parameter: ${missing}.`)
  return Object.fromEntries(names.map((name) => [name, parameters.get(name) ?? ''])) as Record<
    K,
    string
  >
}

function invalid(description: string): Failure {
  return { errorCode: 'INVALID_REQUEST', description }
}

/** Both spellings at once, and no more, in the order in which they were captured. */
function success(pair: TokenPair): Readonly<Record<string, string | number | null>> {
  return {
    accessToken: pair.accessToken,
    tokenType: 'bearer',
    expiresIn: pair.expiresIn,
    refreshToken: pair.refreshToken,
    errorCode: null,
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    expires_in: pair.expiresIn,
  }
}
