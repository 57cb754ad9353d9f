import type { HandlersFor } from '../call.ts'
import { unsupported } from './unsupported.ts'

/** Questions about past prices. */
export const historyHandlers = {
  trendbars: unsupported('history of trend bars'),
  tickData: unsupported('history of ticks'),
} satisfies HandlersFor<'trendbars' | 'tickData'>
