import type {
  ProtoOAAsset,
  ProtoOAAssetClass,
  ProtoOASymbolCategory,
} from '../../protocol/index.ts'

/** Ids differ from broker to broker; nobody should know them by heart, so they are in no order here either. */
export const assets: readonly ProtoOAAsset[] = [
  { assetId: 4, name: 'EUR', displayName: 'Euro', digits: 2 },
  { assetId: 5, name: 'USD', displayName: 'US Dollar', digits: 2 },
  { assetId: 6, name: 'CHF', displayName: 'Swiss Franc', digits: 2 },
  { assetId: 9, name: 'GBP', displayName: 'British Pound', digits: 2 },
  { assetId: 11, name: 'JPY', displayName: 'Japanese Yen', digits: 0 },
  { assetId: 15, name: 'CAD', displayName: 'Canadian Dollar', digits: 2 },
  { assetId: 16, name: 'AUD', displayName: 'Australian Dollar', digits: 2 },
  { assetId: 19, name: 'NZD', displayName: 'New Zealand Dollar', digits: 2 },
  { assetId: 41, name: 'XAU', displayName: 'Gold', digits: 2 },
  { assetId: 160, name: 'BTC', displayName: 'Bitcoin', digits: 8 },
  { assetId: 301, name: 'GER40', displayName: 'Germany 40 Index', digits: 2 },
]

export const assetClasses: readonly ProtoOAAssetClass[] = [
  { id: 1, name: 'Forex', sortingNumber: 1 },
  { id: 3, name: 'Metals', sortingNumber: 2 },
  { id: 2, name: 'Indices', sortingNumber: 3 },
  { id: 7, name: 'Crypto Currencies', sortingNumber: 4 },
]

/** Ids of the categories below, for the table of instruments. */
export const category = {
  majors: 1,
  minors: 2,
  metals: 14,
  indices: 22,
  crypto: 35,
} as const

export const symbolCategories: readonly ProtoOASymbolCategory[] = [
  { id: category.majors, assetClassId: 1, name: 'Forex Majors', sortingNumber: 1 },
  { id: category.minors, assetClassId: 1, name: 'Forex Minors', sortingNumber: 2 },
  { id: category.metals, assetClassId: 3, name: 'Spot Metals', sortingNumber: 1 },
  { id: category.indices, assetClassId: 2, name: 'European Indices', sortingNumber: 1 },
  { id: category.crypto, assetClassId: 7, name: 'Crypto', sortingNumber: 1 },
]
