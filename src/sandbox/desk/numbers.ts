import type { Numbers } from '../engine/index.ts'

/** Where each count stands. */
export type NumbersState = Readonly<Record<keyof Numbers, number>>

/**
 * Counts for the whole sandbox, so that no two things of a kind share a number whatever their account. Kinds start far
 * apart: a position's number taken for an order's finds nothing.
 */
export class DeskNumbers implements Numbers {
  #next: Record<keyof Numbers, number> = {
    position: 3_000_001,
    order: 6_000_001,
    deal: 9_000_001,
    cashFlow: 500_001,
    bonus: 700_001,
    clientOrder: 1,
  }

  position(): number {
    return this.#next.position++
  }

  order(): number {
    return this.#next.order++
  }

  deal(): number {
    return this.#next.deal++
  }

  cashFlow(): number {
    return this.#next.cashFlow++
  }

  bonus(): number {
    return this.#next.bonus++
  }

  /** The original gives orders a client's id also where no client gave one; a short number was seen. */
  clientOrder(): string {
    return String(this.#next.clientOrder++)
  }

  capture(): NumbersState {
    return { ...this.#next }
  }

  restore(state: NumbersState): void {
    this.#next = { ...state }
  }
}
