import { Secret, toSecret } from '../../secret.ts'
import { OAuthConfigurationError } from '../errors.ts'

/** An application registered at https://openapi.ctrader.com/apps. */
export interface OAuthApplication {
  readonly clientId: string
  readonly clientSecret: string | Secret
  /** Where the values came from, such as the name of a variable or a profile; only for error messages. */
  readonly sources?: { readonly clientId?: string; readonly clientSecret?: string }
}

/** An application whose values have been looked at. */
export interface CheckedApplication {
  readonly clientId: string
  readonly clientSecret: Secret
  readonly sources: { readonly clientId: string; readonly clientSecret: string }
}

/**
 * Returns the client id.
 *
 * @throws OAuthConfigurationError when it is empty, has whitespace or control characters, or is the client secret.
 */
export function requireClientId(application: {
  readonly clientId: string
  readonly clientSecret?: string | Secret
  readonly sources?: OAuthApplication['sources']
}): string {
  const { clientId, clientSecret } = application
  const source = application.sources?.clientId ?? 'clientId'
  if (typeof clientId !== 'string' || clientId === '') {
    throw refuse(
      'The client id is missing',
      source,
      'Copy it from https://openapi.ctrader.com/apps.',
    )
  }
  if (/[\s\p{Cc}\p{Cf}]/u.test(clientId)) {
    throw refuse(
      'The client id contains whitespace or control characters',
      source,
      'Copy it again without the spaces or line breaks around it.',
    )
  }
  if (
    clientSecret !== undefined &&
    clientSecret !== '' &&
    toSecret(clientSecret).reveal() === clientId
  ) {
    throw refuse(
      'The client id and the client secret are the same text',
      source,
      'One of them was put in the place of the other: the id is public, the secret must stay out of URLs.',
    )
  }
  return clientId
}

/**
 * Returns the application with its secret wrapped. Nothing is trimmed: a value that looks badly copied is refused.
 *
 * @throws OAuthConfigurationError naming the source of the value that is wrong.
 */
export function requireApplication(application: OAuthApplication): CheckedApplication {
  const clientId = requireClientId(application)
  const source = application.sources?.clientSecret ?? 'clientSecret'
  const { clientSecret } = application
  if (
    !(clientSecret instanceof Secret) &&
    (typeof clientSecret !== 'string' || clientSecret === '')
  ) {
    throw refuse(
      'The client secret is missing',
      source,
      'Copy it from https://openapi.ctrader.com/apps.',
    )
  }
  const secret = toSecret(clientSecret)
  const value = secret.reveal()
  if (value !== value.trim() || /[\r\n\0]/.test(value)) {
    throw refuse(
      'The client secret has whitespace around it or a line break in it',
      source,
      'Copy it again without the spaces or line breaks.',
    )
  }
  return {
    clientId,
    clientSecret: secret,
    sources: { clientId: application.sources?.clientId ?? 'clientId', clientSecret: source },
  }
}

function refuse(problem: string, source: string, remedy: string): OAuthConfigurationError {
  return new OAuthConfigurationError(`${problem} (${source}).`, {
    facts: { option: source },
    remedy,
  })
}
