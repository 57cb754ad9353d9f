import type { JournalQuery } from '../control/index.ts'
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
 * Matchers for vitest and jest: `expect.extend(sandboxMatchers)`, then
 *
 * - `expect(sandbox).toHaveReceived('newOrder', { times: 1 })`: what clients said
 * - `expect(sandbox).toHaveSent('ProtoOAErrorRes')`: what the sandbox said
 *
 * Both look into the journal; a failure shows what is in it instead.
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
): void {
  const asked: JournalQuery = { ...query, direction, message }
  const count = control.journal.count(asked)
  if (times === undefined && count > 0) return
  control.journal.expect(asked, times ?? 1)
}

function match(
  sandbox: unknown,
  direction: 'received' | 'sent',
  message: string | number,
  options: SeenOptions = {},
): MatcherResult {
  if (typeof sandbox !== 'object' || sandbox === null || !('control' in sandbox)) {
    return { pass: false, message: () => 'This matcher is about a sandbox: expect(sandbox).' }
  }
  try {
    assertSeen(sandbox as JournalHolder, direction, message, options)
    const often = options.times === undefined ? '' : ` ${options.times} times`
    return { pass: true, message: () => `${message} was ${direction}${often}.` }
  } catch (error) {
    return { pass: false, message: () => (error as Error).message }
  }
}
