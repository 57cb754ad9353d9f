import type { Endpoint } from '../../transport/index.ts'
import type { LiveSession } from '../live-session.ts'

/** One link of a session that heals itself. What was begun on one link never goes on on the next. */
export interface Connection {
  readonly live: LiveSession
  readonly endpoint: Endpoint
  /** Counts the links, from 1. */
  readonly generation: number
  /** Calls back when the link is over. Returns a function that stops it. */
  onOver(call: () => void): () => void
}
