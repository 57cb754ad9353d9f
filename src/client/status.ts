import type { SessionStatus } from '../session/index.ts'

/** How one of a client's connections stands. */
export interface ConnectionStatus {
  readonly host: string
  /** Which of the connections to that host it is, from 0. */
  readonly index: number
  readonly status: SessionStatus
}
