import { HealingSession } from './healing-session.ts'
import type { ReconnectingSession } from './reconnecting-session.ts'
import { type OpenSessionOptions, resolveOpenOptions } from './recovery/reconnect-options.ts'

/**
 * Opens a session that heals itself: connects, authenticates the application, and does so again whenever the link is
 * lost.
 *
 * @throws what the first attempt failed with, as `connectSession` does, unless `waitForFirst` is set; then only what
 * makes it give up. No socket and no timer is left behind.
 *
 * @example
 * const session = await openSession({ endpoint: { host: 'demo.ctraderapi.com', port: 5035 }, application })
 * await session.authorizeAccount(accountId, accessToken)
 * for await (const status of session.watchStatus()) console.log(status.phase)
 */
export async function openSession(options: OpenSessionOptions): Promise<ReconnectingSession> {
  const session = new HealingSession(resolveOpenOptions(options))
  await session.open(options.signal)
  return session
}
