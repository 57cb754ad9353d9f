/** Up to three of the names that look like the wanted one: contain it, are contained in it, or are a typo away. */
export function similarNames(names: readonly string[], wanted: string): readonly string[] {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const goal = plain(wanted)
  if (goal === '') return []
  return names
    .map((name) => ({ name, distance: editDistance(plain(name), goal) }))
    .filter(
      ({ name, distance }) =>
        distance <= Math.max(1, Math.floor(goal.length / 3)) ||
        (goal.length >= 3 && plain(name).includes(goal)) ||
        goal.includes(plain(name)),
    )
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** How many letters have to be put in, taken out or changed to get from one to the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] ?? 0) + (letter === b[j] ? 0 : 1)
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
