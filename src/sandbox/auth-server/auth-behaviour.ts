import { InvalidArgumentError } from '../../errors.ts'

/**
 * What the sources about the original's authorization server disagree on, or do not say. Each switch defaults to what is
 * better attested or, where nothing is, to what is harder on a client.
 */
export interface AuthBehaviour {
  /**
   * Whether the redirect carries the request's `state` back. Two users saw that the original drops it.
   * @defaultValue 'never'
   */
  readonly echoState: 'never' | 'always'
  /**
   * Status of a refused token request. Nobody wrote down the original's; its own SDKs look for `errorCode` in the body of
   * a success, and a client that trusts the status alone takes 200 for tokens: 200 finds more mistakes.
   * @defaultValue 200
   */
  readonly failureStatus: 200 | 400 | 401
  /**
   * What follows when the person does not allow access: a redirect with `error=access_denied`, or a page that leads
   * nowhere, so that the client waits in vain.
   * @defaultValue 'redirect'
   */
  readonly denial: 'redirect' | 'page'
}

const positions: { readonly [K in keyof AuthBehaviour]: readonly AuthBehaviour[K][] } = {
  // The first of each is the default.
  echoState: ['never', 'always'],
  failureStatus: [200, 400, 401],
  denial: ['redirect', 'page'],
}

/**
 * The switches with what was left out filled in.
 *
 * @throws InvalidArgumentError for a switch that does not exist or a position it does not have
 */
export function resolveAuthBehaviour(given: Partial<AuthBehaviour> = {}): AuthBehaviour {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(positions, name)) continue
    throw new InvalidArgumentError(`There is no switch "${name}".`, {
      remedy: `The switches are ${Object.keys(positions).join(', ')}.`,
    })
  }
  return {
    echoState: pick('echoState', given),
    failureStatus: pick('failureStatus', given),
    denial: pick('denial', given),
  }
}

function pick<K extends keyof AuthBehaviour>(
  name: K,
  given: Partial<AuthBehaviour>,
): AuthBehaviour[K] {
  const known = positions[name]
  const position = given[name] === undefined ? known[0] : known.find((one) => one === given[name])
  if (position !== undefined) return position
  throw new InvalidArgumentError(`The switch ${name} cannot be ${String(given[name])}.`, {
    remedy: `Choose one of ${known.join(', ')}.`,
  })
}
