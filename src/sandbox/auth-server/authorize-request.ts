import type { Application, Identity, Scope } from '../identity/index.ts'
import { isMalformed, readParameters } from './parameters.ts'

/** An authorization request that may be shown to a person. */
export interface AuthorizeRequest {
  readonly application: Application
  /** Exactly as registered. */
  readonly redirectUri: string
  readonly scope: Scope
  readonly state: string | undefined
  /** `product=web`: the page is embedded, so it comes without header and footer. */
  readonly bare: boolean
}

/** An authorization request that ends on a page of ours: nothing is sent to a redirect URI that was not checked. */
export interface RequestProblem {
  readonly title: string
  /** Paragraphs for the developer who is looking at it. */
  readonly details: readonly string[]
  /** What was asked for and what would have been right. */
  readonly comparison?: { readonly asked: string; readonly registered: readonly string[] }
}

/** Checks what the original checks, in this order: application, redirect URI, scope. */
export function readAuthorizeRequest(
  query: string,
  identity: Identity,
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
  if (redirectUri === undefined || !application.redirectUris.includes(redirectUri)) {
    return invalidRedirectUri(redirectUri, application)
  }
  const scope = parameters.get('scope')
  if (scope !== 'accounts' && scope !== 'trading') {
    return {
      title: 'Invalid scope',
      details: ['The scope must be exactly one of accounts (reading only) and trading.'],
    }
  }
  const responseType = parameters.get('response_type')
  if (responseType !== undefined && responseType !== 'code') {
    return {
      title: 'Unsupported response type',
      details: ['The only response_type there is is code; it may also be left out.'],
    }
  }
  const bare = parameters.get('product') === 'web'
  return { application, redirectUri, scope, state: parameters.get('state'), bare }
}

export function isProblem(outcome: AuthorizeRequest | RequestProblem): outcome is RequestProblem {
  return 'title' in outcome
}

function invalidRedirectUri(given: string | undefined, application: Application): RequestProblem {
  return {
    title: 'Invalid redirect URI',
    details: [
      given === undefined
        ? 'The request has no redirect_uri.'
        : 'The redirect_uri is not registered for this application. Scheme, host, port, path and a trailing slash must all be the same: 127.0.0.1 and localhost are different, and so is every port.',
    ],
    comparison: { asked: given ?? '(nothing)', registered: application.redirectUris },
  }
}
