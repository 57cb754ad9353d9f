import { readFileSync } from 'node:fs'
import { problemOfVariable } from '../oauth/index.ts'
import { UsageError } from './errors.ts'
import { reasonOf } from './text-file.ts'

/** The variables the command reads. */
export type VariableName =
  | 'CTRADER_ENV'
  | 'CTRADER_SANDBOX'
  | 'CTRADER_CARRIER'
  | 'CTRADER_PROFILE'
  | 'CTRADER_CLIENT_ID'
  | 'CTRADER_CLIENT_SECRET'
  | 'CTRADER_REDIRECT_URI'
  | 'CTRADER_AUTH_URL'
  | 'CTRADER_TOKEN_URL'
  | 'CTRADER_ACCESS_TOKEN'
  | 'CTRADER_REFRESH_TOKEN'
  | 'CTRADER_ACCOUNT_ID'
  | 'CTRADER_CA_FILE'
  | 'CTRADER_CONFIG_DIR'
  | 'CTRADER_STORE_PASSPHRASE'

/** Variables whose value may be in a file, named by the variable with `_FILE`: how containers are given secrets. */
const mayBeFiles: ReadonlySet<VariableName> = new Set([
  'CTRADER_CLIENT_ID',
  'CTRADER_CLIENT_SECRET',
  'CTRADER_ACCESS_TOKEN',
  'CTRADER_REFRESH_TOKEN',
  'CTRADER_STORE_PASSPHRASE',
])

/** A value, and the variable that gave it. */
export interface FoundVariable {
  readonly value: string
  readonly source: string
}

/**
 * The value of a variable. One that is set to nothing is not set.
 *
 * @throws {@link UsageError} for a value that can only be a mistake; the value itself, which may be a secret, is not shown
 */
export function readVariable(env: NodeJS.ProcessEnv, name: VariableName): string | undefined {
  return findVariable(env, name)?.value
}

/** The same with the name of the variable that was set: for a value in a file it ends in `_FILE`. */
export function findVariable(
  env: NodeJS.ProcessEnv,
  name: VariableName,
): FoundVariable | undefined {
  const own = env[name] ?? ''
  const source = `${name}_FILE`
  const file = mayBeFiles.has(name) ? (env[source] ?? '') : ''
  if (own !== '' && file !== '') {
    throw new UsageError(
      `The variables ${name} and ${source} are both set.`,
      'Unset one of them.',
      { variable: name },
    )
  }
  if (file !== '') return { value: checked(source, readSecretFile(source, file)), source }
  return own === '' ? undefined : { value: checked(name, own), source: name }
}

function checked(name: string, value: string): string {
  const problem = problemOfVariable(value)
  if (problem === undefined) return value
  throw new UsageError(
    `The variable ${name} ${problem}.`,
    'Set it to the bare value, or unset it.',
    { variable: name },
  )
}

function readSecretFile(variable: string, file: string): string {
  try {
    // Editors and `echo` end a file with a line break that is not part of the value.
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new UsageError(
      `The file ${file} of the variable ${variable} cannot be read (${reasonOf(error)}).`,
      'Check the path, and that you may read it.',
      { variable, file },
    )
  }
}

/**
 * Refuses what a variable would make pointless or misleading.
 *
 * @param effect what the variable does, as the rest of a sentence
 * @throws {@link UsageError} when it is set
 */
export function refuseUnderVariable(
  env: NodeJS.ProcessEnv,
  name: VariableName,
  effect: string,
): void {
  const found = findVariable(env, name)
  if (found === undefined) return
  throw new UsageError(`The variable ${found.source} is set and ${effect}.`, 'Unset it first.', {
    variable: found.source,
  })
}
