import { join } from 'node:path'
import { Secret } from '../index.ts'
import type { GrantKey, TokenStore } from '../oauth/index.ts'
import type { CommandContext } from './context.ts'
import { LoginNeededError } from './errors.ts'
import { type Credentials, configDirectory, type Target, text } from './settings.ts'

/** Where the command keeps its logins. */
export async function openStore(env: NodeJS.ProcessEnv): Promise<TokenStore> {
  const { createFileTokenStore } = await import('../stores/file.ts')
  return createFileTokenStore({ directory: join(configDirectory(env), 'grants') })
}

/** Under which name a login is kept. */
export function grantKey(target: Target, credentials: Credentials): GrantKey {
  return {
    issuer: new URL(target.endpoints.tokenUrl).origin,
    clientId: credentials.clientId,
    // The same consent covers demo and live accounts, and a second one would end the first.
    profile: target.name === 'sandbox' ? 'sandbox' : 'default',
  }
}

/**
 * The access token to use: the variable's, the stored login's, or the sandbox's ready-made one, in this order.
 *
 * @throws {@link LoginNeededError}
 */
export async function findAccessToken(
  context: CommandContext,
  target: Target,
  credentials: Credentials,
): Promise<Secret> {
  const given = text(context.env['CTRADER_ACCESS_TOKEN'])
  if (given !== undefined) return new Secret(given)
  const store = await openStore(context.env)
  const record = await store.load(grantKey(target, credentials))
  if (record !== undefined) return record.tokens.accessToken
  if (target.sandbox !== undefined) return new Secret(target.sandbox.accessToken)
  throw new LoginNeededError(target.name)
}
