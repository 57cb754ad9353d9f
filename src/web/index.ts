/**
 * The login for web applications with many users: handlers that take a `Request` and give a `Response`.
 *
 * @packageDocumentation
 */

export {
  createMemoryFlowStore,
  type FlowEntry,
  type FlowKind,
  type FlowLimits,
  type FlowStore,
} from './flow-store.ts'
export {
  type ConfirmedGrant,
  type ExtraHeaders,
  GrantLinkedElsewhereError,
  type WebLoginOptions,
  type WebLoginStep,
} from './options.ts'
export {
  escapeHtml,
  renderWebLoginPage,
  type WebLoginPage,
  type WebLoginPageName,
  type WebLoginPageRenderer,
} from './pages.ts'
export type { WebLoginOutcome } from './return-path.ts'
export { createWebLogin, type WebLogin } from './web-login.ts'
