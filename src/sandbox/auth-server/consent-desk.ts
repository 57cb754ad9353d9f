import type { Logger } from '../../log.ts'
import type { Ctid, Identity } from '../identity/index.ts'
import type { Random } from '../random.ts'
import type { AuthSwitches } from './auth-switches.ts'
import type { AuthorizeRequest } from './authorize-request.ts'
import { type CallbackChange, redirectTarget } from './redirect-target.ts'

export interface ConsentDeskOptions {
  readonly identity: Identity
  readonly switches: AuthSwitches
  /** Tosses the coin for `echoState: 'sometimes'`. */
  readonly random: Random
  readonly logger: Logger
}

/** Where a decision leads. */
interface Departure {
  /** The server's own address, for those who ask for it in the redirect. */
  readonly origin: string
  readonly change?: CallbackChange | undefined
}

/** Carries out what a person decided, and says where the browser goes from there. */
export class ConsentDesk {
  readonly #options: ConsentDeskOptions

  constructor(options: ConsentDeskOptions) {
    this.#options = options
  }

  /** @param accountIds accounts of this person, at least one */
  allow(
    request: AuthorizeRequest,
    ctid: Ctid,
    accountIds: readonly number[],
    departure: Departure,
  ): string {
    const { redirectUri, scope, codeChallenge } = request
    const { clientId } = request.application
    const { userId } = ctid
    const code = this.#options.identity.issueCode({
      ...{ clientId, redirectUri, userId, accountIds, scope, codeChallenge },
    })
    this.#options.logger.info({ clientId, userId, scope, accountIds }, 'Access allowed by the user')
    return this.redirect(redirectUri, { code }, request.state, departure)
  }

  /** @returns undefined where denial leads nowhere */
  deny(request: AuthorizeRequest, ctid: Ctid, departure: Departure): string | undefined {
    const { redirectUri, scope, state } = request
    const { clientId } = request.application
    this.#options.logger.info({ clientId, userId: ctid.userId, scope }, 'Access denied by the user')
    if (this.#options.switches.current.denial === 'page') return undefined
    return this.redirect(redirectUri, { error: 'access_denied' }, state, departure)
  }

  /** The redirect URI with these parameters, and those the switches add. */
  redirect(
    redirectUri: string,
    parameters: Readonly<Record<string, string>>,
    state: string | undefined,
    { origin, change }: Departure,
  ): string {
    const { echoState, issuerInRedirect } = this.#options.switches.current
    const echoes =
      echoState === 'always' || (echoState === 'sometimes' && this.#options.random.next() < 0.5)
    const added = {
      state: echoes ? state : undefined,
      iss: issuerInRedirect ? origin : undefined,
    }
    return redirectTarget(redirectUri, { ...parameters, ...added }, change)
  }
}
