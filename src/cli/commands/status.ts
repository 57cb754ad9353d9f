import { type GrantIdentity, identifyGrant, type Secret, systemClock } from '../../index.ts'
import { accountColumns, accountRow } from '../account-table.ts'
import type { CommandContext } from '../context.ts'
import { LoginNeededError } from '../errors.ts'
import { protectionOf } from '../grant-store.ts'
import { writeLoginNotes } from '../login-notes.ts'
import { findLogin, type LoginStatus } from '../login-status.ts'
import { formatLength, formatMoment } from '../moments.ts'
import { readSeconds } from '../option-values.ts'
import { grantKey } from '../profile.ts'
import { readCredentials, readTarget, type Target } from '../target.ts'
import { formatTable } from '../text-table.ts'

export interface StatusOptions {
  readonly check?: boolean
}

/**
 * `ctrader status`: who is logged in, for what, until when, and where that is kept. The server is asked only with
 * `--check`; then what it says replaces what is remembered.
 */
export async function status(context: CommandContext, options: StatusOptions): Promise<void> {
  const { output } = context
  const target = readTarget(context)
  const found = await findLogin(context, target)
  const { accessToken } = found
  const check = options.check === true && accessToken !== undefined
  const checked = check ? await askServer(context, target, accessToken) : undefined
  const known =
    checked?.identity === undefined ? found.status : renew(found.status, checked.identity)
  if (checked?.identity !== undefined && known.source === 'stored login') {
    writeLoginNotes(context.env, grantKey(target, known.clientId, known.profile), {
      ...checked.identity,
      seenAt: systemClock.now(),
    })
  }
  if (output.isJson) output.json({ ...known, check: checked?.result ?? 'not asked' })
  else describe(context, known, checked?.result)
  if (checked?.error !== undefined) throw checked.error
  if (!known.loggedIn) throw new LoginNeededError(target.name, sentences[known.state])
}

const sentences: Readonly<Record<LoginStatus['state'], string>> = {
  valid: 'The login is valid.',
  none: 'Nobody is logged in.',
  expired: 'The access token has expired.',
  ended: 'The stored login has been ended by the server.',
}

interface Checked {
  readonly result: 'accepted' | 'failed'
  readonly identity?: GrantIdentity
  readonly error?: unknown
}

async function askServer(
  context: CommandContext,
  target: Target,
  accessToken: Secret,
): Promise<Checked> {
  const timeoutMs = readSeconds('--timeout', context.options.timeout)
  try {
    const identity = await identifyGrant({
      environment: target.environment,
      carrier: target.carrier,
      application: readCredentials(context, target),
      accessToken,
      signal: context.signal,
      ...(timeoutMs === undefined
        ? {}
        : { requestTimeoutMs: timeoutMs, connectTimeoutMs: timeoutMs }),
    })
    return { result: 'accepted', identity }
  } catch (error) {
    return { result: 'failed', error }
  }
}

function renew(status: LoginStatus, { userId, scope, accounts }: GrantIdentity): LoginStatus {
  const accountsSeenAt = new Date(systemClock.now()).toISOString()
  return { ...status, userId, scope: scope ?? status.scope, accounts, accountsSeenAt }
}

function describe(
  { output }: CommandContext,
  status: LoginStatus,
  check: Checked['result'] | undefined,
): void {
  const say = (name: string, value: string): void =>
    output.line(`${output.paint('dim', name.padEnd(14))}${value}`)
  say('profile', `${status.profile}, for ${status.environment}`)
  say('application', status.clientId)
  if (status.source === null) return
  say('token from', status.source)
  say(
    'cTrader ID',
    status.userId === null ? 'not known; --check asks the server' : `${status.userId}`,
  )
  say('scope', status.scope ?? 'not known')
  say('access token', stateOf(status, check))
  if (status.source === 'stored login') {
    say(
      'renewal',
      status.renewable ? 'a refresh token, which works once' : 'not possible: log in again in time',
    )
    say('stored in', `${status.store.location}, ${protectionOf(status.store.kind)}`)
  }
  if (status.accounts === null) return
  const seen = status.accountsSeenAt === null ? '' : `, as of ${status.accountsSeenAt.slice(0, 10)}`
  say('accounts', `${status.accounts.length}${seen}`)
  const [titles = '', ...rows] = formatTable(accountColumns, status.accounts.map(accountRow))
  output.line(`  ${output.paint('dim', titles)}`)
  for (const row of rows) output.line(`  ${row}`)
}

function stateOf(status: LoginStatus, check: Checked['result'] | undefined): string {
  const { state, expiresAt, tokenFingerprint } = status
  const moment = expiresAt === null ? undefined : Date.parse(expiresAt)
  const said = check === 'accepted' ? ', accepted by the server' : ''
  const which = `fingerprint ${tokenFingerprint}${said}`
  if (state === 'ended') return `ended by the server, ${which}`
  if (moment === undefined) return `end not known, ${which}`
  if (state === 'expired') return `expired on ${formatMoment(moment)}, ${which}`
  const left = formatLength(moment - systemClock.now())
  return `until ${formatMoment(moment)}, ${left} left, ${which}`
}
