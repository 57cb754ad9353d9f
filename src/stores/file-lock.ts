import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, stat, truncate, unlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Timer } from '../async/clock.ts'
import { sleep } from '../async/sleep.ts'
import type { TokenStoreLock } from '../oauth/store/token-store.ts'
import { TokenStoreLockedError } from '../oauth/store/token-store-errors.ts'
import { namesIn, systemCodeOf } from './private-file.ts'
import { livenessOf, ownIdentity, type ProcessIdentity } from './process-identity.ts'

const heartbeatMs = 5_000
/** A holder that cannot be asked and shows no sign of life for this long is taken for dead. */
const staleMs = 30_000
/** Released tickets that are kept, so that whoever looks sees at least one. */
const keptTickets = 4

export interface FileLockOptions {
  readonly folder: string
  readonly grant: string
  readonly owner: string
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly clock: Clock
  readonly random: () => number
}

interface Holder extends ProcessIdentity {
  readonly owner: string
}

/**
 * A lock between processes, made of numbered tickets in a folder. Whoever makes the next higher ticket holds the lock; a
 * ticket is made complete in one step, by one process only, and its number is the fence. The highest ticket is never
 * removed: emptied it says that the lock is free.
 *
 * A holder of this machine is asked whether it lives, so that its death frees the lock at once and its standing still
 * does not. Of others the ticket's time of change is watched: it moves as long as they live.
 */
export async function acquireFileLock(options: FileLockOptions): Promise<FileLock> {
  const { folder, clock, timeoutMs, signal, random } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const own = ownIdentity()
  const until = clock.monotonic() + timeoutMs
  const watch = new HeartbeatWatch(clock)
  for (;;) {
    signal?.throwIfAborted()
    const top = await highestTicket(folder)
    const holder = await holderOf(folder, top)
    if (holder === undefined || (await isGone(holder, own, folder, top, watch))) {
      const lock = await takeTicket(options, own, top + 1)
      if (lock !== undefined) return lock
    } else if (clock.monotonic() >= until) {
      throw new TokenStoreLockedError(options.grant, timeoutMs, holder.owner)
    }
    await sleep(10 + 30 * random(), clock, signal)
  }
}

/** A ticket that is held. */
export class FileLock implements TokenStoreLock {
  readonly owner: string
  readonly fence: number
  readonly #folder: string
  readonly #clock: Clock
  readonly #lost = new AbortController()
  #timer: Timer | undefined
  #released = false
  #listener: () => void = () => {}

  constructor(folder: string, fence: number, owner: string, clock: Clock) {
    this.#folder = folder
    this.fence = fence
    this.owner = owner
    this.#clock = clock
    this.#beatLater()
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Calls back once when it has been given back. */
  onRelease(listener: () => void): void {
    this.#listener = listener
  }

  /** Looks whether it is still the highest ticket. */
  async isHeld(): Promise<boolean> {
    if (this.#released || this.lost.aborted) return false
    if ((await highestTicket(this.#folder)) === this.fence) return true
    this.#lost.abort()
    return false
  }

  async release(): Promise<void> {
    if (this.#released) return
    this.#released = true
    this.#timer?.cancel()
    try {
      await truncate(join(this.#folder, String(this.fence)), 0)
    } catch {
      // Removed with the folder, or a disk that refuses: then it ends with this process.
    }
    this.#listener()
  }

  #beatLater(): void {
    const beat = (): void => void this.#beat()
    this.#timer = this.#clock.after(heartbeatMs, beat, { keepAlive: false })
  }

  async #beat(): Promise<void> {
    try {
      if (!(await this.isHeld())) return
      const now = new Date(this.#clock.now())
      await utimes(join(this.#folder, String(this.fence)), now, now)
    } catch {
      // Not being able to show a sign of life is not yet having lost the lock.
    }
    if (!this.#released) this.#beatLater()
  }
}

async function takeTicket(
  { folder, owner, clock }: FileLockOptions,
  own: ProcessIdentity,
  number: number,
): Promise<FileLock | undefined> {
  const temporary = join(folder, `.${randomUUID()}.tmp`)
  const holder: Holder = { ...own, owner }
  try {
    await writeFile(temporary, JSON.stringify(holder), { flag: 'wx', mode: 0o600 })
    await link(temporary, join(folder, String(number)))
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return undefined
    throw error
  } finally {
    await unlink(temporary).catch(() => {})
  }
  // An old number can be free again, when this process slept for long between looking and making the ticket.
  const numbers = await ticketsIn(folder)
  if (Math.max(...numbers) !== number) {
    await unlink(join(folder, String(number))).catch(() => {})
    return undefined
  }
  for (const old of numbers) {
    if (old <= number - keptTickets) await unlink(join(folder, String(old))).catch(() => {})
  }
  return new FileLock(folder, number, owner, clock)
}

async function isGone(
  holder: Holder,
  own: ProcessIdentity,
  folder: string,
  ticket: number,
  watch: HeartbeatWatch,
): Promise<boolean> {
  const liveness = livenessOf(holder, own)
  if (liveness !== 'unknown') return liveness === 'dead'
  return watch.isSilent(ticket, await changedAt(join(folder, String(ticket))))
}

/** How long a ticket has not changed, by the clock of whoever waits: clocks of two machines differ. */
class HeartbeatWatch {
  readonly #clock: Clock
  #seen = ''
  #since = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  isSilent(ticket: number, changedAt: number): boolean {
    const now = this.#clock.monotonic()
    const seen = `${ticket} ${changedAt}`
    if (seen !== this.#seen) {
      this.#seen = seen
      this.#since = now
    }
    return now - this.#since >= staleMs
  }
}

/** Undefined when the ticket is free: there is none, or it was given back. */
async function holderOf(folder: string, ticket: number): Promise<Holder | undefined> {
  if (ticket === 0) return undefined
  let text: string
  try {
    text = await readFile(join(folder, String(ticket)), 'utf8')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
  if (text === '') return undefined
  return parseHolder(text)
}

function parseHolder(text: string): Holder {
  try {
    const { pid, machine, start, owner } = JSON.parse(text)
    if (Number.isSafeInteger(pid) && typeof machine === 'string' && typeof owner === 'string') {
      return { pid, machine, owner, start: typeof start === 'string' ? start : undefined }
    }
  } catch {
    // Not ours, or damaged: whoever it is has to show signs of life.
  }
  return { pid: 0, machine: '', owner: 'an unreadable lock', start: undefined }
}

async function changedAt(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs
  } catch {
    return -1
  }
}

async function highestTicket(folder: string): Promise<number> {
  return Math.max(0, ...(await ticketsIn(folder)))
}

async function ticketsIn(folder: string): Promise<number[]> {
  return (await namesIn(folder)).filter((name) => /^\d{1,15}$/.test(name)).map(Number)
}
