// Runs the planted leaks, watched like every other test; they must fail.
import { fileURLToPath } from 'node:url'
import { startVitest } from 'vitest/node'

const vitest = await startVitest('test', [], {
  config: false,
  watch: false,
  root: fileURLToPath(new URL('.', import.meta.url)),
  include: ['*.leak.ts'],
  setupFiles: ['../setup.ts'],
  reporters: ['default'],
})
await vitest.close()
