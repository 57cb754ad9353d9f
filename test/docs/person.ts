import { createServer } from 'node:http'
import { consentByHttp } from '../../src/sandbox/index.ts'

/**
 * Gives the consent and returns the address that the browser is sent to, as a person would copy it. For as long as that
 * takes, something else listens there.
 */
export async function addressAfterConsent(
  url: string,
  person: { readonly username: string; readonly password: string },
): Promise<string> {
  const redirectUri = new URL(new URL(url).searchParams.get('redirect_uri') ?? '')
  let seen = ''
  const server = createServer((request, response) => {
    seen = new URL(request.url ?? '', redirectUri).href
    response.end('<title>elsewhere</title>')
  })
  await new Promise<void>((resolve) =>
    server.listen(Number(redirectUri.port), redirectUri.hostname, resolve),
  )
  try {
    await consentByHttp({ url, ...person })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return seen
}
