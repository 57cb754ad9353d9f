/**
 * The sandbox in tests: one for a test file, as good as new for every test, and assertions about what went over it. For
 * vitest, jest, node:test and whatever else has hooks.
 *
 * @packageDocumentation
 */

export type {
  ClientUnderTest,
  ConnectionDetails,
  OrderOutcome,
  StartClient,
} from './conformance/client-under-test.ts'
export {
  type ConformanceOptions,
  type ConformanceReport,
  type ConformanceResult,
  conformanceScenarios,
  runConformance,
} from './conformance/run-conformance.ts'
export type { Patience } from './conformance/scenario.ts'
export {
  assertReceived,
  assertSent,
  type MatcherResult,
  type SandboxMatchers,
  type SeenOptions,
  sandboxMatchers,
} from './matchers.ts'
export { type TestHooks, type TestSandbox, useSandbox } from './use-sandbox.ts'
