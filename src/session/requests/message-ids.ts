const prefixLength = 6
const alphabet = 36

/**
 * Makes the ids of one session: a random prefix and a counter, short on the wire. Events caused by another client of
 * the same account carry that client's ids; the prefix keeps them from being taken for ours.
 */
export function messageIds(random: () => number): () => string {
  let prefix = ''
  while (prefix.length < prefixLength) prefix += Math.floor(random() * alphabet).toString(alphabet)
  let count = 0
  return () => prefix + (count++).toString(alphabet)
}

/** Random numbers from 0 up to, but not including, 1 that nobody can foresee. */
export function secureRandom(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1))
  return word / 2 ** 32
}
