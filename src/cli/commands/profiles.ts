import { systemClock } from '../../index.ts'
import type { CommandContext } from '../context.ts'
import { openGrantStore, protectionOf } from '../grant-store.ts'
import { readLoginNotes } from '../login-notes.ts'
import { formatMoment } from '../moments.ts'

/** `ctrader profiles`: the logins kept on this machine, of all applications and servers. */
export async function profiles(context: CommandContext): Promise<void> {
  const { output, env } = context
  const { store, directory, kind } = await openGrantStore(context)
  const found = []
  for (const key of await store.list()) {
    const record = await store.load(key)
    if (record === undefined) continue
    const { tokens, status, generation } = record
    const { expiresAt } = tokens
    found.push({
      profile: key.profile ?? null,
      userId: record.userId ?? readLoginNotes(env, key).userId ?? null,
      scope: tokens.scope ?? null,
      status,
      expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
      generation,
      clientId: key.clientId,
      issuer: key.issuer ?? null,
    })
  }
  found.sort((left, right) => (left.profile ?? '').localeCompare(right.profile ?? ''))
  if (found.length === 0) output.note(`No login is kept in ${directory}.`)
  else output.note(`Kept in ${directory}, ${protectionOf(kind)}:`)
  if (found.length === 0 && !output.isJson) return
  output.table(
    [
      { title: 'profile' },
      { title: 'cTrader ID', align: 'right' },
      { title: 'scope' },
      { title: 'access token' },
      { title: 'client id' },
      { title: 'server' },
    ],
    found.map((one) => [
      one.profile ?? '',
      one.userId === null ? 'not known' : String(one.userId),
      one.scope ?? 'not known',
      stateOf(one.status, one.expiresAt),
      one.clientId,
      one.issuer ?? '',
    ]),
    found,
  )
}

function stateOf(status: 'live' | 'dead', expiresAt: string | null): string {
  if (status === 'dead') return 'ended by the server'
  if (expiresAt === null) return 'end not known'
  const moment = Date.parse(expiresAt)
  const word = moment <= systemClock.now() ? 'expired' : 'until'
  return `${word} ${formatMoment(moment)}`
}
