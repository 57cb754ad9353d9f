import { UsageError } from './errors.ts'

/** The variables the command reads. */
export type VariableName =
  | 'CTRADER_ENV'
  | 'CTRADER_SANDBOX'
  | 'CTRADER_CARRIER'
  | 'CTRADER_CLIENT_ID'
  | 'CTRADER_CLIENT_SECRET'
  | 'CTRADER_REDIRECT_URI'
  | 'CTRADER_ACCESS_TOKEN'
  | 'CTRADER_REFRESH_TOKEN'
  | 'CTRADER_ACCOUNT_ID'
  | 'CTRADER_CA_FILE'
  | 'CTRADER_CONFIG_DIR'

/**
 * The value of a variable. One that is set to nothing is not set.
 *
 * @throws {@link UsageError} for a value that can only be a mistake; the value itself, which may be a secret, is not shown
 */
export function readVariable(env: NodeJS.ProcessEnv, name: VariableName): string | undefined {
  const value = env[name]
  if (value === undefined || value === '') return undefined
  const problem = problemOf(value)
  if (problem === undefined) return value
  throw new UsageError(
    `The variable ${name} ${problem}.`,
    'Set it to the bare value, or unset it.',
    { variable: name },
  )
}

function problemOf(value: string): string | undefined {
  if (value.trim() === '') return 'holds nothing but white space'
  if (value !== value.trim()) return 'has white space around its value'
  if (/^(["']).*\1$/.test(value)) return 'has quotes around its value'
  if (/^(undefined|null|\.\.\.|<.*>|your[_-].*|changeme)$/i.test(value)) {
    return 'holds a placeholder instead of a value'
  }
  return undefined
}
