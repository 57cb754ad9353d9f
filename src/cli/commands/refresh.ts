import type { CommandContext } from '../context.ts'
import { LoginNeededError } from '../errors.ts'
import { coordinate } from '../grant.ts'
import { openGrantStore } from '../grant-store.ts'
import { formatMoment } from '../moments.ts'
import { grantKey, readProfile } from '../profile.ts'
import { readCredentials, readTarget } from '../target.ts'
import { refuseUnderVariable } from '../variables.ts'

/** `ctrader refresh`: trades the stored tokens for new ones now. */
export async function refresh(context: CommandContext): Promise<void> {
  const { output, env, signal } = context
  refuseUnderVariable(env, 'CTRADER_ACCESS_TOKEN', 'is not a stored login, so it cannot be renewed')
  const target = readTarget(context)
  const credentials = readCredentials(context, target)
  const profile = readProfile(context, target)
  const key = grantKey(target, credentials.clientId, profile)
  const grants = await openGrantStore(context)
  const before = await grants.store.load(key)
  if (before === undefined) throw new LoginNeededError(target.name)
  const grant = coordinate(grants, key, target, credentials)
  try {
    const { generation } = await grant.refresh({ signal })
    const { expiresAt } = grant.health()
    const until = expiresAt === undefined ? '' : `, until ${formatMoment(expiresAt)}`
    output.note(`The login "${profile}" has new tokens${until}.`)
    output.note('Programs that were using the old ones authorise their accounts again.')
    if (!output.isJson) return
    output.json({
      profile,
      generation,
      expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    })
  } finally {
    await grant.close()
  }
}
