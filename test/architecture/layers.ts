/**
 * The layers of `src`, lowest first. A file may import from its own folder and from lower levels, never from
 * a neighbour on its own level and never upwards. A name is a folder of `src`, or a file there without `.ts`.
 *
 * This table is the rule: the architecture test walks the imports by it, and checks that the linter's
 * configuration says the same.
 */
export const levels: readonly (readonly string[])[] = [
  ['errors', 'log', 'say'],
  ['secret', 'async', 'units', 'duration', 'known-options'],
  ['protocol', 'oauth', 'transport'],
  ['session'],
  ['accounts', 'trading', 'market', 'history'],
  ['state'],
  ['client'],
  ['index'],
  ['stores', 'telemetry'],
  ['gateway', 'web'],
  ['cli'],
]

/** The folders of `src/oauth`, lowest first, under the same rule. What lies loose beside them is above or below all. */
export const oauthLevels: readonly (readonly string[])[] = [
  ['errors'],
  ['duration'],
  ['server'],
  ['application'],
  ['authorization'],
  ['callback', 'tokens'],
  ['login', 'store'],
  ['grant'],
  ['renewal'],
  ['refresh'],
  ['coordinator'],
  ['index'],
]

/**
 * The sandbox stands apart. It is the server that tests the client, so it shares nothing with the client but
 * the schema: a mistake in the client's units or session must not be mirrored by it.
 */
const sandboxMayImport: readonly string[] = [
  'errors',
  'log',
  'say',
  'async',
  'duration',
  'known-options',
  'protocol',
]

/** Who may import the sandbox: only the command line, which starts it. */
const mayImportSandbox: readonly string[] = ['cli']

/** The level of a folder; undefined for a name that has no place in the table. */
export function levelOf(name: string): number | undefined {
  const level = levels.findIndex((names) => names.includes(name))
  return level === -1 ? undefined : level
}

/** Every name that files of `from` may import besides their own folder. */
export function allowedFrom(from: string): readonly string[] {
  if (from === 'sandbox') return sandboxMayImport
  const own = levelOf(from)
  if (own === undefined) return []
  const below = levels.slice(0, own).flat()
  return mayImportSandbox.includes(from) ? [...below, 'sandbox'] : below
}
