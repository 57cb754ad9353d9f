import type { ProtoOALightSymbol, ProtoOASymbol } from '../../../protocol/index.ts'
import type { HandlersFor } from '../call.ts'
import { conversionChain } from '../conversion-chain.ts'
import { Refusal } from '../refusal.ts'

/** What the broker offers: assets, symbols, leverage. */
export const referenceHandlers = {
  assetList: ({ ctidTraderAccountId }, { services }) => ({
    ctidTraderAccountId,
    asset: services.world.assets,
  }),

  assetClassList: ({ ctidTraderAccountId }, { services }) => ({
    ctidTraderAccountId,
    assetClass: services.world.assetClasses,
  }),

  symbolCategoryList: ({ ctidTraderAccountId }, { services }) => ({
    ctidTraderAccountId,
    symbolCategory: services.world.symbolCategories,
  }),

  // No symbol has been archived so far, asked for or not.
  symbolsList: ({ ctidTraderAccountId }, { services }) => ({
    ctidTraderAccountId,
    symbol: services.world.lightSymbols,
    archivedSymbol: [],
  }),

  symbolById({ ctidTraderAccountId, symbolId: ids }, { services }) {
    const symbol: ProtoOASymbol[] = []
    for (const id of ids) {
      const known = services.desk.symbol(id)
      if (known !== undefined) symbol.push(known)
      else if (services.behaviour.unknownSymbolIds === 'refused') return symbolNotFound(id)
    }
    return { ctidTraderAccountId, symbol, archivedSymbol: [] }
  },

  symbolsForConversion({ ctidTraderAccountId, firstAssetId, lastAssetId }, { services }) {
    const { assets, lightSymbols } = services.world
    const unknown = [firstAssetId, lastAssetId].find(
      (id) => !assets.some(({ assetId }) => assetId === id),
    )
    if (unknown !== undefined) {
      return new Refusal('ENTITY_NOT_FOUND', `Asset ${unknown} not found`)
    }
    const chain = conversionChain(lightSymbols, firstAssetId, lastAssetId)
    if (chain === undefined) {
      return new Refusal(
        'SYMBOL_NOT_FOUND',
        `There are no symbols to convert asset ${firstAssetId} to asset ${lastAssetId}`,
      )
    }
    return { ctidTraderAccountId, symbol: chain satisfies readonly ProtoOALightSymbol[] }
  },

  dynamicLeverageById({ ctidTraderAccountId, leverageId }, { services }) {
    const leverage = services.world.dynamicLeverages.get(leverageId)
    if (leverage === undefined) {
      return new Refusal('ENTITY_NOT_FOUND', `Dynamic leverage ${leverageId} not found`)
    }
    return { ctidTraderAccountId, leverage }
  },
} satisfies HandlersFor<
  | 'assetList'
  | 'assetClassList'
  | 'symbolCategoryList'
  | 'symbolsList'
  | 'symbolById'
  | 'symbolsForConversion'
  | 'dynamicLeverageById'
>

function symbolNotFound(id: number): Refusal {
  return new Refusal('SYMBOL_NOT_FOUND', `Symbol ${id} not found`)
}
