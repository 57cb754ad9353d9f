import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { InvalidArgumentError } from '../../src/index.ts'
import {
  authorizeManually,
  authorizeWithLoopback,
  createGrantCoordinator,
  createMemoryTokenStore,
} from '../../src/oauth/index.ts'
import { createFileTokenStore } from '../../src/stores/file.ts'
import { createKeychainTokenStore } from '../../src/stores/keychain.ts'
import { createPostgresTokenStore } from '../../src/stores/postgres.ts'
import { createRedisTokenStore } from '../../src/stores/redis.ts'
import { createWebLogin } from '../../src/web/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'ctrader-misspelt-'))
const application = { clientId: 'id', clientSecret: 'secret-canary' }
const key = { clientId: 'id', profile: 'default' }

afterAll(() => rmSync(directory, { recursive: true }))

// Each of these went on without what its author meant: tokens in the clear, tokens that nobody saved.
test.each<[string, string, (options: never) => unknown, object]>([
  ['encription', 'encryption', createFileTokenStore, { directory }],
  ['encription', 'encryption', createPostgresTokenStore, { connectionString: 'postgres://x' }],
  ['encription', 'encryption', createRedisTokenStore, { url: 'redis://x' }],
  ['acount', 'account', createKeychainTokenStore, { directory }],
  [
    'emergencyCopy',
    'emergency',
    createGrantCoordinator,
    { store: createMemoryTokenStore(), key, application },
  ],
  ['saves', 'save', authorizeWithLoopback, { application, scope: 'accounts', redirectUris: [] }],
  ['saves', 'save', authorizeManually, { application, scope: 'accounts', ask: () => '' }],
  ['returnPath', 'returnPaths', createWebLogin, { application }],
])('%s in place of %s is refused', async (wrong, right, call, others) => {
  const attempt = Promise.resolve().then(() => call({ ...others, [wrong]: 'canary' } as never))
  const error = await attempt.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(InvalidArgumentError)
  expect((error as Error).message).toBe(
    `${call.name} has no option "${wrong}". Did you mean ${right}?`,
  )
  expect(readdirSync(directory)).toEqual([])
})
