import { type Clock, systemClock } from '../../async/clock.ts'
import { Secret } from '../../secret.ts'
import type { CheckedApplication } from '../application/application.ts'
import { requireDuration } from '../duration.ts'
import {
  type OAuthEndpoints,
  openApiEndpoints,
  requireEndpoint,
  requireTokenRequestForm,
} from '../server/endpoints.ts'
import { TokenEndpointUnreachableError } from './token-errors.ts'
import { unsentReason } from './unsent.ts'

/** What is asked of a token endpoint. */
export type TokenGrant =
  | {
      readonly grantType: 'authorization_code'
      readonly code: Secret
      readonly redirectUri: string
    }
  | { readonly grantType: 'refresh_token'; readonly refreshToken: Secret }

/** The part of the global `fetch` that is used here. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>

export interface TokenTransport {
  /** @default {@link openApiEndpoints} */
  readonly endpoints?: OAuthEndpoints | undefined
  /** For proxies, own certificate authorities and other runtimes. @default the global fetch */
  readonly fetch?: FetchLike | undefined
  readonly clock?: Clock | undefined
  /** For connecting, sending and reading the whole answer together, in milliseconds. @default 15_000 */
  readonly timeoutMs?: number | undefined
}

/** The raw answer of a token endpoint, kept apart from its meaning so that it can be stored before it is read. */
export interface TokenAnswer {
  /** 0 when the platform hides the answer, as some do with redirects. */
  readonly status: number
  readonly contentType: string
  /** Where a redirect points, host only. */
  readonly redirectHost: string | undefined
  readonly retryAfter: string | undefined
  /** When the request was sent, in milliseconds since 1970. */
  readonly sentAt: number
  readonly bytes: number
  /** Whether the answer was longer than is read; the body is missing then. */
  readonly tooBig: boolean
  /** The whole body; undefined when it is empty. */
  readonly body: Secret | undefined
}

const bodyLimit = 65_536
const userAgent = 'ctrader-open-api'

/**
 * Sends one token request and reads its answer, whatever it says. Nothing is repeated and no redirect is followed.
 *
 * @throws TokenEndpointUnreachableError when no complete answer came; its `outcome` says whether the server may have
 *   acted. An aborted signal throws its reason.
 */
export async function sendTokenRequest(
  application: CheckedApplication,
  grant: TokenGrant,
  transport: TokenTransport = {},
  signal?: AbortSignal,
): Promise<TokenAnswer> {
  const { clock = systemClock } = transport
  const timeoutMs = requireDuration('timeoutMs', transport.timeoutMs ?? 15_000)
  const endpoints = transport.endpoints ?? openApiEndpoints
  const { url, init } = buildTokenRequest(application, grant, endpoints)
  const send: FetchLike = transport.fetch ?? ((target, options) => fetch(target, options))
  signal?.throwIfAborted()

  const controller = new AbortController()
  let timedOut = false
  let stop: (reason: unknown) => void = () => {}
  const stopped = new Promise<never>((_, reject) => {
    stop = reject
  })
  // It may be rejected when nobody listens any more.
  stopped.catch(() => {})
  const end = (reason: unknown): void => {
    controller.abort()
    stop(reason)
  }
  const timer = clock.after(timeoutMs, () => {
    timedOut = true
    end(undefined)
  })
  const abort = (): void => end(undefined)
  signal?.addEventListener('abort', abort, { once: true })
  const sent = { wall: clock.now(), monotonic: clock.monotonic() }
  try {
    const work = receive(send, url, { ...init, signal: controller.signal }, sent, clock)
    // The race makes the deadline hold even where a given fetch ignores its signal.
    work.catch(() => {})
    return await Promise.race([work, stopped])
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw unreachable(grant, url, timedOut ? timeoutMs : undefined, error)
  } finally {
    timer.cancel()
    signal?.removeEventListener('abort', abort)
  }
}

interface BuiltRequest {
  readonly url: string
  readonly init: RequestInit
}

