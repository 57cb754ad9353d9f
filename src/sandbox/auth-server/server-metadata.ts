import { authorizePaths, tokenPath } from './addresses.ts'
import type { AuthBehaviour } from './auth-behaviour.ts'

/** What the server says of itself to clients that ask (RFC 8414). */
export function serverMetadata(
  origin: string,
  behaviour: AuthBehaviour,
): Readonly<Record<string, unknown>> {
  const basic = behaviour.clientAuthentication === 'parameters-or-basic'
  return {
    issuer: origin,
    authorization_endpoint: `${origin}${authorizePaths[0]}`,
    token_endpoint: `${origin}${tokenPath}`,
    scopes_supported: ['accounts', 'trading'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: [
      ...(basic ? ['client_secret_basic'] : []),
      'client_secret_post',
    ],
    ...(behaviour.pkce === 'verified' ? { code_challenge_methods_supported: ['S256'] } : {}),
    authorization_response_iss_parameter_supported: behaviour.issuerInRedirect,
  }
}
