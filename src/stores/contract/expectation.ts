import { isDeepStrictEqual } from 'node:util'
import type { TokenStore } from '../../oauth/store/token-store.ts'
import type { OpenedStore } from '../contract.ts'

/** A sentence of the contract and how to try it. */
export interface Sentence {
  readonly name: string
  readonly check: (opened: OpenedStore) => Promise<void>
}

/** @throws Error that says what was expected, without showing tokens. */
export function expectEqual(what: string, found: unknown, wanted: unknown): void {
  if (isDeepStrictEqual(found, wanted)) return
  throw new Error(`${what}: expected ${show(wanted)}, found ${show(found)}`)
}

/** @throws Error unless the work is rejected with an error of that code. */
export async function expectCode(
  what: string,
  work: Promise<unknown>,
  code: string,
): Promise<void> {
  const outcome = await work.then(
    () => 'success',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : String(error)),
  )
  expectEqual(what, outcome, code)
}

/** The same place through another object; through the same one where there is no other way. */
export async function openAgain({ store, again }: OpenedStore): Promise<TokenStore> {
  return again === undefined ? store : again()
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? part.toString() : part,
  )
}
