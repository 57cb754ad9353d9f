import { InvalidArgumentError } from '../errors.ts'
import type { GrantKey, TokenStore } from '../oauth/store/token-store.ts'
import { expectEqual } from './contract/expectation.ts'
import { lockCases } from './contract/lock-cases.ts'
import { recordCases } from './contract/record-cases.ts'

/** A store under examination. */
export interface TokenStoreContractOptions {
  /**
   * Opens the store on an empty place. Called once for each case; `again` opens the same place as another process
   * would, with an object of its own. For a store that no other process can share leave `again` out.
   */
  readonly open: () => Promise<OpenedStore> | OpenedStore
}

export interface OpenedStore {
  readonly store: TokenStore
  readonly again?: (() => Promise<TokenStore> | TokenStore) | undefined
  /** Damages what is stored of a grant, as a failing disk or a careless person would. */
  readonly damage?: ((key: GrantKey) => Promise<void>) | undefined
  /** Called when the case is over. */
  readonly close?: (() => Promise<void>) | undefined
}

/** One sentence of the contract. */
export interface ContractCase {
  readonly name: string
  /** Resolves when the sentence holds, and rejects with what was found instead. */
  readonly run: () => Promise<void>
}

/**
 * The contract of {@link TokenStore} as tests, for any test runner: it says what a coordinator relies on. Real servers
 * and real files belong under it; a store that passes keeps tokens through rivals, and through the deaths of those who
 * hold its lock as far as that can be tried within one process.
 *
 * @example
 * import { test } from 'node:test'
 * import { tokenStoreContract } from 'ctrader-open-api/stores/contract'
 *
 * for (const { name, run } of tokenStoreContract({ open })) test(name, run)
 */
export function tokenStoreContract(options: TokenStoreContractOptions): readonly ContractCase[] {
  if (typeof options.open !== 'function') {
    throw new InvalidArgumentError('The contract needs a function that opens the store.')
  }
  return [...recordCases, ...lockCases].map(({ name, check }) => ({
    name,
    run: async () => {
      const opened = await options.open()
      try {
        expectEqual('the keys of an empty place', await opened.store.list(), [])
        await check(opened)
      } finally {
        await opened.close?.()
      }
    },
  }))
}
