import type { CutKind } from '../api-server/traffic.ts'

/** What a fault rule is about. What is left out does not matter. */
export interface FaultScope {
  /**
   * A request (`newOrder`), a message (`ProtoOAExecutionEvent`) or a payload type (2126). Faults of requests name
   * requests, faults of what is sent name what the sandbox sends.
   */
  readonly message?: string | number
  /** The account that the message names; for faults of the line, one that is authorised on the connection. */
  readonly account?: number
  /** Number of a connection, as `control.connections.list()` shows it. */
  readonly connection?: number
  readonly host?: 'demo' | 'live'
  /** Only the so manieth message that fits, counted from 1 when the rule is made. */
  readonly nth?: number
  /** The rule is spent after it has acted so many times. */
  readonly times?: number
  /** How likely the rule acts on a message that fits, from 0 to 1. @defaultValue 1 */
  readonly probability?: number
  /** Where the dice for `probability` and for ranges of `ms` come from. @defaultValue the sandbox's seed */
  readonly seed?: number
}

/** Milliseconds of the sandbox's time, or the least and the most of them. */
export type FaultDelay = number | readonly [least: number, most: number]

/** What is done to a request that arrives. */
export type RequestFault =
  /** It never arrives: not carried out, not answered, not counted. */
  | { readonly fault: 'ignore' }
  /** It is carried out later. */
  | { readonly fault: 'delay'; readonly ms: FaultDelay }
  /** It is answered with an error and not carried out. */
  | {
      readonly fault: 'refuse'
      readonly errorCode: string
      readonly description?: string
      /** Seconds. */
      readonly retryAfter?: number
      /** Seconds since 1970. */
      readonly maintenanceEndTimestamp?: number
      /** The message that says so: 2142 or 2132. @defaultValue 'error' */
      readonly as?: 'error' | 'order-error'
    }
  /** It is carried out, and nothing that carries its `clientMsgId` is sent on this connection. */
  | { readonly fault: 'lose-answer' }
  /** It is carried out, and everything that answers it is sent twice. */
  | { readonly fault: 'repeat-answer' }
  /** It is carried out at once, and what answers it is sent later. */
  | { readonly fault: 'delay-answer'; readonly ms: FaultDelay }
  /** The connection ends, and the request is not carried out. */
  | { readonly fault: 'cut-before'; readonly how?: CutKind }
  /** The request is carried out, and the connection ends before the answer leaves. */
  | { readonly fault: 'cut-after'; readonly how?: CutKind }

/** What is done to a message that the sandbox sends. */
export type SendingFault =
  | { readonly fault: 'lose' }
  | { readonly fault: 'repeat' }
  | { readonly fault: 'delay-sending'; readonly ms: FaultDelay }
  /** The next message overtakes it, if there is one within that time. */
  | { readonly fault: 'reorder'; readonly withinMs?: number }
  /** The connection ends in its place. */
  | { readonly fault: 'cut'; readonly how?: CutKind }

/** What is done to the bytes of a connection. */
export type LineFault =
  /** Bytes arrive in small pieces. */
  | { readonly fault: 'slice'; readonly bytes: number; readonly gapMs?: number }
  /** Bytes arrive slowly. What waits counts against the connection's limit. */
  | { readonly fault: 'throttle'; readonly bytesPerSecond: number }

/** A fault, and when it happens. */
export type FaultRule = FaultScope & (RequestFault | SendingFault | LineFault)

/** A rule that has been made. */
export interface FaultHandle {
  readonly id: number
  readonly rule: FaultRule
  /** How many messages fitted. */
  readonly matched: number
  /** How many times it acted. */
  readonly acted: number
  /** Ends it. Harmless to repeat. */
  remove(): void
}
