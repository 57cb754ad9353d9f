import { goTo, showPage, wrongMethod } from './answers.ts'
import { tryToIdentify } from './callback.ts'
import { FlowCookie } from './flow-cookie.ts'
import type { FlowSecret } from './flow-secret.ts'
import type { FlowEntry } from './flow-store.ts'
import {
  type CheckedWebLoginOptions,
  type ExtraHeaders,
  GrantLinkedElsewhereError,
} from './options.ts'
import { decodeGrant, encodeGrant, type PendingGrant } from './pending.ts'
import { type WebLoginOutcome, withOutcome } from './return-path.ts'
import { isOwnForm, readForm } from './visit.ts'

/** A grant that waits for its user, and what opens it. */
interface Waiting {
  readonly entry: FlowEntry
  readonly secret: FlowSecret
  readonly grant: PendingGrant
}

/** Shows whose grant it is, and links it when the user says that it is theirs. */
export async function confirmGrant(
  options: CheckedWebLoginOptions,
  request: Request,
): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'POST') return wrongMethod('GET, POST')
  const waiting = await findWaiting(options, request)
  if (waiting === undefined) return showPage(options, { name: 'nothing-to-confirm' })
  if (request.method === 'GET') return show(options, waiting)
  if (!isOwnForm(request, options.origin)) return showPage(options, { name: 'not-accepted' })
  const decision = (await readForm(request))?.get('decision')
  if (decision !== 'accept' && decision !== 'decline') {
    return showPage(options, { name: 'not-accepted' })
  }
  // Nobody has seen whose it is.
  if (decision === 'accept' && waiting.grant.identity === undefined) {
    return goTo(options.confirmPath)
  }
  return decide(options, request, waiting, decision === 'accept')
}

async function findWaiting(
  options: CheckedWebLoginOptions,
  request: Request,
): Promise<Waiting | undefined> {
  const secret = new FlowCookie(options.isHttps).read(request)
  const user = await options.currentUser(request)
  if (secret === undefined || user === undefined) return undefined
  const entry = await options.store.find(await secret.id(), options.clock.now())
  if (entry === undefined || entry.kind !== 'grant' || entry.owner !== user) return undefined
  const text = await secret.open(entry.data)
  return text === undefined ? undefined : { entry, secret, grant: decodeGrant(text) }
}

async function show(options: CheckedWebLoginOptions, waiting: Waiting): Promise<Response> {
  const { grant } = waiting
  const identity = grant.identity ?? (await tryToIdentify(options, grant.tokens))
  if (identity === undefined) return showPage(options, { name: 'unavailable' })
  if (grant.identity === undefined) await keep(options, waiting, { ...grant, identity })
  const isOther = grant.renew !== undefined && grant.renew !== identity.userId
  return showPage(options, {
    name: 'confirm',
    returnPath: grant.returnTo,
    identity,
    expectedUserId: isOther ? grant.renew : undefined,
    confirmPath: options.confirmPath,
  })
}

async function decide(
  options: CheckedWebLoginOptions,
  request: Request,
  waiting: Waiting,
  accepted: boolean,
): Promise<Response> {
  const { entry, grant } = waiting
  const { store, clock, limits, ttlMs } = options
  if ((await store.take(entry.id, clock.now())) === undefined) {
    return showPage(options, { name: 'nothing-to-confirm' })
  }
  const cookie = new FlowCookie(options.isHttps).clear()
  let more: ExtraHeaders | undefined
  if (accepted && grant.identity !== undefined) {
    const { tokens, identity } = grant
    try {
      more = await options.link({ user: entry.owner, tokens, identity }, request)
    } catch (error) {
      if (error instanceof GrantLinkedElsewhereError) {
        return showPage(options, { name: 'linked-elsewhere' }, { cookie })
      }
      // The tokens are kept nowhere else: the person can say yes once more.
      await store.put(entry, limits, clock.now())
      throw error
    }
  }
  const outcome: WebLoginOutcome = accepted ? 'linked' : 'declined'
  const data = JSON.stringify({ returnTo: grant.returnTo, outcome })
  const expiresAt = clock.now() + ttlMs
  const done: FlowEntry = { id: grant.doneId, owner: entry.owner, kind: 'done', expiresAt, data }
  await store.put(done, limits, clock.now())
  const answer = goTo(withOutcome(grant.returnTo, outcome), cookie)
  for (const [name, value] of Array.isArray(more) ? more : Object.entries(more ?? {})) {
    answer.headers.append(name, value)
  }
  return answer
}

async function keep(
  { store, limits, clock }: CheckedWebLoginOptions,
  { entry, secret }: Waiting,
  grant: PendingGrant,
): Promise<void> {
  const data = await secret.seal(encodeGrant(grant))
  await store.put({ ...entry, data }, limits, clock.now())
}
