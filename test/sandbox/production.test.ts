import { expect, test, vi } from 'vitest'
import { createSandbox, SandboxInProductionError } from '../../src/sandbox/index.ts'

test('a sandbox does not start where production runs', async () => {
  vi.stubEnv('NODE_ENV', 'production')
  const failure = await createSandbox().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(SandboxInProductionError)
  expect(String(failure)).toContain('NODE_ENV')
  vi.stubEnv('NODE_ENV', 'test')
  await (await createSandbox()).close()
})
