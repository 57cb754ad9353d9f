// Timing for the benchmarks. Everything here is about ratios within one run: the machine's load hits all candidates
// alike, because their rounds are interleaved, and the ratio is taken inside each round.

/** Nanoseconds for each call, averaged over `count` calls. */
export function timePerCall(call, count) {
  const start = process.hrtime.bigint()
  for (let i = 0; i < count; i++) call()
  return Number(process.hrtime.bigint() - start) / count
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

/**
 * Runs candidates in interleaved rounds, every other round in reverse order.
 *
 * @param candidates name -> function(): number | Promise<number>, one measurement each
 * @returns name -> the measurement of every round
 */
export async function interleave(candidates, rounds) {
  const results = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const names = Object.keys(candidates)
    if (round % 2 === 1) names.reverse()
    for (const name of names) results[name].push(await candidates[name]())
  }
  return results
}

/** Median over rounds of a / b inside each round. */
export function ratio(a, b) {
  return median(a.map((value, index) => value / b[index]))
}

/**
 * Bytes that are still reachable, buffers included. A collection leaves the buffers of what it found dead to a thread of
 * its own, and they go on counting until that has come to them; the next collection waits for it.
 */
export function reachable() {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const rows = []

/** One line of the report: a figure, what it may be at most (or must be at least), and whether it holds. */
export function report(name, value, { atMost, atLeast, unit = '' } = {}) {
  const bound = atMost !== undefined ? `<= ${atMost}` : atLeast !== undefined ? `>= ${atLeast}` : ''
  const holds =
    (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast)
  rows.push({
    name,
    value: `${round(value)}${unit}`,
    bound,
    verdict: bound === '' ? '' : holds ? 'ok' : 'MISSED',
  })
}

function round(value) {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

/** Prints what was reported since the last call. */
export function printReport(title) {
  const lines = rows.splice(0)
  const width = Math.max(...lines.map((line) => line.name.length))
  console.log(`\n${title}`)
  for (const { name, value, bound, verdict } of lines) {
    console.log(
      `  ${name.padEnd(width)}  ${value.padStart(10)}  ${bound.padEnd(10)}  ${verdict}`.trimEnd(),
    )
  }
  return lines
}
