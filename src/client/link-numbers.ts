import type { WireTap } from '../session/index.ts'

/**
 * Lets the sessions of a client share a tap: each counts its own links from 1, and what the tap hears is counted over all
 * of them. Returns what makes the tap of one session.
 */
export function shareTap(tap: WireTap): () => WireTap {
  let links = 0
  return () => {
    const numbers = new Map<number, number>()
    return (record) => {
      const link = numbers.get(record.link) ?? ++links
      if (record.kind === 'closed') numbers.delete(record.link)
      else numbers.set(record.link, link)
      tap({ ...record, link })
    }
  }
}
