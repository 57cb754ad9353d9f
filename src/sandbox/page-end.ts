/**
 * How many of the rows found so far are a page, where the next row is one too many; undefined where the next row belongs to
 * it. Rows come newest first. A page ends between two moments, so that whoever goes on before its oldest row misses none;
 * only where a single moment has more rows than the limit it is longer than that.
 *
 * @param at the moment of the next row
 */
export function pageEnd<Row>(
  found: readonly Row[],
  timeOf: (row: Row) => number,
  at: number,
  limit: number,
): number | undefined {
  if (found.length < limit) return undefined
  const sameMoment = found.findIndex((row) => timeOf(row) === at)
  if (sameMoment === 0) return undefined
  return sameMoment < 0 ? found.length : sameMoment
}
