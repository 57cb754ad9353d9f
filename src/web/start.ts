import { createAuthorizationRequest, type Scope, stateDigest } from '../oauth/index.ts'
import { goTo, showPage, wrongMethod } from './answers.ts'
import { FlowCookie } from './flow-cookie.ts'
import { FlowSecret } from './flow-secret.ts'
import type { CheckedWebLoginOptions } from './options.ts'
import { encodeLogin } from './pending.ts'
import { allowedReturnPath } from './return-path.ts'
import { isOwnForm, readForm } from './visit.ts'

/** Begins a login for whoever is signed in, in the browser that sent the form. */
export async function startLogin(
  options: CheckedWebLoginOptions,
  request: Request,
): Promise<Response> {
  const { store, clock, limits, ttlMs } = options
  // A link or an image could begin a login as well, if it took no form.
  if (request.method !== 'POST') return wrongMethod('POST')
  if (!isOwnForm(request, options.origin)) return showPage(options, { name: 'not-accepted' })
  const owner = await options.currentUser(request)
  if (owner === undefined) {
    return options.signInPath === undefined
      ? showPage(options, { name: 'sign-in-first' })
      : goTo(options.signInPath)
  }
  const wanted = readWishes(options, await readForm(request))
  if (wanted === undefined) return showPage(options, { name: 'not-accepted' })

  const cookie = new FlowCookie(options.isHttps)
  const before = cookie.read(request)
  // One login for each browser: which of two is meant could not be told when it comes back.
  if (before !== undefined) await store.take(await before.id(), clock.now())

  const { application, redirectUri, endpoints, product, random } = options
  const { scope, returnTo, renew } = wanted
  const authorization = createAuthorizationRequest({
    application,
    redirectUri,
    scope,
    endpoints,
    ttlMs,
    clock,
    ...(product === undefined ? {} : { product }),
    ...(random === undefined ? {} : { random }),
  })
  const secret = FlowSecret.create(random)
  const kept = await store.put(
    {
      id: await secret.id(),
      owner,
      kind: 'login',
      expiresAt: clock.now() + ttlMs,
      data: encodeLogin({
        stateDigest: await stateDigest(authorization.state),
        scope,
        returnTo,
        renew,
      }),
    },
    limits,
    clock.now(),
  )
  if (!kept) return showPage(options, { name: 'busy' })
  return goTo(authorization.url, cookie.set(secret, ttlMs))
}

interface Wishes {
  readonly scope: Scope
  readonly returnTo: string
  readonly renew: number | undefined
}

/** What the form asks for; undefined when it asks for something that is not offered. */
function readWishes(
  { scopes, returnPath, returnPaths }: CheckedWebLoginOptions,
  form: URLSearchParams | undefined,
): Wishes | undefined {
  if (form === undefined) return undefined
  const scope = scopes.find((one) => one === (form.get('scope') ?? scopes[0]))
  const returnTo = allowedReturnPath(form.get('returnTo') ?? returnPath, returnPaths)
  const renew = form.get('renew') ?? undefined
  if (scope === undefined || returnTo === undefined) return undefined
  if (renew !== undefined && !/^[1-9]\d{0,14}$/.test(renew)) return undefined
  return { scope, returnTo, renew: renew === undefined ? undefined : Number(renew) }
}
