import { onTestFinished } from 'vitest'
import {
  createGrantCoordinator,
  createMemoryTokenStore,
  type GrantCoordinator,
  type GrantCoordinatorOptions,
  type GrantEvent,
  type GrantKey,
  type TokenRecord,
  type TokenStore,
} from '../../src/oauth/index.ts'
import { GrantServer } from './grant-server.ts'

export const application = { clientId: '7_id', clientSecret: 'the-client-secret' }
export const key: GrantKey = { clientId: '7_id', profile: 'default' }

/** A server, a store with a login in it, and coordinators of that grant. All end with the test. */
export async function startGrant(
  options: {
    readonly store?: TokenStore
    readonly lifetimeSeconds?: number
    readonly now?: number
  } = {},
) {
  const { store = createMemoryTokenStore(), lifetimeSeconds, now } = options
  const server = await GrantServer.start(lifetimeSeconds)
  onTestFinished(() => server.close())
  await store.save(recordOf(server, now), 0)
  const events: GrantEvent[] = []
  const coordinate = (changes: Partial<GrantCoordinatorOptions> = {}): GrantCoordinator => {
    const grant = createGrantCoordinator({
      store,
      key,
      application,
      endpoints: server.endpoints(),
      replayPauseMs: 5,
      closeTimeoutMs: 2_000,
      ...changes,
    })
    grant.onEvent((event) => events.push(event))
    onTestFinished(() => grant.close())
    return grant
  }
  return { server, store, events, coordinate }
}

/** The pair of the server as a login leaves it. */
export function recordOf(server: GrantServer, now?: number): TokenRecord {
  const tokens = server.pair(now)
  return { key, generation: 1, tokens, userId: undefined, status: 'live', intent: undefined }
}

/** What a promise was rejected with. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
}
