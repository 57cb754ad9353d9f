import { createSandbox } from '../create-sandbox.ts'
import type { SandboxOptions } from '../options.ts'
import type { Sandbox } from '../sandbox.ts'

type Hook = (call: () => Promise<void>) => unknown

/** The hooks of a test runner: `beforeAll` and so on of vitest and jest, or `before` and `after` of node:test. */
export interface TestHooks {
  readonly beforeAll?: Hook
  readonly before?: Hook
  readonly beforeEach: Hook
  readonly afterAll?: Hook
  readonly after?: Hook
}

/** The sandbox of a test file. */
export interface TestSandbox {
  /** The one that is running. @throws Error outside of the tests */
  readonly sandbox: Sandbox
}

/**
 * One sandbox for a test file, as good as new for every test: before each test it is put back to where it was after it
 * started, which takes a fraction of what starting another takes. It ends with the file.
 *
 * ```ts
 * import { afterAll, beforeAll, beforeEach, test } from 'vitest'
 * const it = useSandbox({ beforeAll, beforeEach, afterAll }, { seed: 7, time: 'owned' })
 * test('...', async () => { await it.sandbox.time.advance(1_000) })
 * ```
 */
export function useSandbox(hooks: TestHooks, options: SandboxOptions = {}): TestSandbox {
  const before = hooks.beforeAll ?? hooks.before
  const after = hooks.afterAll ?? hooks.after
  if (before === undefined || after === undefined) {
    throw new TypeError(
      'useSandbox needs the hooks of the test runner: { beforeAll, beforeEach, afterAll }, or { before, beforeEach, after }.',
    )
  }
  let running: Sandbox | undefined
  before(async () => {
    running = await createSandbox(options)
  })
  hooks.beforeEach(async () => {
    await running?.control.reset()
  })
  after(async () => {
    await running?.close()
    running = undefined
  })
  return {
    get sandbox() {
      if (running === undefined) throw new Error('The sandbox runs only while the tests do.')
      return running
    },
  }
}
