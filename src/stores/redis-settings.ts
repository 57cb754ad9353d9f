import type { Logger } from '../log.ts'
import { OAuthConfigurationError } from '../oauth/errors.ts'
import type { RedisClient } from './redis-driver.ts'

/**
 * Refuses a server that throws records away when its memory is full, and warns of one that forgets them when it ends.
 *
 * @throws OAuthConfigurationError
 */
export async function requireKeptRecords(client: RedisClient, logger: Logger): Promise<void> {
  const policy = await settingOf(client, 'maxmemory-policy')
  if (policy === undefined) {
    logger.warn(
      {},
      'The settings of Redis cannot be read: see that its eviction policy is noeviction.',
    )
    return
  }
  if (policy.startsWith('allkeys-')) {
    throw new OAuthConfigurationError(
      `Redis may evict the tokens when its memory is full (maxmemory-policy ${policy}).`,
      { facts: { policy }, remedy: 'Set maxmemory-policy to noeviction, or use another server.' },
    )
  }
  const [appendOnly, appendSync] = await Promise.all([
    settingOf(client, 'appendonly'),
    settingOf(client, 'appendfsync'),
  ])
  if (appendOnly === 'yes' && appendSync === 'always') return
  logger.warn(
    { appendOnly, appendSync },
    'Redis can lose the last tokens when its machine goes down: set appendonly yes and appendfsync always.',
  )
}

async function settingOf(client: RedisClient, name: string): Promise<string | undefined> {
  let answer: unknown
  try {
    answer = await client.sendCommand(['CONFIG', 'GET', name])
  } catch (error) {
    // Managed servers forbid the question; a connection that is gone is found out by the next command.
    const text = error instanceof Error ? error.message : ''
    if (/^(NOPERM|ERR unknown)/.test(text)) return undefined
    throw error
  }
  // A list in the older protocol, a map in the newer one.
  if (Array.isArray(answer)) return typeof answer[1] === 'string' ? answer[1] : undefined
  if (typeof answer !== 'object' || answer === null) return undefined
  const value: unknown = answer instanceof Map ? answer.get(name) : Reflect.get(answer, name)
  return typeof value === 'string' ? value : undefined
}
