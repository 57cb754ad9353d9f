import type {
  ProtoOAAsset,
  ProtoOAAssetClass,
  ProtoOADynamicLeverage,
  ProtoOALightSymbol,
  ProtoOASymbol,
  ProtoOASymbolCategory,
} from '../../protocol/index.ts'
import type { Instrument } from './instrument.ts'
import type { SandboxAccount } from './sandbox-account.ts'

/** What the sandbox's broker offers: reference data in wire form, and the accounts. Nothing of it changes but that accounts are opened. */
export interface World {
  readonly marketHours: 'always' | 'real'
  readonly assets: readonly ProtoOAAsset[]
  readonly assetClasses: readonly ProtoOAAssetClass[]
  readonly symbolCategories: readonly ProtoOASymbolCategory[]
  readonly lightSymbols: readonly ProtoOALightSymbol[]
  /** By symbol id. */
  readonly symbols: ReadonlyMap<number, ProtoOASymbol>
  /** By leverage id. */
  readonly dynamicLeverages: ReadonlyMap<number, ProtoOADynamicLeverage>
  /** As they were opened. The list itself stays the same one: accounts are added to it and replaced in it. */
  readonly accounts: SandboxAccount[]
  /** By symbol id: what the wire forms are made from. */
  readonly instruments: ReadonlyMap<number, Instrument>
}
