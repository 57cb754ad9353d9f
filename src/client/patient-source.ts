import type { Clock } from '../async/clock.ts'
import { join } from '../async/join.ts'
import type { WaitOptions } from '../async/wait-options.ts'
import { CTraderError } from '../errors.ts'
import type { AccessTokenSource } from '../oauth/index.ts'
import { Secret } from '../secret.ts'
import { TokenSourceError } from './errors.ts'

type Token = Awaited<ReturnType<AccessTokenSource['current']>>

/** Asks a source of tokens that others wrote: no longer than allowed, and looking at what it gives. */
export function patientSource(
  source: AccessTokenSource,
  index: number,
  { clock, ms }: { readonly clock: Clock; readonly ms: number },
): Pick<AccessTokenSource, 'current' | 'replace'> {
  const ask = async (work: () => Promise<Token>, { signal }: WaitOptions): Promise<Token> => {
    const expired = (): Error => new TokenSourceError(index, `it gave none within ${ms} ms`)
    try {
      const token: Partial<Token> | undefined = await join(work, { ms, clock, signal, expired })
      if (token?.accessToken instanceof Secret) return token as Token
    } catch (error) {
      if (error instanceof CTraderError || signal?.aborted) throw error
      throw new TokenSourceError(index, 'it failed', error)
    }
    throw new TokenSourceError(index, 'what it gave holds no accessToken that is a Secret')
  }
  return {
    current: (options = {}) => ask(async () => source.current(options), options),
    replace: (token, options = {}) => ask(async () => source.replace(token, options), options),
  }
}
