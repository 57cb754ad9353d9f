import { Secret } from '../../secret.ts'
import { OAuthConfigurationError } from '../errors.ts'
import type { OAuthApplication } from './application.ts'

/** Variables by name, such as `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>

/** An application as the environment describes it. */
export interface ApplicationFromEnv {
  /** From CTRADER_CLIENT_ID and CTRADER_CLIENT_SECRET, with their names as sources. */
  readonly application: OAuthApplication & { readonly clientSecret: Secret }
  /** From CTRADER_REDIRECT_URI. */
  readonly redirectUri: string | undefined
}

/**
 * Reads the application from variables: CTRADER_CLIENT_ID, CTRADER_CLIENT_SECRET and CTRADER_REDIRECT_URI. This package
 * looks at no variable by itself; pass `process.env` to have it looked at.
 *
 * @throws OAuthConfigurationError naming the variable that is missing, or that can only be a mistake: white space or
 *   quotes around the value, or a placeholder.
 */
export function applicationFromEnv(variables: Variables): ApplicationFromEnv {
  const clientId = required(variables, 'CTRADER_CLIENT_ID')
  const clientSecret = required(variables, 'CTRADER_CLIENT_SECRET')
  return {
    application: {
      clientId,
      clientSecret: new Secret(clientSecret),
      sources: { clientId: 'CTRADER_CLIENT_ID', clientSecret: 'CTRADER_CLIENT_SECRET' },
    },
    redirectUri: read(variables, 'CTRADER_REDIRECT_URI'),
  }
}

/**
 * What is wrong with the value of a variable, as the rest of a sentence; undefined when nothing is. A variable that is
 * set to nothing counts as not set and has no value to ask about.
 */
export function problemOfVariable(value: string): string | undefined {
  if (value.trim() === '') return 'holds nothing but white space'
  if (value !== value.trim()) return 'has white space around its value'
  if (/^(["']).*\1$/.test(value)) return 'has quotes around its value'
  if (/^(undefined|null|\.\.\.|<.*>|your[_-].*|changeme)$/i.test(value)) {
    return 'holds a placeholder instead of a value'
  }
  return undefined
}

function required(variables: Variables, name: string): string {
  const value = read(variables, name)
  if (value !== undefined) return value
  throw refuse(
    name,
    'is not set',
    'Register an application at https://openapi.ctrader.com/apps and set it.',
  )
}

function read(variables: Variables, name: string): string | undefined {
  const value = variables[name]
  if (value === undefined || value === '') return undefined
  const problem = problemOfVariable(value)
  if (problem !== undefined) throw refuse(name, problem, 'Set it to the bare value.')
  return value
}

function refuse(name: string, problem: string, remedy: string): OAuthConfigurationError {
  return new OAuthConfigurationError(`The variable ${name} ${problem}.`, {
    facts: { variable: name },
    remedy,
  })
}
