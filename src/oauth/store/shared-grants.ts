/** One user's part in something that several share. */
export interface Share<T> {
  readonly value: T
  /** Says whether this was the last one; whoever is told so closes what was shared. Counts once. */
  leave(): boolean
}

/**
 * Where the coordinators of one process meet. It belongs to a store, not to a module: coordinators of the same grant in
 * the same store share one life of its tokens, and those of different stores know nothing of each other.
 */
export class SharedGrants {
  readonly #grants = new Map<string, { readonly value: object; users: number }>()

  /** Joins what is known by that name, or makes it. */
  join<T extends object>(name: string, create: () => T): Share<T> {
    const entry = this.#grants.get(name) ?? { value: create(), users: 0 }
    this.#grants.set(name, entry)
    entry.users += 1
    let left = false
    return {
      value: entry.value as T,
      leave: () => {
        if (left) return false
        left = true
        entry.users -= 1
        if (entry.users > 0) return false
        this.#grants.delete(name)
        return true
      },
    }
  }
}
