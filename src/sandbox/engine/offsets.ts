import type { Deal } from './trade.ts'

/** So much of one deal was closed by another. */
export interface Offset {
  readonly opening: Deal
  readonly closing: Deal
  readonly volume: number
}

/**
 * Which deals of a position closed which: the oldest entry first. A deal that turned the position round closes with one
 * part of it and opens with the other.
 *
 * @param deals of one position, in the order in which they were executed
 */
export function offsetsOf(deals: readonly Deal[]): readonly Offset[] {
  const entries: { readonly deal: Deal; left: number }[] = []
  const offsets: Offset[] = []
  for (const closing of deals) {
    let closes = closing.settlement?.closedVolume ?? 0
    const opens = closing.volume - closes
    while (closes > 0) {
      const [entry] = entries
      if (entry === undefined) break
      const volume = Math.min(entry.left, closes)
      offsets.push({ opening: entry.deal, closing, volume })
      closes -= volume
      entry.left -= volume
      if (entry.left === 0) entries.shift()
    }
    if (opens > 0) entries.push({ deal: closing, left: opens })
  }
  return offsets
}
