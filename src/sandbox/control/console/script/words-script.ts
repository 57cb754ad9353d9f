/** How times and lists are written. */
export const wordsScript = `
export const clock = (ms) => new Date(ms).toISOString().slice(11, 23)
export const moment = (ms) => new Date(ms).toISOString().replace('T', ' ').slice(0, 19)

/** How long until then, in its two largest units. */
export function until(ms) {
  const seconds = Math.ceil(ms / 1000)
  const parts = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']]
  let rest = seconds
  const words = []
  for (const [size, unit] of parts) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0 || words.length > 0) words.push(count + ' ' + unit)
  }
  return words.slice(0, 2).join(' ')
}

/** The parts of a rule, as a line to read. */
export const partsOf = (rule) => Object.entries(rule).map(([name, value]) => name + ' ' + (typeof value === 'string' ? value : JSON.stringify(value))).join(', ')

/** Applications by their names; one that is gone by its client id. */
export const namesIn = (applications) => (clientId) => (applications.find((one) => one.clientId === clientId) || { name: clientId }).name
`
