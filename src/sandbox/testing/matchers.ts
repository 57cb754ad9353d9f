import {
  describeEntry,
  type JournalEntry,
  JournalMismatchError,
  type JournalQuery,
} from '../control/index.ts'
import type { Sandbox } from '../sandbox.ts'

/** What a matcher of `expect.extend` gives back. */
export interface MatcherResult {
  readonly pass: boolean
  message(): string
}

/** How often, and what else must hold. */
export interface SeenOptions extends Omit<JournalQuery, 'message' | 'direction'> {
  /** @defaultValue at least once */
  readonly times?: number
}

type JournalHolder = Pick<Sandbox, 'control'>

/**
 * The matchers as `expect(sandbox)` has them, for the types of a test runner. In TypeScript with vitest:
 *
 * ```ts no-check
 * declare module 'vitest' {
 *   interface Matchers<T = any> extends SandboxMatchers {}
 * }
 * ```
 *
 * With jest it is the interface of the same name in the module `expect`:
 *
 * ```ts no-check
 * declare module 'expect' {
 *   interface Matchers<R extends void | Promise<void>, T = unknown> extends SandboxMatchers<R> {}
 * }
 * ```
 */
export interface SandboxMatchers<R = void> {
  /** Whether clients said it: a request (`newOrder`), a message (`ProtoOANewOrderReq`) or a payload type (2106). */
  toHaveReceived(message: string | number, options?: SeenOptions): R
  /** Whether the sandbox said it. */
  toHaveSent(message: string | number, options?: SeenOptions): R
}

/**
 * Matchers for vitest and jest: `expect.extend(sandboxMatchers)`, then
 *
 * - `expect(sandbox).toHaveReceived('newOrder', { times: 1 })`: what clients said
 * - `expect(sandbox).toHaveSent('ProtoOAErrorRes')`: what the sandbox said
 *
 * Both look into the journal; a failure shows what is in it instead. What is no sandbox, a message that there is not and an
 * option that there is not fail the test with `.not` as well.
 */
export const sandboxMatchers = {
  toHaveReceived: (sandbox: JournalHolder, message: string | number, options?: SeenOptions) =>
    match(sandbox, 'received', message, options),
  toHaveSent: (sandbox: JournalHolder, message: string | number, options?: SeenOptions) =>
    match(sandbox, 'sent', message, options),
}

/**
 * The same for runners without matchers, such as node:test: throws when the sandbox has not received what it should.
 *
 * @throws JournalMismatchError
 */
export function assertReceived(
  sandbox: JournalHolder,
  message: string | number,
  options: SeenOptions = {},
): void {
  assertSeen(sandbox, 'received', message, options)
}

/** Throws when the sandbox has not sent what it should. @throws JournalMismatchError */
export function assertSent(
  sandbox: JournalHolder,
  message: string | number,
  options: SeenOptions = {},
): void {
  assertSeen(sandbox, 'sent', message, options)
}

function assertSeen(
  { control }: JournalHolder,
  direction: 'received' | 'sent',
  message: string | number,
  { times, ...query }: SeenOptions,
): readonly JournalEntry[] {
  const asked: JournalQuery = { ...query, direction, message }
  const found = control.journal.entries(asked)
  if (times === undefined && found.length > 0) return found
  return control.journal.expect(asked, times ?? 1)
}

function match(
  sandbox: unknown,
  direction: 'received' | 'sent',
  message: string | number,
  options: SeenOptions = {},
): MatcherResult {
  // Thrown, and not told as a mismatch: with `.not` a mismatch would let the test pass.
  if (typeof sandbox !== 'object' || sandbox === null || !('control' in sandbox)) {
    throw new TypeError('This matcher is about a sandbox: expect(sandbox).')
  }
  try {
    const found = assertSeen(sandbox as JournalHolder, direction, message, options)
    const often = options.times === undefined ? '' : ` ${options.times} times`
    const shown = found.slice(-12).map(describeEntry).join('; ')
    return {
      pass: true,
      message: () =>
        `${message} was ${direction}${often}, and should not have been. Found: ${shown || 'none'}.`,
    }
  } catch (error) {
    if (!(error instanceof JournalMismatchError)) throw error
    return { pass: false, message: () => error.message }
  }
}
