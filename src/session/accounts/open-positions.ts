import {
  type ProtoOAExecutionEvent,
  type ProtoOAPosition,
  ProtoOAPositionStatus,
  type ProtoOAReconcileRes,
} from '../../protocol/index.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'

/**
 * Which accounts have open positions, as far as the messages that passed by tell: they are the first to be authorised
 * again, because somebody's money is at stake there.
 */
export class OpenPositions {
  readonly #open = new Map<number, Set<number>>()

  constructor(dispatcher: Dispatcher) {
    dispatcher.on('ProtoOAReconcileRes', (message) => this.#reconciled(message))
    dispatcher.on('ProtoOAExecutionEvent', (message) => this.#executed(message))
  }

  has(accountId: number): boolean {
    return (this.#open.get(accountId)?.size ?? 0) > 0
  }

  forgetAccount(accountId: number): void {
    this.#open.delete(accountId)
  }

  #reconciled({ ctidTraderAccountId, position }: ProtoOAReconcileRes): void {
    this.#open.set(ctidTraderAccountId, new Set(position.map((item) => item.positionId)))
  }

  #executed({ ctidTraderAccountId, position }: ProtoOAExecutionEvent): void {
    if (position === undefined) return
    if (isOpen(position)) {
      const known = this.#open.get(ctidTraderAccountId)
      if (known === undefined) this.#open.set(ctidTraderAccountId, new Set([position.positionId]))
      else known.add(position.positionId)
    } else this.#open.get(ctidTraderAccountId)?.delete(position.positionId)
  }
}

// A position that a protected close has emptied is "created" again until its protection order is gone.
function isOpen({ positionStatus, tradeData }: ProtoOAPosition): boolean {
  return positionStatus === ProtoOAPositionStatus.POSITION_STATUS_OPEN && tradeData.volume > 0
}
