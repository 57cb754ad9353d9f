import type { ProtoOALightSymbol } from '../../protocol/index.ts'

/**
 * The shortest way from one asset to another over symbols, each used forwards or backwards; of several shortest ways the
 * one whose symbols come first in the list. Empty for the same asset, undefined when there is none.
 */
export function conversionChain(
  symbols: readonly ProtoOALightSymbol[],
  from: number,
  to: number,
): readonly ProtoOALightSymbol[] | undefined {
  const ways = new Map<number, readonly ProtoOALightSymbol[]>([[from, []]])
  // A map is walked in the order of insertion, also through what is inserted on the way: breadth first.
  for (const [asset, way] of ways) {
    if (asset === to) return way
    for (const symbol of symbols) {
      const next = otherAsset(symbol, asset)
      if (next !== undefined && !ways.has(next)) ways.set(next, [...way, symbol])
    }
  }
  return undefined
}

function otherAsset(symbol: ProtoOALightSymbol, asset: number): number | undefined {
  if (symbol.baseAssetId === asset) return symbol.quoteAssetId
  return symbol.quoteAssetId === asset ? symbol.baseAssetId : undefined
}
