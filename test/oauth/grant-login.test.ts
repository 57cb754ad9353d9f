import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  createMemoryTokenStore,
  createTokenSet,
  forgetGrant,
  IdentityChangedError,
  saveLogin,
} from '../../src/oauth/index.ts'
import { createFileEmergencyCopy, createFileTokenStore } from '../../src/stores/file.ts'
import { failureOf, key, startGrant } from './grant-fixture.ts'
import { json } from './token-server.ts'

const tokens = createTokenSet({ accessToken: 'access-new', refreshToken: 'refresh-new' })

describe('ST-12: a login in the place of another', () => {
  test('ST-12: of another cTID is refused and changes nothing, unless it is wanted', async () => {
    const store = createMemoryTokenStore()
    await saveLogin({ store, key, tokens, userId: 7 })
    const other = createTokenSet({ accessToken: 'access-other', refreshToken: 'refresh-other' })
    const error = await failureOf(saveLogin({ store, key, tokens: other, userId: 8 }))
    expect(error).toBeInstanceOf(IdentityChangedError)
    expect((await store.load(key))?.tokens.accessToken.reveal()).toBe('access-new')
    await saveLogin({ store, key, tokens: other, userId: 8, replaceOther: true })
    expect(await store.load(key)).toMatchObject({ generation: 2, userId: 8 })
  })

  test('ST-12: of the same cTID replaces the tokens, and a coordinator takes them over', async () => {
    const { store, coordinate } = await startGrant()
    const grant = coordinate()
    const seen = await grant.current()
    await saveLogin({ store, key, tokens, userId: 7 })
    expect((await grant.invalidated(seen)).accessToken.reveal()).toBe('access-new')
  })
})

describe('RV-2: a logout', () => {
  test('RV-2: waits for a refresh in flight, which cannot bring the tokens back', async () => {
    const { server, store, coordinate } = await startGrant()
    const grant = coordinate()
    let leaving: ReturnType<typeof forgetGrant> | undefined
    server.troubles.push((response, request) => {
      leaving = forgetGrant({ store, key })
      json(server.rotate('refresh-1') ?? {})(response, request)
    })
    await grant.refresh()
    expect((await leaving)?.tokens.accessToken.reveal()).toBe('access-2')
    expect(await store.load(key)).toBeUndefined()
    expect(await failureOf(grant.refresh())).toMatchObject({ code: 'NOT_LOGGED_IN' })
    expect(await store.load(key)).toBeUndefined()
  })

  test('RV-6: leaves no copy behind, not even of what is damaged', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ctrader-logout-'))
    onTestFinished(() => rm(root, { recursive: true, force: true }))
    const directory = join(root, 'tokens')
    const emergency = createFileEmergencyCopy({ directory: join(root, 'emergency') })
    const store = createFileTokenStore({ directory })
    const record = await saveLogin({ store, key, tokens })
    await emergency.write({ ...record, generation: 2 })
    await forgetGrant({ store, key, emergency })
    expect((await readdir(directory)).filter((name) => name !== '.locks')).toEqual([])
    expect(await readdir(join(root, 'emergency'))).toEqual([])
    expect(await forgetGrant({ store, key, emergency })).toBeUndefined()
  })
})

test('two programs that log in at once: one login counts, and is whole', async () => {
  const store = createMemoryTokenStore()
  const second = createTokenSet({ accessToken: 'access-2nd', refreshToken: 'refresh-2nd' })
  await Promise.all([saveLogin({ store, key, tokens }), saveLogin({ store, key, tokens: second })])
  const record = await store.load(key)
  expect(record?.generation).toBe(2)
  const pair = [record?.tokens.accessToken.reveal(), record?.tokens.refreshToken?.reveal()]
  expect([
    ['access-new', 'refresh-new'],
    ['access-2nd', 'refresh-2nd'],
  ]).toContainEqual(pair)
})
