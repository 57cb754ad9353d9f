import { InvalidArgumentError } from '../../errors.ts'
import { defaultGrantPolicy, type GrantPolicy, type RefusalReason } from '../identity/index.ts'
import type { TokenRequestForm } from './auth-journal.ts'

/** An error code in place of the usual one, with or without words of its own. */
export interface ErrorText {
  readonly errorCode: string
  readonly description?: string
}

/**
 * What the sources about the original's authorization server disagree on, or do not say, and what standard OAuth clients
 * need that the original does not have. Each switch defaults to what is better attested or, where nothing is, to what is
 * harder on a client.
 */
export interface AuthBehaviour extends GrantPolicy {
  /**
   * Whether the redirect carries the request's `state` back; `sometimes` tosses a seeded coin. Two users saw that the
   * original drops it, a third that it comes now and then.
   * @defaultValue 'never'
   */
  readonly echoState: 'never' | 'always' | 'sometimes'
  /**
   * Whether the redirect names its issuer (`iss`, RFC 9207). Not seen of the original.
   * @defaultValue false
   */
  readonly issuerInRedirect: boolean
  /**
   * What follows when the person does not allow access: a redirect with `error=access_denied`, or a page that leads
   * nowhere, so that the client waits in vain. Nobody wrote down what the original does.
   * @defaultValue 'redirect'
   */
  readonly denial: 'redirect' | 'page'
  /**
   * Where a wrong scope or response type is reported: on a page, or to the application (RFC 6749, section 4.1.2.1). A
   * wrong client id or redirect URI always ends on a page.
   * @defaultValue 'page'
   */
  readonly authorizeErrors: 'page' | 'redirect'
  /**
   * Whether `response_type` has to be there. The documentation and both official SDKs leave it out; where it comes, the
   * sandbox insists on `code` unless it is told to ignore it.
   * @defaultValue 'optional'
   */
  readonly responseType: 'optional' | 'required' | 'ignored'
  /**
   * Whether redirect URIs are compared character by character, as the original does, or may have any port on the loopback
   * interface (RFC 8252, section 7.3).
   * @defaultValue 'exact'
   */
  readonly redirectUriMatch: 'exact' | 'any-loopback-port'
  /**
   * Whether the code challenge of PKCE is ignored, as the original does, or held against the verifier (S256 only).
   * @defaultValue 'ignored'
   */
  readonly pkce: 'ignored' | 'verified'
  /**
   * How a token request may come: with the query, with a form, or with the query of a POST. The documentation and both
   * official SDKs use the first, users the second; the sandbox takes all.
   * @defaultValue all three
   */
  readonly tokenRequests: readonly TokenRequestForm[]
  /**
   * Whether client id and secret may also come in the `Authorization` header (HTTP Basic, RFC 6749, section 2.3.1). The
   * original knows parameters only.
   * @defaultValue 'parameters'
   */
  readonly clientAuthentication: 'parameters' | 'parameters-or-basic'
  /**
   * Status of a refused token request; `rfc6749` is 401 for a wrong client and 400 for the rest. Nobody wrote down the
   * original's; its own SDKs look for `errorCode` in the body of a success, and a client that trusts the status alone
   * takes 200 for tokens: 200 finds more mistakes.
   * @defaultValue 200
   */
  readonly failureStatus: 200 | 400 | 401 | 'rfc6749'
  /**
   * How a refusal is written: `errorCode` and `description` as users captured it, `error` and `error_description` of the
   * standard, both, or a page of HTML.
   * @defaultValue 'ctrader'
   */
  readonly errorStyle: 'ctrader' | 'rfc6749' | 'both' | 'html'
  /**
   * Error codes of one's own by what was wrong. Users captured `ACCESS_DENIED` for bad, expired and used codes and
   * for used refresh tokens; what the others get is not known, so they get the same.
   * @defaultValue none
   */
  readonly errorCodes: { readonly [reason in RefusalReason]?: ErrorText }
  /**
   * Spelling of the tokens. Users captured both spellings in one object.
   * @defaultValue 'both'
   */
  readonly fieldCase: 'both' | 'camel' | 'snake'
  /**
   * What a success says about errors: `errorCode: null` as captured, with `description: null` as the documentation shows,
   * or nothing.
   * @defaultValue 'errorCode'
   */
  readonly successErrorFields: 'errorCode' | 'errorCode-description' | 'none'
  /**
   * Whether `/.well-known/oauth-authorization-server` describes the server (RFC 8414). The original has no such thing.
   * @defaultValue false
   */
  readonly metadata: boolean
}

