import { CTraderError } from '../../errors.ts'
import { AccountLostError, ConnectionLostError, RequestError } from '../errors.ts'
import type { LiveSession } from '../live-session.ts'
import type { CallOptions } from '../requests/exchange.ts'
import { RequestRefusedError } from '../requests/refusal.ts'
import type { Wanted } from './subscriptions.ts'

/** A subscription that could not be restored. */
export interface Unrestored {
  readonly wanted: Wanted
  readonly error: CTraderError
}

// Servers have taken more in one request; this keeps a refusal from costing much.
const batchSize = 100

export interface RestoreHooks {
  /** Whether it is still wanted. */
  isWanted(wanted: Wanted): boolean
  /** The server has it. */
  taken(wanted: Wanted): void
  /** Nobody knows whether the server has it. */
  uncertain(wanted: Wanted): void
}

/**
 * Makes subscriptions again, in their order. Neighbours of one kind share a request; when such a request is refused,
 * each is asked for alone, so that one bad symbol costs only itself.
 *
 * @throws what ends the whole attempt: the link or the account is lost
 */
export async function restoreSubscriptions(
  live: LiveSession,
  list: readonly Wanted[],
  options: CallOptions,
  hooks: RestoreHooks,
): Promise<Unrestored[]> {
  const failed: Unrestored[] = []
  for (const planned of batches(list)) {
    // Some may have been given up while those before them were made.
    const batch = planned.filter((wanted) => hooks.isWanted(wanted))
    if (batch.length === 0) continue
    try {
      await subscribe(live, batch, options)
      for (const wanted of batch) hooks.taken(wanted)
    } catch (error) {
      if (!(error instanceof CTraderError)) throw error
      if (error instanceof RequestError && error.outcome === 'unknown') {
        for (const wanted of batch) hooks.uncertain(wanted)
      }
      if (batch.length === 1) settle(batch, error)
      else if (error instanceof RequestRefusedError) failed.push(...(await oneByOne(batch)))
      else settle(batch, error)
    }
  }
  return failed

  function settle(batch: readonly Wanted[], error: CTraderError): void {
    if (error instanceof ConnectionLostError || error instanceof AccountLostError) throw error
    if (isThere(error)) for (const wanted of batch) hooks.taken(wanted)
    else failed.push(...batch.map((wanted) => ({ wanted, error })))
  }

  async function oneByOne(batch: readonly Wanted[]): Promise<Unrestored[]> {
    const single: Unrestored[] = []
    for (const wanted of batch) {
      single.push(...(await restoreSubscriptions(live, [wanted], options, hooks)))
    }
    return single
  }
}

/** Whether a refusal says that the server has the subscription already. */
export function isThere(error: unknown): boolean {
  return error instanceof RequestRefusedError && error.serverCode === 'ALREADY_SUBSCRIBED'
}

function* batches(list: readonly Wanted[]): Generator<readonly Wanted[]> {
  let batch: Wanted[] = []
  for (const wanted of list) {
    const [first] = batch
    if (first !== undefined && (batch.length >= batchSize || !fits(wanted, first))) {
      yield batch
      batch = []
    }
    batch.push(wanted)
  }
  if (batch.length > 0) yield batch
}

function fits({ subscription: a }: Wanted, { subscription: b }: Wanted): boolean {
  if (a.kind === 'spots') return b.kind === 'spots' && a.withTimestamps === b.withTimestamps
  return a.kind === 'depth' && b.kind === 'depth'
}

async function subscribe(
  { call }: LiveSession,
  batch: readonly Wanted[],
  options: CallOptions,
): Promise<void> {
  const [first] = batch
  if (first === undefined) return
  const { accountId: ctidTraderAccountId, subscription } = first
  const symbolId = batch.map((wanted) => wanted.subscription.symbolId)
  switch (subscription.kind) {
    case 'spots': {
      const subscribeToSpotTimestamp = subscription.withTimestamps
      await call.subscribeSpots(
        { ctidTraderAccountId, symbolId, subscribeToSpotTimestamp },
        options,
      )
      break
    }
    case 'live-bars': {
      const { period } = subscription
      await call.subscribeLiveTrendbar(
        { ctidTraderAccountId, period, symbolId: subscription.symbolId },
        options,
      )
      break
    }
    case 'depth':
      await call.subscribeDepthQuotes({ ctidTraderAccountId, symbolId }, options)
  }
}
