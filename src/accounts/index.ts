export { type AccountSummary, type GrantScope, listAccounts } from './account-summary.ts'
export { type Asset, assetName, listAssets } from './assets.ts'
export { type GrantIdentity, getGrantIdentity } from './grant-identity.ts'
export { type AccessRights, type AccountType, getTrader, type Trader } from './trader.ts'
