import { describe, expect, test } from 'vitest'
import { deferred } from '../../src/async/deferred.ts'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { createClient } from '../../src/index.ts'
import { openBroker, startBroker } from './broker.ts'

const silent = {
  current: () => new Promise<never>(() => {}),
  replace: () => new Promise<never>(() => {}),
  onChange: () => () => {},
}

/** A source that never answers, and when it was asked. */
function silentSource() {
  const asked = deferred<void>()
  const current = (): Promise<never> => {
    asked.resolve()
    return silent.current()
  }
  return { source: { ...silent, current }, asked: asked.promise }
}

describe('a source of tokens', () => {
  test('that never answers is given up with the deadline, and heard of by its place', async () => {
    const clock = new ManualClock()
    const { options } = await startBroker({ clock })
    const { source, asked } = silentSource()
    const made = createClient({ ...options, grants: [source], requestTimeoutMs: 1_000 })
    const failed = expect(made).rejects.toMatchObject({
      ...{ code: 'TOKEN_SOURCE_FAILED', facts: { index: 0 } },
    })
    await asked
    clock.advance(1_000)
    await failed
  })

  test('that never answers does not deafen the client to its signal', async () => {
    const { options, peer } = await startBroker()
    const stop = new AbortController()
    const { source, asked } = silentSource()
    const made = createClient({ ...options, grants: [source], signal: stop.signal })
    const failed = expect(made).rejects.toThrow('enough')
    await asked
    stop.abort(new Error('enough'))
    await failed
    await (await peer.connection()).closed
  })

  test('that gives junk or throws is said, and keeps no other grant from working', async () => {
    const junk = { ...silent, current: () => Promise.resolve({}) } as never
    const throwing = { ...silent, current: () => Promise.reject(new Error('boom')) }
    const grants = [junk, throwing, { accessToken: 'token' }]
    const { client } = await openBroker({ client: { grants } })
    expect(client.accounts).toHaveLength(2)
    expect(client.failedGrants).toMatchObject([
      { index: 0, error: { code: 'TOKEN_SOURCE_FAILED' } },
      { index: 1, error: { code: 'TOKEN_SOURCE_FAILED', cause: { message: 'boom' } } },
    ])
  })
})

describe('what cannot be meant is refused', () => {
  const secret = 'q9XvT0aRk2LmZ7yWc4NsQ1bE5hGjUoPi8DfK3tVx6A'

  test.each([
    ['no grant in the list', { grants: [null] }, 'grants[0] is neither a token nor a source'],
    ['half a source', { grants: [{ current: () => {} }] }, 'grants[0] is neither'],
    ['a misspelt delay', { reconnect: { firstMs: -1 } }, 'reconnect has no option "firstMs".'],
    ['a token as environment', { environment: secret }, 'There is no environment a text of 42'],
    ['a name every object has', { environment: 'toString' }, 'no environment "toString".'],
    ['a token as an option', { [secret]: true }, 'createClient has no option a text of 42'],
  ])('%s', async (_name, given, message) => {
    const { options } = await startBroker()
    const error = await createClient({ ...options, ...given } as never).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect((error as Error).message).toContain(message)
    expect(JSON.stringify(error)).not.toContain(secret)
  })
})

test('a status can be watched by many without a warning, until the client is closed', async () => {
  const warnings: string[] = []
  const warn = (warning: Error): void => void warnings.push(warning.name)
  process.on('warning', warn)
  const { client } = await openBroker()
  const watching = Array.from({ length: 20 }, () => client.watchStatus())
  await client.close()
  for (const statuses of watching) {
    for await (const { status } of statuses) expect(status.phase).toBeDefined()
  }
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', warn)
  expect(warnings).toEqual([])
})
