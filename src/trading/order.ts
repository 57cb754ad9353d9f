import type { Fill } from './fill.ts'

/** An order the server has taken. */
export interface Order {
  /** The server's id. */
  readonly orderId: number
  /** The position it opens, enlarges or closes; assigned when the order is accepted. */
  readonly positionId: number | undefined
  /** The id chosen for it by this side, stored with the order by the server. */
  readonly clientOrderId: string | undefined
  /**
   * Settles with the order's end: the {@link Fill} of its whole volume, or of what was executed before the rest was
   * cancelled.
   *
   * Rejects with {@link OrderNotFilledError} when nothing was executed and with {@link OrderOutcomeUnknownError} when
   * its end did not arrive. A rejection nobody waits for is not an unhandled one.
   */
  readonly filled: Promise<Fill>
}
