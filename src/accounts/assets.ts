import type { WaitOptions } from '../async/wait-options.ts'
import type { Session } from '../session/index.ts'

/** A currency, metal, coin or anything else that amounts are counted in. */
export interface Asset {
  readonly assetId: number
  /** `USD`, `XAU`, `BTC` ... */
  readonly name: string
  readonly displayName: string | undefined
  /** Digits behind the point that people see, where the server says so. */
  readonly digits: number | undefined
}

/**
 * Lists the assets of the account's broker. Ids differ from broker to broker.
 *
 * - Wire: `ProtoOAAssetListReq`
 */
export async function listAssets(
  session: Session,
  accountId: number,
  options: WaitOptions = {},
): Promise<readonly Asset[]> {
  const answer = await session.call.assetList({ ctidTraderAccountId: accountId }, options)
  return answer.asset.map((asset) => ({
    assetId: asset.assetId,
    name: asset.name,
    displayName: asset.displayName,
    digits: asset.digits,
  }))
}

/** The name of an asset, or `#id` for one that the list does not hold. */
export function assetName(assets: readonly Asset[], assetId: number | undefined): string {
  return assets.find((asset) => asset.assetId === assetId)?.name ?? `#${assetId ?? '?'}`
}
