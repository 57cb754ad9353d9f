import { type GrantIdentity, getGrantIdentity } from '../accounts/index.ts'
import { systemClock } from '../async/clock.ts'
import { type Secret, toSecret } from '../secret.ts'
import { type HostAddress, toEnvironment } from './environment.ts'
import type { ClientOptions } from './options.ts'
import { SessionPool } from './session-pool.ts'

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
  const { environment: given, accessToken, signal, clock = systemClock, ...rest } = options
  const { demo, live, ca } = toEnvironment(given)
  const pool = new SessionPool({ ...rest, clock, ca })
  try {
    const session = await pool.get((demo ?? live) as HostAddress, signal)
    return await getGrantIdentity(session, toSecret(accessToken), { signal })
  } finally {
    await pool.close()
  }
}
