import { expect, onTestFinished, test } from 'vitest'
import { createClient } from '../../src/index.ts'
import {
  createGrantCoordinator,
  createMemoryTokenStore,
  createTokenSet,
  type GrantCoordinator,
  type RefreshDoor,
} from '../../src/oauth/index.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'

/** A coordinator of the sandbox's ready-made grant. */
async function coordinate(sandbox: Sandbox, door: RefreshDoor): Promise<GrantCoordinator> {
  const { clientId, clientSecret, accessToken, refreshToken, authorizeUrl, tokenUrl } = sandbox
  const store = createMemoryTokenStore()
  const key = { clientId, profile: 'default' }
  const tokens = createTokenSet({ accessToken, refreshToken, scope: 'trading' })
  await store.save(
    { key, generation: 1, tokens, userId: undefined, status: 'live', intent: undefined },
    0,
  )
  const grant = createGrantCoordinator({
    store,
    key,
    door,
    application: { clientId, clientSecret },
    endpoints: { authorizeUrl, tokenUrl, allowInsecureLoopback: true },
  })
  onTestFinished(() => grant.close())
  return grant
}

test.each(['https', 'socket'] as const)(
  'a grant renewed over %s while its accounts stream: they go on with the new token, and nobody renews again',
  async (door) => {
    await using sandbox = await createSandbox({ seed: 21 })
    const grant = await coordinate(sandbox, door)
    const started: RefreshDoor[] = []
    grant.onEvent((event) => {
      if (event.type === 'refreshStarted') started.push(event.door)
    })
    await using client = await createClient({ ...sandbox.clientOptions(), grants: [grant] })
    const demo = await client.account(
      sandbox.accounts.find(({ isLive }) => !isLive)?.accountId ?? 0,
    )
    const live = await client.account(sandbox.accounts.find(({ isLive }) => isLive)?.accountId ?? 0)
    const quotes = demo.watchQuotes(['EURUSD'])
    await quotes.next()
    const back = [demo, live].map(
      ({ session, accountId }) =>
        new Promise<void>((resolve) => {
          session.onRestored((restored) => {
            if (restored === accountId) resolve()
          })
        }),
    )
    await grant.refresh()
    await Promise.all(back)
    for (const { session, accountId } of [demo, live]) {
      expect(await session.ready()).toMatchObject({ accounts: [accountId], missing: [] })
      expect(session.status).toMatchObject({ generation: 1 })
    }
    for (let index = 0; index < 2; index++) expect((await quotes.next()).done).toBe(false)
    expect((await grant.current()).generation).toBe(2)
    expect(started).toEqual([door])
    await quotes.return()
  },
)
