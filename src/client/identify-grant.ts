import { type GrantIdentity, getGrantIdentity } from '../accounts/index.ts'
import type { Secret } from '../secret.ts'
import { toSecret } from '../secret.ts'
import { connectSession } from '../session/index.ts'
import { type HostAddress, toEnvironment } from './environment.ts'
import type { ClientOptions } from './options.ts'

/** How to reach the server that knows whose a token is. */
export interface IdentifyGrantOptions extends Omit<ClientOptions, 'grants'> {
  readonly accessToken: string | Secret
}

/**
 * Says whose grant an access token is: the cTrader ID, the scope and the accounts. Connects, asks and closes. Show it to
 * the person before you keep a grant: the consent page may have been open under another cTrader ID.
 *
 * @throws `RequestRefusedError` when the server refuses the application or the token, and the transport's errors when it
 * cannot be reached
 */
export async function identifyGrant(options: IdentifyGrantOptions): Promise<GrantIdentity> {
  const { environment: given, accessToken, signal, ...rest } = options
  const { demo, live, ca } = toEnvironment(given)
  const endpoint = (demo ?? live) as HostAddress
  const session = await connectSession({
    ...rest,
    endpoint,
    ...(ca === undefined ? {} : { ca }),
    ...(signal === undefined ? {} : { signal }),
  })
  try {
    return await getGrantIdentity(session, toSecret(accessToken), { signal })
  } finally {
    await session.close()
  }
}
