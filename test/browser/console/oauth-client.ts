import type { Sandbox } from '../../../src/sandbox/index.ts'

type Fields = Readonly<Record<string, string>>

export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

/** The address of the consent page for an application. */
export function consentUrl(sandbox: Sandbox, clientId: string, redirectUri: string): string {
  const query = { client_id: clientId, redirect_uri: redirectUri, scope: 'trading', state: 'mine' }
  return `${sandbox.authorizeUrl}?${new URLSearchParams(query)}`
}

/** Asks the token endpoint as programs do, with a form. */
export function askForTokens(
  sandbox: Sandbox,
  { clientId, clientSecret }: Credentials,
  fields: Fields,
): Promise<Response> {
  const body = new URLSearchParams({
    ...{ client_id: clientId, client_secret: clientSecret },
    ...fields,
  })
  return fetch(sandbox.tokenUrl, { method: 'POST', body })
}

export function refresh(sandbox: Sandbox, refreshToken = sandbox.refreshToken): Promise<Response> {
  return askForTokens(sandbox, sandbox, {
    ...{ grant_type: 'refresh_token', refresh_token: refreshToken },
  })
}

export async function bodyOf(answer: Response): Promise<Readonly<Record<string, unknown>>> {
  return (await answer.json()) as Readonly<Record<string, unknown>>
}
