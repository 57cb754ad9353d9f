/** A moment as people read it, such as `2026-12-24 18:00 UTC`. */
export function formatMoment(timestamp: number): string {
  return `${new Date(timestamp).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A length of time in the largest unit that says enough, such as `29 days` or `40 minutes`. */
export function formatLength(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ] as const
  const [name, size] = units.find(([, each]) => ms >= 2 * each) ?? (['second', 1_000] as const)
  const count = Math.floor(Math.max(0, ms) / size)
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
