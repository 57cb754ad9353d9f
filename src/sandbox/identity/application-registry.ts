import { InvalidArgumentError } from '../../errors.ts'
import type { Application } from './application.ts'
import { sameSecret } from './same-secret.ts'

/** An application to register; what the portal lets one leave empty may be left out. */
export type ApplicationEntry = Omit<Application, 'description' | 'type'> &
  Partial<Pick<Application, 'description' | 'type'>>

/** What can be changed of an application afterwards. */
export type ApplicationChanges = Partial<Omit<Application, 'clientId'>>

/** The registered applications, as on the original's portal. */
export class ApplicationRegistry {
  readonly #applications = new Map<string, Application>()
  #origin: string | undefined

  /** Tells where the authorization server is, so that the Playground has an address. */
  servedAt(origin: string): void {
    this.#origin = origin
  }

  list(): readonly Application[] {
    return [...this.#applications.values()]
  }

  find(clientId: string): Application | undefined {
    return this.#applications.get(clientId)
  }

  /** Puts other applications in the place of those there are. */
  restore(applications: readonly Application[]): void {
    this.#applications.clear()
    for (const application of applications)
      this.#applications.set(application.clientId, application)
  }

  /** @throws InvalidArgumentError when the client id is taken */
  add(entry: ApplicationEntry): Application {
    if (this.#applications.has(entry.clientId)) {
      throw new InvalidArgumentError(`The client id "${entry.clientId}" is taken.`)
    }
    const application = Object.freeze({ description: '', type: 'desktop', ...entry } as const)
    this.#applications.set(entry.clientId, application)
    return application
  }

  /** @throws InvalidArgumentError when there is no such application */
  update(clientId: string, changes: ApplicationChanges): Application {
    const application = this.#applications.get(clientId)
    if (application === undefined) throw unknown(clientId)
    const changed = Object.freeze({ ...application, ...changes, clientId })
    this.#applications.set(clientId, changed)
    return changed
  }

  /** @throws InvalidArgumentError when there is no such application */
  remove(clientId: string): void {
    if (!this.#applications.delete(clientId)) throw unknown(clientId)
  }

  authenticate(
    clientId: string,
    clientSecret: string,
  ): 'ok' | 'unknown' | 'wrong-secret' | 'inactive' {
    const application = this.#applications.get(clientId)
    if (application === undefined) return 'unknown'
    if (!sameSecret(application.clientSecret, clientSecret)) return 'wrong-secret'
    return application.status === 'active' ? 'ok' : 'inactive'
  }

  /** The address the portal lists first; a code that goes there never reaches the application. */
  playgroundUri(clientId: string): string | undefined {
    if (this.#origin === undefined) return undefined
    return `${this.#origin}/apps/${encodeURIComponent(clientId)}/playground`
  }

  /** Every redirect URI of an application in the order of the portal, the Playground's first. */
  redirectUrisOf(application: Application): readonly string[] {
    const playground = this.playgroundUri(application.clientId)
    return playground === undefined
      ? application.redirectUris
      : [playground, ...application.redirectUris]
  }

  /**
   * Whether a redirect URI may be used: character by character the same as a registered one, or, where any port of the
   * loopback interface is allowed (RFC 8252, section 7.3), the same but for the port.
   */
  accepts(application: Application, redirectUri: string, anyLoopbackPort: boolean): boolean {
    const registered = this.redirectUrisOf(application)
    if (registered.includes(redirectUri)) return true
    if (!anyLoopbackPort) return false
    const asked = withoutLoopbackPort(redirectUri)
    return asked !== undefined && registered.some((uri) => withoutLoopbackPort(uri) === asked)
  }
}

/** An `http` address of the loopback interface without its port; undefined for every other one. */
function withoutLoopbackPort(uri: string): string | undefined {
  const [, host, rest] =
    /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::\d{1,5})?((?:[/?].*)?)$/.exec(uri) ?? []
  return host === undefined ? undefined : `${host} ${rest ?? ''}`
}

function unknown(clientId: string): InvalidArgumentError {
  return new InvalidArgumentError(`There is no application "${clientId}".`, { facts: { clientId } })
}
