import { similarNames } from '../../known-options.ts'
import { catalog, type RequestName } from '../../protocol/index.ts'
import { UsageError } from '../errors.ts'
import type { Output } from '../output.ts'

const requests = Object.keys(catalog) as readonly RequestName[]

/** Prints the catalogue of requests. */
export function listRequests(output: Output): void {
  output.table(
    ['request', 'sends', 'answered by', 'scope', 'budget', 'repeatable'].map((title) => ({
      title,
    })),
    requests.map((name) => {
      const { send, expect, answer, scope, budget, repeatable } = catalog[name]
      const expected = answer === 'events' ? `${expect}, several` : expect
      return [kebab(name), send, expected, scope, budget, repeatable ? 'yes' : 'no']
    }),
    requests.map((name) => ({ request: kebab(name), ...catalog[name] })),
  )
}

/**
 * Finds a request by its name in the catalogue, `symbolsList` or `symbols-list`, or by the message it sends.
 *
 * @throws {@link UsageError} with names that look alike
 */
export function findRequest(name: string | undefined): RequestName {
  if (name === undefined) {
    throw new UsageError('No request was named.', '`ctrader raw --list` shows them all.')
  }
  const found = requests.find(
    (request) => request === name || kebab(request) === name || catalog[request].send === name,
  )
  if (found !== undefined) return found
  const similar = similarNames(requests.map(kebab), name)
  throw new UsageError(
    `There is no request "${name}".`,
    similar.length === 0
      ? '`ctrader raw --list` shows them all.'
      : `Did you mean ${similar.join(', ')}? \`ctrader raw --list\` shows them all.`,
    { request: name, similar },
  )
}

function kebab(name: string): string {
  return name
    .replace('PnL', 'Pnl')
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
}