const ctrader: AuthBehaviour = {
  ...defaultGrantPolicy,
  echoState: 'never',
  issuerInRedirect: false,
  denial: 'redirect',
  authorizeErrors: 'page',
  responseType: 'optional',
  redirectUriMatch: 'exact',
  pkce: 'ignored',
  tokenRequests: ['get-query', 'post-query', 'post-form'],
  clientAuthentication: 'parameters',
  failureStatus: 200,
  errorStyle: 'ctrader',
  errorCodes: {},
  fieldCase: 'both',
  successErrorFields: 'errorCode',
  metadata: false,
}

/**
 * The switches set for all at once: `ctrader`, which is the default, and `rfc`, in which clients written for the standard
 * alone feel at home.
 *
 * @example createSandbox({ behaviour: authorizationPresets.rfc })
 */
export const authorizationPresets: {
  readonly ctrader: AuthBehaviour
  readonly rfc: AuthBehaviour
} = {
  ctrader,
  rfc: {
    ...ctrader,
    reconsentInvalidates: false,
    refreshReplayRevokes: true,
    echoState: 'always',
    issuerInRedirect: true,
    authorizeErrors: 'redirect',
    responseType: 'required',
    redirectUriMatch: 'any-loopback-port',
    pkce: 'verified',
    tokenRequests: ['post-form'],
    clientAuthentication: 'parameters-or-basic',
    failureStatus: 'rfc6749',
    errorStyle: 'rfc6749',
    fieldCase: 'snake',
    successErrorFields: 'none',
    metadata: true,
  },
}

type Choices = { readonly [K in keyof AuthBehaviour]?: readonly AuthBehaviour[K][] }

/** The positions of the switches that have few; the others take a number, a list or an object. */
export const switchPositions: Choices = {
  reconsentInvalidates: [true, false, 'refresh-token'],
  codeReplayRevokes: [true, false],
  refreshReplayRevokes: [false, true],
  refreshRotation: ['new', 'same', 'omit'],
  echoState: ['never', 'always', 'sometimes'],
  issuerInRedirect: [false, true],
  denial: ['redirect', 'page'],
  authorizeErrors: ['page', 'redirect'],
  responseType: ['optional', 'required', 'ignored'],
  redirectUriMatch: ['exact', 'any-loopback-port'],
  pkce: ['ignored', 'verified'],
  clientAuthentication: ['parameters', 'parameters-or-basic'],
  failureStatus: [200, 400, 401, 'rfc6749'],
  errorStyle: ['ctrader', 'rfc6749', 'both', 'html'],
  fieldCase: ['both', 'camel', 'snake'],
  successErrorFields: ['errorCode', 'errorCode-description', 'none'],
  metadata: [false, true],
}

/**
 * The switches with what was left out filled in.
 *
 * @param base where they come from @defaultValue those of `ctrader`
 * @throws InvalidArgumentError for a switch that does not exist or a position it does not have
 */
export function resolveAuthBehaviour(
  given: Partial<AuthBehaviour> = {},
  base: AuthBehaviour = ctrader,
): AuthBehaviour {
  const result: Record<string, unknown> = { ...base }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(ctrader, name)) {
      throw new InvalidArgumentError(`There is no switch "${name}".`, {
        facts: { switch: name },
        remedy: `The switches are ${Object.keys(ctrader).join(', ')}.`,
      })
    }
    if (value === undefined) continue
    checkPosition(name as keyof AuthBehaviour, value)
    result[name] = value
  }
  return result as unknown as AuthBehaviour
}

function checkPosition(name: keyof AuthBehaviour, value: unknown): void {
  const known: readonly unknown[] | undefined = switchPositions[name]
  if (known !== undefined) {
    if (!known.includes(value)) throw wrong(name, value, `Choose one of ${known.join(', ')}.`)
  } else if (name === 'tokenRequests') {
    const forms: readonly unknown[] = ctrader.tokenRequests
    if (Array.isArray(value) && value.length > 0 && value.every((one) => forms.includes(one)))
      return
    throw wrong(name, value, `List one or more of ${forms.join(', ')}.`)
  } else if (name === 'errorCodes') {
    if (isErrorCodes(value)) return
    throw wrong(name, value, 'Give an object of reasons, each with an errorCode.')
  } else if (!Number.isSafeInteger(value) || Number(value) < 0) {
    throw wrong(name, value, 'Give a whole number of seconds.')
  }
}

function isErrorCodes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every((text: unknown) => {
    if (typeof text !== 'object' || text === null || !('errorCode' in text)) return false
    const description: unknown = 'description' in text ? text.description : ''
    return typeof text.errorCode === 'string' && typeof description === 'string'
  })
}

function wrong(name: string, value: unknown, remedy: string): InvalidArgumentError {
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return new InvalidArgumentError(`The switch ${name} cannot be ${shown}.`, {
    facts: { switch: name, value: shown },
    remedy,
  })
}
