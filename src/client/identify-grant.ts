import { type GrantIdentity, getGrantIdentity } from '../accounts/index.ts'
import { type Secret, toSecret } from '../secret.ts'
import { connectSession, type LinkSession } from '../session/index.ts'
import { endpointsFor, type HostAddress, toEnvironment } from './environment.ts'
import type { ClientOptions } from './options.ts'

/** How to reach the server that knows whose a token is. */
export interface IdentifyGrantOptions
  extends Omit<
    ClientOptions,
    'grants' | 'reconnect' | 'whenOffline' | 'connectionsPerHost' | 'probeAfterMs'
  > {
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
  const session = await connectOnce(options)
  try {
    return await getGrantIdentity(session, toSecret(options.accessToken), {
      signal: options.signal,
    })
  } finally {
    await session.close()
  }
}

/** One link that ends when it is lost: whoever waits for the answer wants to hear of it. */
async function connectOnce(options: IdentifyGrantOptions): Promise<LinkSession> {
  const { environment: given, accessToken: _, signal, carrier = 'protobuf-tcp', ...rest } = options
  const { demo, live, ca } = toEnvironment(given)
  let failure: unknown
  for (const endpoint of endpointsFor((demo ?? live) as HostAddress, carrier)) {
    try {
      return await connectSession({
        ...rest,
        endpoint,
        carrier,
        ...(ca === undefined ? {} : { ca }),
        ...(signal === undefined ? {} : { signal }),
      })
    } catch (error) {
      signal?.throwIfAborted()
      failure ??= error
    }
  }
  throw failure
}
