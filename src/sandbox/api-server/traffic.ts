import type { EnvelopeName } from '../../protocol/index.ts'
import type { Connection } from './connection.ts'

/** One message on its way, in either direction. */
export interface PassingMessage {
  readonly payloadType: number
  /** Undefined for a type that this release does not know. */
  readonly name: EnvelopeName | undefined
  readonly payload: object
  readonly clientMsgId: string | undefined
}

/** How a connection ends before its time: everything that waits is lost. */
export type CutKind = 'close' | 'cut' | 'reset'

/** What becomes of a message that has arrived. */
export type Reception =
  /** It is carried out; later, or with the connection cut behind it. */
  | { readonly kind: 'carry-out'; readonly delayMs: number; readonly cutAfter: CutKind | undefined }
  /** It never arrived. */
  | { readonly kind: 'ignore' }
  /** It is answered with an error and not carried out. */
  | { readonly kind: 'answer'; readonly name: EnvelopeName; readonly payload: object }
  /** The connection ends, and nothing is carried out. */
  | { readonly kind: 'cut'; readonly how: CutKind }

/** What becomes of a message that is about to be sent. */
export interface Dispatch {
  /** 0 for one that is lost. */
  readonly copies: number
  readonly delayMs: number
  /** Waits for the next message to overtake it, but no longer than this many ms; undefined: it does not wait. */
  readonly overtakenWithinMs: number | undefined
  /** The connection ends in place of this message. */
  readonly cut: CutKind | undefined
  /** The connection is closed behind this message. */
  readonly closesBehind: boolean
}

/** What the line does to bytes. */
export interface LineQuality {
  /** Longest piece that is written at once. */
  readonly pieceBytes: number
  /** Time between two pieces, ms. */
  readonly gapMs: number
}

/**
 * Watches the traffic of all connections of a sandbox, and may disturb it. Undefined stands for "as usual" everywhere:
 * an undisturbed connection pays one call for each message.
 */
export interface Traffic {
  /** Counts up with everything that is read or written. */
  activity: number
  opened(connection: Connection): void
  closed(connection: Connection, reason: string): void
  /** A message has arrived. */
  received(connection: Connection, message: PassingMessage): Reception | undefined
  /**
   * A message that was received is carried out from now on: what is sent before `carriedOut` comes from it. It is the very
   * object that was received. One that takes longer is carried out in two parts.
   */
  carryingOut(connection: Connection, message: PassingMessage): void
  carriedOut(connection: Connection): void
  /** A message came that could not be read. */
  malformed(connection: Connection, payloadType: number, problem: string): void
  /** A message is about to be sent. */
  sending(connection: Connection, message: PassingMessage): Dispatch | undefined
  /** What the connection's line is like at the moment. */
  line(connection: Connection): LineQuality | undefined
}

/** Traffic that nobody watches. */
export function openRoad(): Traffic {
  return {
    activity: 0,
    opened: () => {},
    closed: () => {},
    received: () => undefined,
    carryingOut: () => {},
    carriedOut: () => {},
    malformed: () => {},
    sending: () => undefined,
    line: () => undefined,
  }
}
