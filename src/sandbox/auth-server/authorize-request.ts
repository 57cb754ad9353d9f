import type { Application, Identity, Scope } from '../identity/index.ts'
import type { AuthBehaviour } from './auth-behaviour.ts'
import { isMalformed, type Parameters, readParameters } from './parameters.ts'
import { redirectDifference } from './redirect-difference.ts'

/** An authorization request that may be shown to a person. */
export interface AuthorizeRequest {
  readonly application: Application
  /** Exactly as registered, but for the port where any is allowed. */
  readonly redirectUri: string
  readonly scope: Scope
  readonly state: string | undefined
  /** `product=web`: the page is embedded, so it comes without header and footer. */
  readonly bare: boolean
  /** The S256 challenge of PKCE, where it counts. */
  readonly codeChallenge: string | undefined
}

/** An authorization request that ends here: nothing is sent to a redirect URI that was not checked. */
export interface RequestProblem {
  readonly title: string
  /** Paragraphs for the developer who is looking at it. */
  readonly details: readonly string[]
  /** What was asked for and what would have been right. */
  readonly comparison?: {
    readonly asked: string
    readonly registered: readonly string[]
    /** The one of them that belongs to the Playground. */
    readonly playground: string | undefined
  }
  /** Where the application may be told of it, and in which words of the standard. */
  readonly report?: {
    readonly redirectUri: string
    readonly error: string
    readonly state: string | undefined
  }
}

/** Checks what the original checks, in this order: application, redirect URI, scope. */
export function readAuthorizeRequest(
  query: string,
  identity: Identity,
  behaviour: AuthBehaviour,
): AuthorizeRequest | RequestProblem {
  const parameters = readParameters([query])
  if (isMalformed(parameters)) {
    return { title: 'Malformed request', details: [parameters.malformed] }
  }
  const application = identity.findApplication(parameters.get('client_id') ?? '')
  if (application === undefined) {
    return {
      title: 'Unknown application',
      details: [
        'The request names no client_id that is registered here. Compare it with the one the sandbox printed.',
      ],
    }
  }
  if (application.status !== 'active') {
    return {
      title: 'OA client is not in active state',
      details: [
        `The application "${application.name}" has been submitted and not been approved yet. Nobody can authorize it before.`,
      ],
    }
  }
  const redirectUri = parameters.get('redirect_uri')
  const anyPort = behaviour.redirectUriMatch === 'any-loopback-port'
  if (redirectUri === undefined || !identity.registry.accepts(application, redirectUri, anyPort)) {
    return invalidRedirectUri(redirectUri, application, identity)
  }
  const state = parameters.get('state')
  const wrong = wrongParameter(parameters, behaviour)
  if (wrong !== undefined) {
    const { title, detail, error } = wrong
    return { title, details: [detail], report: { redirectUri, error, state } }
  }
  return {
    application,
    redirectUri,
    scope: parameters.get('scope') === 'trading' ? 'trading' : 'accounts',
    state,
    bare: parameters.get('product') === 'web',
    codeChallenge: behaviour.pkce === 'verified' ? parameters.get('code_challenge') : undefined,
  }
}

export function isProblem(outcome: AuthorizeRequest | RequestProblem): outcome is RequestProblem {
  return 'title' in outcome
}

/** What is wrong with a request whose redirect URI is right. */
function wrongParameter(parameters: Parameters, { responseType, pkce }: AuthBehaviour) {
  const scope = parameters.get('scope')
  if (scope !== 'accounts' && scope !== 'trading') {
    return {
      title: 'Invalid scope',
      detail: 'The scope must be exactly one of accounts (reading only) and trading.',
      error: 'invalid_scope',
    }
  }
  const type = parameters.get('response_type')
  if (type === undefined && responseType === 'required') {
    return {
      title: 'Missing response type',
      detail: 'The request has no response_type, which the sandbox was told to insist on.',
      error: 'invalid_request',
    }
  }
  if (type !== undefined && type !== 'code' && responseType !== 'ignored') {
    return {
      title: 'Unsupported response type',
      detail: 'The only response_type there is is code; it may also be left out.',
      error: 'unsupported_response_type',
    }
  }
  const challenge = parameters.get('code_challenge')
  if (pkce === 'ignored' || challenge === undefined) return undefined
  const isS256 = parameters.get('code_challenge_method') === 'S256'
  if (isS256 && /^[\w-]{43}$/.test(challenge)) return undefined
  return {
    title: 'Invalid code challenge',
    detail: 'The code_challenge_method must be S256, and the code_challenge 43 characters long.',
    error: 'invalid_request',
  }
}

function invalidRedirectUri(
  given: string | undefined,
  application: Application,
  { registry }: Identity,
): RequestProblem {
  const registered = registry.redirectUrisOf(application)
  const playground = registry.playgroundUri(application.clientId)
  const details =
    given === undefined
      ? ['The request has no redirect_uri.']
      : [
          'The redirect_uri is not registered for this application. Scheme, host, port, path and a trailing slash must all be the same: 127.0.0.1 and localhost are different, and so is every port.',
          ...[redirectDifference(given, application.redirectUris) ?? []].flat(),
        ]
  return {
    title: 'Invalid redirect URI',
    details,
    comparison: { asked: given ?? '(nothing)', registered, playground },
  }
}
