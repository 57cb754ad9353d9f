import type {
  ProtoOAAmendOrderReq,
  ProtoOAAmendPositionSLTPReq,
  ProtoOACancelOrderReq,
} from '../../protocol/index.ts'
import type { Levels } from '../engine/index.ts'

/** Who made something happen: a request, or the server after a request or by itself. */
export interface Cause {
  readonly server: boolean
  readonly clientMsgId: string | undefined
}

interface OfOrder {
  readonly accountId: number
  readonly orderId: number
  readonly cause: Cause
}

/** Something the desk will do for an account. */
export type AccountJob =
  | (OfOrder & {
      readonly kind: 'accept'
      /** How long after that it is executed, if it is executed at once. */
      readonly execution: number
    })
  | (OfOrder & { readonly kind: 'execute' })
  | (OfOrder & { readonly kind: 'expire'; readonly at: number })
  | (OfOrder & {
      /** What the server does about the position's protection after a fill. */
      readonly kind: 'protect'
      readonly positionId: number
      /** The levels that the fill brought along; undefined when it only changed the volume. */
      readonly levels: Levels | undefined
    })
  | {
      readonly kind: 'hit'
      readonly accountId: number
      readonly positionId: number
      readonly level: 'stop-loss' | 'take-profit'
    }
  | {
      readonly kind: 'cancel-order'
      readonly request: ProtoOACancelOrderReq
      readonly clientMsgId: string | undefined
    }
  | {
      readonly kind: 'amend-order'
      readonly request: ProtoOAAmendOrderReq
      readonly clientMsgId: string | undefined
    }
  | {
      readonly kind: 'amend-position'
      readonly request: ProtoOAAmendPositionSLTPReq
      readonly clientMsgId: string | undefined
    }

/** Something the desk will do. Plain data: see {@link Jobs}. */
export type Job = AccountJob | { readonly kind: 'rollover'; readonly moment: number }
