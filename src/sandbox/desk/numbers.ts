import type { Numbers } from '../engine/index.ts'

/**
 * Counts for the whole sandbox, so that no two things of a kind share a number whatever their account. Kinds start far
 * apart: a position's number taken for an order's finds nothing.
 */
export function createNumbers(): Numbers {
  const counter = (first: number) => {
    let next = first
    return () => next++
  }
  const clientOrder = counter(1)
  return {
    position: counter(3_000_001),
    order: counter(6_000_001),
    deal: counter(9_000_001),
    deposit: counter(500_001),
    // The original gives orders a client's id also where no client gave one; a short number was seen.
    clientOrder: () => String(clientOrder()),
  }
}