function buildTokenRequest(
  application: CheckedApplication,
  grant: TokenGrant,
  endpoints: OAuthEndpoints,
): BuiltRequest {
  const url = requireEndpoint('tokenUrl', endpoints)
  const form = requireTokenRequestForm(endpoints)
  const fields: [string, string][] = [['grant_type', grant.grantType]]
  if (grant.grantType === 'authorization_code') {
    fields.push(['code', grant.code.reveal()], ['redirect_uri', grant.redirectUri])
  } else fields.push(['refresh_token', grant.refreshToken.reveal()])
  fields.push(
    ['client_id', application.clientId],
    ['client_secret', application.clientSecret.reveal()],
  )
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'User-Agent': userAgent,
    // A connection of its own: one kept from earlier may be closing, which would leave the outcome unknown.
    Connection: 'close',
  }
  if (form === 'post-form') {
    headers['Content-Type'] = 'application/x-www-form-urlencoded'
    const body = new URLSearchParams(fields).toString()
    return { url: url.href, init: { method: 'POST', headers, body, redirect: 'manual' } }
  }
  for (const [name, value] of fields) url.searchParams.set(name, value)
  const method = form === 'get-query' ? 'GET' : 'POST'
  return { url: url.href, init: { method, headers, redirect: 'manual' } }
}

async function receive(
  send: FetchLike,
  url: string,
  init: RequestInit,
  sent: { readonly wall: number; readonly monotonic: number },
  clock: Clock,
): Promise<TokenAnswer> {
  const response = await send(url, init)
  const { text, bytes, tooBig } = await readBody(response)
  const location = response.headers.get('location')
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    redirectHost: location === null ? undefined : hostOf(location, url),
    retryAfter: response.headers.get('retry-after') ?? undefined,
    sentAt: momentOfSending(sent, response.headers.get('date'), clock),
    bytes,
    tooBig,
    body: text === '' ? undefined : new Secret(text),
  }
}

async function readBody(
  response: Response,
): Promise<{ text: string; bytes: number; tooBig: boolean }> {
  if (response.body === null) return { text: '', bytes: 0, tooBig: false }
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { text: text + decoder.decode(), bytes, tooBig: false }
    bytes += value.byteLength
    if (bytes > bodyLimit) {
      // Not awaited: a stubborn sender could hold it up.
      reader.cancel().catch(() => {})
      return { text: '', bytes, tooBig: true }
    }
    text += decoder.decode(value, { stream: true })
  }
}

/**
 * The wall clock at sending; when it was set by more than five minutes meanwhile, the server's `Date`, or else what the
 * new wall clock says that moment was.
 */
function momentOfSending(
  sent: { readonly wall: number; readonly monotonic: number },
  date: string | null,
  clock: Clock,
): number {
  const elapsed = clock.monotonic() - sent.monotonic
  const jump = clock.now() - sent.wall - elapsed
  if (Math.abs(jump) <= 300_000) return sent.wall
  const server = date === null ? Number.NaN : Date.parse(date)
  return Number.isFinite(server) ? server - elapsed : clock.now() - elapsed
}

function hostOf(location: string, base: string): string | undefined {
  return URL.canParse(location, base) ? new URL(location, base).host : undefined
}

function unreachable(
  grant: TokenGrant,
  url: string,
  timeoutMs: number | undefined,
  error: unknown,
): TokenEndpointUnreachableError {
  const { host } = new URL(url)
  const exchange = grant.grantType === 'authorization_code'
  const phase = exchange ? 'exchange' : 'refresh'
  const unsent = timeoutMs === undefined ? unsentReason(error) : undefined
  if (unsent !== undefined) {
    const trust = unsent.kind === 'tls'
    return new TokenEndpointUnreachableError(
      `The token endpoint at ${host} cannot be reached (${unsent.code}).`,
      { outcome: 'not-sent', reason: unsent.code },
      {
        phase,
        kind: trust ? 'config' : 'transient',
        retryable: !trust,
        facts: { host },
        remedy: trust
          ? 'Its certificate is not trusted: check the address, and for a certificate authority of your own set NODE_EXTRA_CA_CERTS.'
          : 'Nothing was sent. Check the network and the token URL, then try again.',
      },
    )
  }
  const reason = timeoutMs === undefined ? 'connection-lost' : 'timeout'
  const summary =
    timeoutMs === undefined
      ? `The connection to the token endpoint at ${host} was lost before its answer was complete.`
      : `The token endpoint at ${host} did not answer within ${timeoutMs / 1000} s.`
  return new TokenEndpointUnreachableError(
    summary,
    { outcome: 'unknown', reason },
    {
      phase,
      facts: { host },
      remedy: exchange
        ? 'The code may have been used and is not sent again. Start the login again to get a new one.'
        : 'The refresh token may be spent.',
    },
  )
}
