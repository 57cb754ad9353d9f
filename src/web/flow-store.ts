/** What a browser's login is up to: at the consent page, waiting to be confirmed, or over. */
export type FlowKind = 'login' | 'grant' | 'done'

/** One step of one browser's login, as it is kept on the server. */
export interface FlowEntry {
  /** A digest. The secret behind it is in the browser's cookie alone. */
  readonly id: string
  /** The user of your application who began it. */
  readonly owner: string
  readonly kind: FlowKind
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** Opaque to the store. Tokens in it are sealed with a key that only the browser's cookie gives. */
  readonly data: string
}

/** How many entries there may be. */
export interface FlowLimits {
  /** Of one user; the oldest make room for a new one. */
  readonly perOwner: number
  /** Of everybody together; when they are used up, nobody can begin a login. */
  readonly total: number
}

/**
 * Where unfinished logins are kept. Entries live for minutes. With several server processes it must be one they share.
 */
export interface FlowStore {
  /**
   * Keeps an entry, in the place of one with the same id, and forgets expired ones. Resolves with false, and changes
   * nothing, when there are too many entries of others.
   */
  put(entry: FlowEntry, limits: FlowLimits, now: number): Promise<boolean>
  /** The entry, unless it has expired. */
  find(id: string, now: number): Promise<FlowEntry | undefined>
  /**
   * Removes the entry and returns it, in one step: of callers at the same time exactly one gets it, and of an expired one
   * nobody.
   */
  take(id: string, now: number): Promise<FlowEntry | undefined>
}

/** Keeps unfinished logins in the memory of one process. They end with it, and other processes do not see them. */
export function createMemoryFlowStore(): FlowStore {
  // In the order they were put: the first is the oldest.
  const entries = new Map<string, FlowEntry>()
  const sweep = (now: number): void => {
    for (const [id, entry] of entries) if (entry.expiresAt <= now) entries.delete(id)
  }
  const find = (id: string, now: number): FlowEntry | undefined => {
    const entry = entries.get(id)
    return entry !== undefined && entry.expiresAt > now ? entry : undefined
  }
  return {
    async put(entry, { perOwner, total }, now) {
      sweep(now)
      const own = [...entries.values()].filter(
        ({ id, owner }) => owner === entry.owner && id !== entry.id,
      )
      const tooMany = own.slice(0, Math.max(0, own.length - perOwner + 1))
      const others = entries.size - tooMany.length - (entries.has(entry.id) ? 1 : 0)
      if (others >= total) return false
      for (const { id } of tooMany) entries.delete(id)
      entries.delete(entry.id)
      entries.set(entry.id, entry)
      return true
    },
    async find(id, now) {
      return find(id, now)
    },
    async take(id, now) {
      const entry = find(id, now)
      entries.delete(id)
      return entry
    },
  }
}
