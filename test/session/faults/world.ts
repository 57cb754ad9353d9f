import type { ManualClock } from '../../../src/async/manual-clock.ts'
import type { Endpoint, Transport } from '../../../src/transport/index.ts'
import type { Network } from './faults.ts'
import type { Random } from './random.ts'
import type { ServerPipe } from './server-link.ts'
import type { WireForm } from './wire-form.ts'

/** What a run takes place in: a time of its own, and what lies between the two sides. */
export interface World {
  readonly clock: ManualClock
  readonly form: WireForm
  readonly transport: Transport
  readonly endpoints: readonly Endpoint[]
  /** Lets what is under way arrive, and then time pass up to the next timer. Returns whether there was one. */
  pass(): Promise<boolean>
  /** Ends what is left, and says what should not have been. */
  close(): Promise<readonly string[]>
}

/** What a world is made from. */
export interface WorldParts {
  readonly clock: ManualClock
  readonly random: Random
  readonly network: Network
  readonly form: WireForm
  /** Takes the server's end of each link. */
  readonly accept: (pipe: ServerPipe) => void
}

/** Lets everything run that needs no time. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** How long a piece is under way, in milliseconds. */
export function delay(
  towards: 'client' | 'server',
  { thereMs, latencyMs, jitter }: Network,
  random: Random,
): number {
  if (towards === 'server') return thereMs
  if (!random.chance(jitter)) return latencyMs
  return latencyMs + random.below(3_000)
}
