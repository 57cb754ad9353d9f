import { systemClock } from '../../index.ts'
import { forgetGrant, type GrantKey } from '../../oauth/index.ts'
import type { CommandContext } from '../context.ts'
import { type GrantStore, openGrantStore } from '../grant-store.ts'
import { forgetLoginNotes } from '../login-notes.ts'
import { formatMoment } from '../moments.ts'
import { grantKey, readProfile } from '../profile.ts'
import { readClientId, readTarget } from '../target.ts'
import { refuseUnderVariable } from '../variables.ts'

export interface LogoutOptions {
  readonly all?: boolean
}

/** Where a person ends what an application may do: cTrader has no request for it. */
const grantsPage = 'https://id.ctrader.com/my/settings/openapi'

/** `ctrader logout`: forgets the tokens on this machine, and says what goes on without them. */
export async function logout(context: CommandContext, options: LogoutOptions): Promise<void> {
  const { output, env } = context
  refuseUnderVariable(
    env,
    'CTRADER_ACCESS_TOKEN',
    'is not a stored login, so nothing can forget it',
  )
  const grants = await openGrantStore(context)
  const keys = options.all === true ? await grants.store.list() : [readKey(context)]
  const forgotten: Forgotten[] = []
  for (const key of keys) {
    const found = await forget(context, grants, key)
    if (found !== undefined) forgotten.push(found)
  }
  if (output.isJson) return output.json(forgotten)
  if (forgotten.length === 0) output.note('There was no login to forget.')
}

function readKey(context: CommandContext): GrantKey {
  const target = readTarget(context)
  return grantKey(target, readClientId(context, target), readProfile(context, target))
}

interface Forgotten {
  readonly profile: string | undefined
  readonly clientId: string
  /** Until when the access token goes on working for whoever has it; null when that is not known. */
  readonly accessTokenValidUntil: string | null
}

async function forget(
  { output, env, signal }: CommandContext,
  grants: GrantStore,
  key: GrantKey,
): Promise<Forgotten | undefined> {
  // Waits for a refresh under way, which would write new tokens afterwards.
  const record = await forgetGrant({ ...grants, key, signal })
  forgetLoginNotes(env, key)
  if (record === undefined) return undefined
  const { profile, clientId } = key
  const { expiresAt } = record.tokens
  output.note(`The login "${profile}" is forgotten on this machine.`)
  const until = expiresAt === undefined ? 'for a time that is not known' : formatMoment(expiresAt)
  if (record.status === 'live' && (expiresAt ?? Number.POSITIVE_INFINITY) > systemClock.now()) {
    output.note(
      `The consent itself remains: whoever has a copy of the access token can use it ${expiresAt === undefined ? '' : 'until '}${until}, and a copy of the refresh token renews it. To end both, remove the application at ${grantsPage}.`,
    )
  }
  return {
    profile,
    clientId,
    accessTokenValidUntil: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
  }
}
