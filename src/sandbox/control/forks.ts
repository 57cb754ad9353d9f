import type { Sandbox } from '../sandbox.ts'
import { ControlArgumentError, ControlNotFoundError } from './errors.ts'

// One takes about ten megabytes; nobody who forgets to close them is to fill the machine.
const mostForks = 30

interface OpenFork {
  readonly snapshot: number | undefined
  readonly forkedAt: number
  readonly sandbox: Sandbox
}

/** A fork that is open. */
export interface ForkInfo {
  /** Its number, counted from 1. */
  readonly fork: number
  /** The snapshot that it began from; undefined for one that began as things stood. */
  readonly snapshot: number | undefined
  /** When it was made, ms of this sandbox's time. */
  readonly forkedAt: number
  readonly adminUrl: string
  readonly consoleUrl: string
}

/**
 * The forks that were made for somebody outside of the process. They belong to this sandbox: they live until they are
 * closed by their number, and no longer than it does.
 */
export class Forks {
  readonly #make: (snapshot: number | undefined) => Promise<Sandbox>
  readonly #now: () => number
  readonly #open = new Map<number, OpenFork>()
  readonly #making = new Set<Promise<Sandbox>>()
  #count = 0
  #closed = false

  constructor(make: (snapshot: number | undefined) => Promise<Sandbox>, now: () => number) {
    this.#make = make
    this.#now = now
  }

  /**
   * Makes one, from a snapshot or as things stand.
   *
   * @throws ControlNotFoundError for a snapshot that there is not
   * @throws ControlArgumentError when too many are open, or the sandbox is being closed
   */
  async create(snapshot: number | undefined): Promise<ForkInfo & { readonly sandbox: Sandbox }> {
    if (this.#open.size + this.#making.size >= mostForks) {
      throw new ControlArgumentError(`${mostForks} forks are open, and more are not made.`, {
        facts: { open: this.#open.size },
        remedy: 'Close those that are not needed any more.',
      })
    }
    if (this.#closed) throw closing()
    const forkedAt = this.#now()
    const making = this.#make(snapshot)
    this.#making.add(making)
    const sandbox = await making.finally(() => this.#making.delete(making))
    if (this.#closed) {
      await sandbox.close()
      throw closing()
    }
    const fork = ++this.#count
    const entry = { snapshot, forkedAt, sandbox }
    this.#open.set(fork, entry)
    return { ...infoOf(fork, entry), sandbox }
  }

  /** Those that are open. */
  list(): readonly ForkInfo[] {
    return [...this.#open].map(([fork, entry]) => infoOf(fork, entry))
  }

  /** Closes one. @throws ControlNotFoundError */
  async close(fork: number): Promise<void> {
    const entry = this.#open.get(fork)
    if (entry === undefined) throw new ControlNotFoundError('fork', fork, [...this.#open.keys()])
    this.#open.delete(fork)
    await entry.sandbox.close()
  }

  /** Closes all of them, and those that are being made. */
  async closeAll(): Promise<void> {
    this.#closed = true
    const open = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(open.map(({ sandbox }) => sandbox.close()))
    await Promise.allSettled([...this.#making].map(async (making) => (await making).close()))
  }
}

function closing(): ControlArgumentError {
  return new ControlArgumentError('The sandbox is being closed.', {
    remedy: 'Fork a sandbox that is running.',
  })
}

function infoOf(fork: number, { snapshot, forkedAt, sandbox }: OpenFork): ForkInfo {
  const { adminUrl, consoleUrl } = sandbox
  return { fork, snapshot, forkedAt, adminUrl, consoleUrl }
}
