import type { ManualClock } from '../../../src/async/manual-clock.ts'
import type { RequestName } from '../../../src/protocol/index.ts'
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/index.ts'
import type { Answer, Probe } from './probe.ts'

/** How far a connection has come before the request is sent. */
export type State = 'connected' | 'application' | 'account'

/** A connection in its state, to a sandbox whose clock stands still. */
export interface Scene extends Probe {
  readonly sandbox: Sandbox
  readonly clock: ManualClock
  /** The account that requests are about: the first one of the demo host. */
  readonly account: number
  /** Sends a request about the account. */
  askAccount(name: string, fields?: object): Promise<Answer>
}

/** The fields of a request, or what has to happen before they are known. */
export type Fields = object | ((scene: Scene) => object | Promise<object>)

interface Setting {
  /** Named where the sandbox is changed, or is to be another one; all other rows share one. */
  readonly own?: SandboxOptions
  /** When it is in a sandbox of its own, where that matters. */
  readonly at?: string
  /** Left out: what the request's scope needs. */
  readonly state?: State
  /** In place of the ready-made access token. */
  readonly token?: (sandbox: Sandbox) => string
  readonly fields: Fields
  /** Whether the request is sent without any field, required ones included. */
  readonly empty?: boolean
}

/** Through which message a refusal is told. */
export type Channel = 'error' | 'order-error' | 'event'

/** One documented failure of one request: how it comes about, and how it is told. */
export interface FailureRow extends Setting {
  readonly request: RequestName
  /** As the list of documented failures names it. */
  readonly failure: string
  readonly channel: Channel
  readonly code: string
  readonly text?: string | RegExp
  /** Whether the connection is closed behind it. */
  readonly closes?: boolean
  /** Where the refusal comes after something else that carries the id: what makes it come. */
  readonly meanwhile?: (scene: Scene) => void
}

/** How a request succeeds. */
export interface SuccessRow extends Setting {
  /** What the answer holds. */
  readonly answer: object
}
