import type { Logger } from '../../log.ts'
import { Secret } from '../../secret.ts'
import type { Scope } from '../application/scope.ts'
import type { OAuthPhase } from '../errors.ts'
import { TokenResponseMalformedError } from './token-errors.ts'
import type { TokenAnswer } from './token-request.ts'
import { isTokenText, type TokenSet } from './token-set.ts'

/** The parsed body of a token answer: a plain object of which only own members are looked at. */
export type TokenBody = Readonly<Record<string, unknown>>

const longestLifetime = 10 * 365 * 86_400

/** The body as a JSON object, or undefined when it is anything else. What the parser complains about is not kept. */
export function parseTokenBody(answer: TokenAnswer): TokenBody | undefined {
  const text = answer.body?.reveal()
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as TokenBody)
      : undefined
  } catch {
    return undefined
  }
}

/** The error a body announces, under any of the spellings met; undefined when it announces none. */
export function errorOfTokenBody(
  body: TokenBody,
): { readonly code: string; readonly description: string | undefined } | undefined {
  // A success carries `errorCode: null`, so that only a value counts.
  const code = errorText(own(body, 'errorCode')) ?? errorText(own(body, 'error'))
  if (code === undefined) return undefined
  const description = own(body, 'description') ?? own(body, 'error_description')
  return {
    code,
    description: typeof description === 'string' && description !== '' ? description : undefined,
  }
}

/** What {@link tokensOfBody} needs to know about the request. */
export interface TokenContext {
  readonly phase: OAuthPhase
  readonly scope: Scope | undefined
  readonly logger: Logger
}

/**
 * Reads the tokens of a successful answer, in camel case, snake case or both at once.
 *
 * @throws TokenResponseMalformedError when a token is missing or unusable, or both spellings are there and differ. A
 *   bad lifetime is no reason to lose a pair: the expiry is then unknown.
 */
export function tokensOfBody(
  body: TokenBody,
  answer: TokenAnswer,
  context: TokenContext,
): TokenSet {
  const fields = new Fields(body, answer, context)
  const accessToken = fields.token('accessToken', 'access_token')
  if (accessToken === undefined) throw fields.malformed('fields', 'it has no access token')
  const refreshToken = fields.token('refreshToken', 'refresh_token')
  fields.requireBearer()
  const seconds = fields.lifetime()
  if (seconds === undefined) {
    context.logger.warn(
      { phase: context.phase },
      'The token endpoint gave no usable lifetime: the expiry of the access token is unknown.',
    )
  }
  return {
    accessToken: new Secret(accessToken),
    refreshToken: refreshToken === undefined ? undefined : new Secret(refreshToken),
    tokenType: 'bearer',
    scope: context.scope,
    obtainedAt: answer.sentAt,
    expiresAt: seconds === undefined ? undefined : answer.sentAt + seconds * 1000,
  }
}

/** A lifetime in whole seconds; undefined for anything but a number, or a text of digits, from 1 s to 10 years. */
function parseLifetime(value: unknown): number | undefined {
  let seconds = Number.NaN
  if (typeof value === 'number') seconds = Math.floor(value)
  else if (typeof value === 'string' && /^\d{1,15}$/.test(value)) seconds = Number(value)
  return seconds >= 1 && seconds <= longestLifetime ? seconds : undefined
}

class Fields {
  readonly #body: TokenBody
  readonly #answer: TokenAnswer
  readonly #context: TokenContext

  constructor(body: TokenBody, answer: TokenAnswer, context: TokenContext) {
    this.#body = body
    this.#answer = answer
    this.#context = context
  }

  token(camel: string, snake: string): string | undefined {
    const values = this.#present(camel, snake)
    for (const value of values) {
      if (!isTokenText(value)) throw this.malformed('fields', `its ${camel} is not a token`)
    }
    const [first, second] = values
    if (second !== undefined && first !== second) {
      throw this.malformed('conflict', `its ${camel} and ${snake} differ`)
    }
    return isTokenText(first) ? first : undefined
  }

  requireBearer(): void {
    for (const value of this.#present('tokenType', 'token_type')) {
      if (typeof value !== 'string' || value.toLowerCase() !== 'bearer') {
        throw this.malformed('fields', 'its token type is not "bearer"')
      }
    }
  }

  lifetime(): number | undefined {
    const values = this.#present('expiresIn', 'expires_in').map(parseLifetime)
    const [first, second] = values
    return values.length > 1 && first !== second ? undefined : first
  }

  malformed(problem: 'fields' | 'conflict', detail: string): TokenResponseMalformedError {
    const { status, contentType, bytes } = this.#answer
    return new TokenResponseMalformedError(
      problem,
      `The answer of the token endpoint cannot be used: ${detail}.`,
      {
        phase: this.#context.phase,
        httpStatus: status,
        facts: { contentType: contentType.slice(0, 100), bytes },
      },
    )
  }

  #present(camel: string, snake: string): unknown[] {
    return [own(this.#body, camel), own(this.#body, snake)].filter(
      (value) => value !== undefined && value !== null && value !== '',
    )
  }
}

function own(body: TokenBody, name: string): unknown {
  return Object.hasOwn(body, name) ? body[name] : undefined
}

function errorText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim()
  if (value === undefined || value === null || value === false || value === 0) return undefined
  if (typeof value === 'number') return String(value)
  if (typeof value === 'object' && Object.hasOwn(value, 'code')) {
    return errorText((value as TokenBody)['code']) ?? 'unnamed error'
  }
  return 'unnamed error'
}
