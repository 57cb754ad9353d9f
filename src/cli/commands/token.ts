import { systemClock } from '../../index.ts'
import type { CommandContext } from '../context.ts'
import { UsageError } from '../errors.ts'
import { findAccessToken } from '../grant.ts'
import { openGrantStore } from '../grant-store.ts'
import { grantKey, readProfile } from '../profile.ts'
import { readCredentials, readTarget } from '../target.ts'
import { readVariable } from '../variables.ts'

export interface TokenOptions {
  readonly show?: boolean
}

/** `ctrader token`: the access token and nothing else, for other programs. Never the refresh token. */
export async function token(context: CommandContext, options: TokenOptions): Promise<void> {
  const { output, env } = context
  if (output.isOnTerminal && options.show !== true) {
    throw new UsageError(
      'The access token is not shown on a screen, where others and the scroll-back can see it.',
      'Pipe it to the program that needs it, or say --show.',
    )
  }
  const target = readTarget(context)
  const credentials = readCredentials(context, target)
  const isGiven = readVariable(env, 'CTRADER_ACCESS_TOKEN') !== undefined
  const grants = isGiven ? undefined : await openGrantStore(context)
  const accessToken = (await findAccessToken(context, target, credentials, grants)).reveal()
  if (!output.isJson) return output.line(accessToken)
  const record = await grants?.store.load(
    grantKey(target, credentials.clientId, readProfile(context, target)),
  )
  const isStored = record?.tokens.accessToken.reveal() === accessToken
  const expiresAt = isStored ? record?.tokens.expiresAt : undefined
  output.json({
    accessToken,
    tokenType: 'bearer',
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    expiresIn:
      expiresAt === undefined
        ? null
        : Math.max(0, Math.floor((expiresAt - systemClock.now()) / 1000)),
    scope: (isStored ? record?.tokens.scope : undefined) ?? null,
    source: sourceOf(env, isStored),
  })
}

function sourceOf(env: NodeJS.ProcessEnv, isStored: boolean): string {
  if (readVariable(env, 'CTRADER_ACCESS_TOKEN') !== undefined) return 'CTRADER_ACCESS_TOKEN'
  return isStored ? 'stored login' : "the sandbox's line"
}
