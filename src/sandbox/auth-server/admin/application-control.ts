import { InvalidArgumentError } from '../../../errors.ts'
import type { Credentials, NewApplication } from '../../credentials.ts'
import type { Application, Identity } from '../../identity/index.ts'
import { redirectUriProblem } from '../../identity/redirect-uri.ts'

/** An application as the portal shows it. */
export interface PortalApplication extends Application {
  /**
   * The redirect URI the portal lists first. It may be used, and the code then ends at the Playground instead of the
   * application.
   */
  readonly playgroundUri: string
}

/** What the portal lets one change. */
export type PortalChanges = Partial<
  Pick<Application, 'name' | 'description' | 'type' | 'redirectUris' | 'status'>
>

/** The portal on which applications are registered. */
export interface ApplicationControl {
  list(): readonly PortalApplication[]
  find(clientId: string): PortalApplication | undefined
  /**
   * Registers an application; id and secret follow from the seed.
   *
   * @throws InvalidArgumentError for a name, redirect URI, type or status that is none
   */
  create(application: NewApplication): PortalApplication
  /**
   * Changes an application. Its review is `status: 'active'`; back to `submitted` it is refused everywhere, at the consent
   * page, for tokens and on the API hosts, until it is active again.
   *
   * @throws InvalidArgumentError when there is no such application, and for a change that is none
   */
  update(clientId: string, changes: PortalChanges): PortalApplication
  /** Gives a new secret; the old one is refused from then on. */
  resetSecret(clientId: string): PortalApplication
  /** Takes an application off, and with it every grant it has. */
  remove(clientId: string): void
}

export function createApplicationControl(
  identity: Identity,
  credentials: Credentials,
): ApplicationControl {
  const { registry } = identity
  const shown = (application: Application): PortalApplication => ({
    ...application,
    playgroundUri: registry.playgroundUri(application.clientId) ?? '',
  })
  return {
    list: () => registry.list().map(shown),
    find(clientId) {
      const application = registry.find(clientId)
      return application === undefined ? undefined : shown(application)
    },
    create(given) {
      check(given)
      if (given.name === undefined || given.redirectUris === undefined) {
        throw wrong('name and redirectUris', undefined, 'An application has both.')
      }
      return shown(registry.add(credentials.application(given)))
    },
    update(clientId, changes) {
      check(changes)
      return shown(registry.update(clientId, changes))
    },
    resetSecret(clientId) {
      return shown(registry.update(clientId, { clientSecret: credentials.secret() }))
    },
    remove(clientId) {
      registry.remove(clientId)
      identity.revoke({ clientId })
    },
  }
}

/** Checks what may come from JSON. */
function check(given: PortalChanges): void {
  const known = ['name', 'description', 'type', 'redirectUris', 'status']
  if (typeof given !== 'object' || given === null)
    throw wrong('description', given, 'Give an object.')
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw wrong(name, '', `There are ${known.join(', ')}.`)
  }
  const { name, description, type, redirectUris, status } = given
  if (name !== undefined && (typeof name !== 'string' || name.trim() === '' || name.length > 200)) {
    throw wrong('name', name, 'Give 1 to 200 characters.')
  }
  if (description !== undefined && (typeof description !== 'string' || description.length > 2000)) {
    throw wrong('description', description, 'Give up to 2000 characters.')
  }
  if (type !== undefined && type !== 'desktop' && type !== 'web') {
    throw wrong('type', type, 'Choose desktop or web.')
  }
  if (status !== undefined && status !== 'submitted' && status !== 'active') {
    throw wrong('status', status, 'Choose submitted or active.')
  }
  if (redirectUris === undefined) return
  if (!Array.isArray(redirectUris)) throw wrong('redirectUris', redirectUris, 'Give a list.')
  for (const uri of redirectUris as readonly unknown[]) {
    const problem = redirectUriProblem(uri)
    if (problem !== undefined) throw wrong('redirect URI', uri, problem)
  }
}

function wrong(name: string, value: unknown, remedy: string): InvalidArgumentError {
  const shown = value === undefined ? 'missing' : JSON.stringify(value)
  return new InvalidArgumentError(`The application's ${name} cannot be ${shown}.`, {
    facts: { option: name, value: shown },
    remedy,
  })
}
