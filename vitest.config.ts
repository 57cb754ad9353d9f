import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Recorded quotes, where there are any; the tests that need them skip visibly without.
const recorded = fileURLToPath(new URL('../shared/data', import.meta.url))
const dataFolder = process.env['CTRADER_TEST_DATA'] ?? (existsSync(recorded) ? recorded : undefined)

export default defineConfig({
  test: {
    // What the tests say may hold none of the secrets they make.
    setupFiles: ['./test/canary/setup.ts'],
    globalSetup: ['./test/canary/global-setup.ts'],
    reporters: ['default', './tools/vitest/tally-reporter.ts'],
    // Processes, not threads: tests send signals, watch exit codes and count open handles.
    pool: 'forks',
    maxWorkers: Math.min(4, availableParallelism()),
    env: dataFolder === undefined ? {} : { CTRADER_TEST_DATA: dataFolder },
    // Nothing here is slow by itself; the limit only ends what hangs, also on a machine that is busy with other things.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    // What must come is waited for; the second that is usual is over before a busy machine gets to it.
    expect: { poll: { timeout: 30_000 } },
    restoreMocks: true,
    unstubEnvs: true,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts', 'src/protocol/generated/**'],
    },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.ts', 'tools/**/*.test.ts'] },
      },
      { extends: true, test: { name: 'integration', include: ['test/**/*.test.ts'] } },
    ],
  },
})
