import type { GrantIdentity } from '../index.ts'
import { judgeCallbackAnswer } from '../oauth/callback/callback-verdict.ts'
import { exchangeCode, OAuthError, readCallbackQuery, type TokenSet } from '../oauth/index.ts'
import { statePolicyOf } from '../oauth/server/endpoints.ts'
import type { Secret } from '../secret.ts'
import { goTo, showPage, wrongMethod } from './answers.ts'
import { FlowCookie } from './flow-cookie.ts'
import { digestOf, FlowSecret } from './flow-secret.ts'
import type { FlowEntry } from './flow-store.ts'
import type { CheckedWebLoginOptions } from './options.ts'
import type { WebLoginPageName } from './pages.ts'
import { decodeLogin, encodeGrant, type PendingLogin } from './pending.ts'
import { type WebLoginOutcome, withOutcome } from './return-path.ts'
import { strangeCallback } from './visit.ts'

/** Takes a browser back from the consent page. Whatever does not belong to its login changes nothing. */
export async function receiveCallback(
  options: CheckedWebLoginOptions,
  request: Request,
): Promise<Response> {
  const { store, clock } = options
  // Frameworks hand HEAD to handlers of GET; a look ahead must not use the code up.
  if (request.method !== 'GET') return wrongMethod('GET')
  const url = new URL(request.url)
  if (url.pathname !== options.callbackPath) return showPage(options, { name: 'not-here' })
  if (strangeCallback(request) !== undefined) return showPage(options, { name: 'not-accepted' })
  const user = await options.currentUser(request)
  const answer = readCallbackQuery(url.search.slice(1))
  const secret = new FlowCookie(options.isHttps).read(request)
  const entry = secret && (await store.find(await secret.id(), clock.now()))
  if (entry === undefined || user === undefined || entry.owner !== user) {
    return answer.kind === 'code' && user !== undefined
      ? sayItIsDone(options, answer.code, user)
      : showPage(options, { name: 'not-accepted' })
  }
  // The page was loaded again: the code has been traded, and the rest is a matter of confirming.
  if (entry.kind === 'grant') return goTo(options.confirmPath)
  if (entry.kind !== 'login' || answer.kind === 'malformed') {
    return showPage(options, { name: 'not-accepted' })
  }
  const login = decodeLogin(entry.data)
  const verdict = await judgeCallbackAnswer(answer, {
    digest: login.stateDigest,
    policy: options.statePolicy ?? statePolicyOf(options.endpoints),
    issuer: options.endpoints.issuer,
  })
  if (verdict.kind !== 'acceptable') return showPage(options, { name: 'not-accepted' })
  // From here on it is used up, and of callbacks at the same time one goes on.
  if ((await store.take(entry.id, clock.now())) === undefined) {
    return showPage(options, { name: 'not-accepted' })
  }
  if (answer.kind === 'error') {
    return goTo(withOutcome(login.returnTo, 'denied'), new FlowCookie(options.isHttps).clear())
  }
  return tradeCode(options, entry, login, answer.code)
}

/** Trades the code for tokens and keeps them, sealed, until the user has said whose they are. */
async function tradeCode(
  options: CheckedWebLoginOptions,
  { owner }: FlowEntry,
  { scope, returnTo, renew }: PendingLogin,
  code: Secret,
): Promise<Response> {
  const { application, redirectUri, endpoints, clock, logger, ttlMs, store, limits } = options
  const cookie = new FlowCookie(options.isHttps)
  let tokens: TokenSet
  try {
    tokens = await exchangeCode({
      application,
      code,
      codeReceivedAt: clock.now(),
      codeIsFresh: true,
      redirectUri,
      scope,
      endpoints,
      clock,
      logger,
      fetch: options.fetch,
      timeoutMs: options.exchangeTimeoutMs,
    })
  } catch (error) {
    options.onError?.(error, 'callback')
    return showPage(options, { name: pageFor(error) }, { cookie: cookie.clear() })
  }
  const identity = await tryToIdentify(options, tokens)
  // A new secret: whoever knew the one before the consent learns nothing of what came of it.
  const secret = FlowSecret.create(options.random)
  const doneId = await digestOf(`done:${code.reveal()}`)
  const data = await secret.seal(encodeGrant({ tokens, identity, returnTo, renew, doneId }))
  const id = await secret.id()
  const expiresAt = clock.now() + ttlMs
  const kept = await store.put({ id, owner, kind: 'grant', expiresAt, data }, limits, clock.now())
  if (!kept) return showPage(options, { name: 'busy' }, { cookie: cookie.clear() })
  return goTo(options.confirmPath, cookie.set(secret, ttlMs))
}

/** Undefined when the server cannot be asked just now: the page of the confirmation asks again. */
export async function tryToIdentify(
  options: CheckedWebLoginOptions,
  tokens: TokenSet,
): Promise<GrantIdentity | undefined> {
  try {
    return await options.identify(tokens)
  } catch (error) {
    options.onError?.(error, 'confirm')
    return undefined
  }
}

/** A finished login whose callback page is loaded again ends where it ended before. */
async function sayItIsDone(
  options: CheckedWebLoginOptions,
  code: Secret,
  user: string,
): Promise<Response> {
  const { store, clock } = options
  const done = await store.find(await digestOf(`done:${code.reveal()}`), clock.now())
  if (done?.kind !== 'done' || done.owner !== user) {
    return showPage(options, { name: 'not-accepted' })
  }
  const { returnTo, outcome } = JSON.parse(done.data) as {
    returnTo: string
    outcome: WebLoginOutcome
  }
  return goTo(withOutcome(returnTo, outcome))
}

function pageFor(error: unknown): WebLoginPageName {
  return error instanceof OAuthError && error.kind === 'transient' ? 'unavailable' : 'failed'
}
