import { InvalidArgumentError } from '../../../errors.ts'
import type { Ctid, Identity } from '../../identity/index.ts'
import type { AuthSwitches } from '../auth-switches.ts'
import { type AuthorizeRequest, isProblem, readAuthorizeRequest } from '../authorize-request.ts'
import type { ConsentDesk } from '../consent-desk.ts'

/** Who decides, and for which accounts. */
export interface ConsentChoice {
  /** @defaultValue the first person */
  readonly username?: string
  /** @defaultValue all accounts of the person */
  readonly accountIds?: readonly number[]
}

/** Decides as a person would, without the pages. {@link consentByHttp} walks through the pages instead. */
export interface ConsentControl {
  /**
   * Allows what an authorization address asks for.
   *
   * @returns where the browser would be sent, with the code
   * @throws InvalidArgumentError where the page would have shown an error
   */
  allow(url: string | URL, choice?: ConsentChoice): string
  /**
   * Denies it.
   *
   * @returns where the browser would be sent; undefined where denial leads nowhere
   * @throws InvalidArgumentError where the page would have shown an error
   */
  deny(url: string | URL, choice?: ConsentChoice): string | undefined
}

export function createConsentControl(parts: {
  readonly identity: Identity
  readonly switches: AuthSwitches
  readonly desk: ConsentDesk
  readonly origin: string
}): ConsentControl {
  const { identity, switches, desk, origin } = parts
  const personOf = ({ username }: ConsentChoice): Ctid => {
    const { ctids } = identity
    const ctid = username === undefined ? ctids[0] : ctids.find((one) => one.username === username)
    if (ctid !== undefined) return ctid
    throw new InvalidArgumentError(`There is no cTrader ID "${username ?? ''}".`)
  }
  const requestOf = (url: string | URL): AuthorizeRequest => {
    if (!URL.canParse(String(url))) {
      throw new InvalidArgumentError('The authorization address is not a URL.')
    }
    const request = readAuthorizeRequest(new URL(url).search.slice(1), identity, switches.current)
    if (!isProblem(request)) return request
    const { title, details } = request
    throw new InvalidArgumentError(`The authorization server says: "${title}".`, {
      facts: { title },
      remedy: details[0] ?? '',
    })
  }
  return {
    allow(url, choice = {}) {
      const ctid = personOf(choice)
      const accountIds = choice.accountIds ?? ctid.accountIds
      return desk.allow(requestOf(url), ctid, accountIds, { origin })
    },
    deny: (url, choice = {}) => desk.deny(requestOf(url), personOf(choice), { origin }),
  }
}
