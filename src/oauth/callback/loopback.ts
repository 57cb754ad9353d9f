import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { type Clock, systemClock } from '../../async/clock.ts'
import { type Deferred, deferred } from '../../async/deferred.ts'
import type { Secret } from '../../secret.ts'
import {
  isLoopbackHost,
  parseRedirectUri,
  quoteRedirectUri,
} from '../application/redirect-uri-syntax.ts'
import { type StateCheck, stateDigest } from '../authorization/state.ts'
import { requireDuration } from '../duration.ts'
import {
  AuthorizationTimeoutError,
  CallbackListenerClosedError,
  CallbackPortInUseError,
  InvalidRedirectUriError,
  OAuthConfigurationError,
} from '../errors.ts'
import type { StatePolicy } from '../server/endpoints.ts'
import {
  type CallbackOutcome,
  type CallbackPage,
  type CallbackPageRenderer,
  renderCallbackPage,
  statusOfCallbackPage,
} from './callback-pages.ts'
import { type CallbackAnswer, readCallbackQuery } from './callback-query.ts'
import {
  type CallbackAddresses,
  callbackAddresses,
  judgeCallbackRequest,
} from './callback-request.ts'
import { denialOf, type ExpectedAnswer, judgeCallbackAnswer } from './callback-verdict.ts'
import { bindLoopback, closeServer, sendElsewhere, sendPage } from './loopback-server.ts'

export interface CallbackListenerOptions {
  /** Registered loopback redirect URIs in order of preference; the first whose port is free is used. */
  readonly redirectUris: readonly string[]
  readonly clock?: Clock
  /** Makes the pages shown in the browser. It receives one fixed word. */
  readonly renderPage?: CallbackPageRenderer
  /** How long {@link CallbackListener.close} waits for the browser to fetch its last page. @default 500 */
  readonly drainMs?: number
  /** How long the browser waits for the outcome of the exchange before it is told to look elsewhere. @default 20_000 */
  readonly resultWaitMs?: number
}

/** The login whose callback is awaited. */
export interface ReceiveCallbackOptions {
  readonly state: string
  /** @default 'strict' */
  readonly statePolicy?: StatePolicy
  /** The `iss` a server must name if it names one. */
  readonly issuer?: string | undefined
  /** Milliseconds since 1970 after which a callback comes too late. */
  readonly expiresAt?: number
  /** How long to wait, in milliseconds. @default 300_000 */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

/** A code that came back from the consent page, once. */
export interface ReceivedCode {
  readonly code: Secret
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  readonly state: Exclude<StateCheck, 'mismatch'>
  /** Whether it came through {@link CallbackListener.offer} and not from the browser itself. */
  readonly offered: boolean
}

/** What the listener did with an answer. Only `accepted` ends the wait. */
export type OfferedAnswer = 'accepted' | 'already-done' | 'not-accepted'

interface Flow {
  readonly expected: Promise<ExpectedAnswer>
  readonly result: Deferred<ReceivedCode>
}

/**
 * Starts to listen for a callback on this machine. Open the browser only after this.
 *
 * @throws InvalidRedirectUriError for a URI that is not plain http on 127.0.0.1, [::1] or localhost.
 * @throws CallbackPortInUseError when none of the ports can be had.
 */
export async function listenForCallback(
  options: CallbackListenerOptions,
): Promise<CallbackListener> {
  const { redirectUris } = options
  if (redirectUris.length === 0) {
    throw new OAuthConfigurationError('There is no redirect URI to listen on.', {
      facts: { option: 'redirectUris' },
      remedy:
        'List at least one registered loopback redirect URI, such as http://127.0.0.1:8080/callback.',
    })
  }
  for (const uri of redirectUris) requireServable(uri)
  const attempts: { port: number; reason: string }[] = []
  for (const uri of redirectUris) {
    let listener: CallbackListener | undefined
    const binding = await bindLoopback(uri, (request, response) =>
      listener?.handle(request, response),
    )
    if (binding.ok) {
      listener = new CallbackListener(uri, binding.servers, options)
      return listener
    }
    attempts.push({ port: binding.port, reason: binding.reason })
  }
  throw new CallbackPortInUseError(attempts, { facts: { redirectUris } })
}

/**
 * Waits on loopback for the one redirect that ends a login. Everything else that comes is answered and changes nothing.
 *
 * Made by {@link listenForCallback}. Give its `redirectUri` to the authorization request, then call `receive`, and
 * once the tokens are safe `report`, so that the page in the browser tells the truth. `close` leaves nothing behind.
 */
export class CallbackListener {
  /** The URI that is served; the authorization request and the exchange must use this one. */
  readonly redirectUri: string
  readonly #servers: readonly Server[]
  readonly #addresses: CallbackAddresses
  readonly #clock: Clock
  readonly #render: CallbackPageRenderer
  readonly #drainMs: number
  readonly #resultWaitMs: number
  readonly #pageServed = deferred<void>()
  readonly #refused = { malformed: 0, mismatch: 0, absent: 0 }
  #claimed = false
  #flow: Flow | undefined
  // No further callback is taken: one was, or nobody waits any more.
  #answered = false
  // A callback was taken and its browser sent to the result page.
  #pageOwed = false
  #outcome: CallbackOutcome | undefined
  readonly #waitingPages = new Set<() => void>()
  #closing: Promise<void> | undefined

  /** @internal Use {@link listenForCallback}. */
  constructor(redirectUri: string, servers: readonly Server[], options: CallbackListenerOptions) {
    this.redirectUri = redirectUri
    this.#servers = servers
    this.#addresses = callbackAddresses(redirectUri)
    this.#clock = options.clock ?? systemClock
    this.#render = options.renderPage ?? renderCallbackPage
    this.#drainMs = options.drainMs ?? 500
    this.#resultWaitMs = options.resultWaitMs ?? 20_000
    for (const server of servers) server.on('error', (error) => this.#fail(error))
  }

  /**
   * Resolves with the code of the one accepted callback.
   *
   * @throws AuthorizationDeniedError when the server sends the person back with an error.
   * @throws AuthorizationTimeoutError when nobody comes back in time.
   * @throws CallbackListenerClosedError when the listener is closed meanwhile. An aborted signal throws its reason.
   */
  async receive(options: ReceiveCallbackOptions): Promise<ReceivedCode> {
    const { signal, issuer, statePolicy: policy = 'strict' } = options
    signal?.throwIfAborted()
    if (this.#claimed) {
      throw new OAuthConfigurationError('This listener has had its login already.', {
        phase: 'callback',
        remedy: 'Make a new listener for each login.',
      })
    }
    const timeoutMs = requireDuration('timeoutMs', options.timeoutMs ?? 300_000)
    this.#claimed = true
    const result = deferred<ReceivedCode>()
    if (this.#closing !== undefined) throw new CallbackListenerClosedError('it was closed')
    const expected = stateDigest(options.state).then((digest) => ({ digest, policy, issuer }))
    this.#flow = { expected, result }

    const { expiresAt = Number.POSITIVE_INFINITY } = options
    const waitMs = Math.max(0, Math.min(timeoutMs, expiresAt - this.#clock.now()))
    const timer = this.#clock.after(waitMs, () => result.reject(this.#timeout(waitMs)))
    const abort = (): void => result.reject(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted) abort()
    try {
      return await result.promise
    } finally {
      // Whatever ended the wait, a later callback finds nobody.
      this.#answered = true
      timer.cancel()
      signal?.removeEventListener('abort', abort)
    }
  }

  /**
   * Takes an answer that reached the program on another way, such as one that a person pasted. It is judged like one
   * from the browser; of both the first acceptable one counts.
   */
  offer(answer: CallbackAnswer): Promise<OfferedAnswer> {
    return this.#answered ? Promise.resolve('already-done') : this.#accept(answer, true)
  }

  /** Tells the page in the browser how the login ended. The first report counts. */
  report(outcome: CallbackOutcome): void {
    if (this.#outcome !== undefined) return
    this.#outcome = outcome
    for (const finish of [...this.#waitingPages]) finish()
  }

  /** Gives the browser a moment to fetch its page, then ends everything. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** @internal Called for every request. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    request.resume()
    response.shouldKeepAlive = false
    // A browser that went away is no failure of the login.
    response.on('error', () => {})
    this.#serve(request, response).catch((error: unknown) => {
      response.destroy()
      this.#fail(error)
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url: target, rawHeaders } = request
    const found = judgeCallbackRequest({ method, target, rawHeaders }, this.#addresses)
    if (found.kind === 'refused') return sendPage(response, found.status, plainPage(found.reason))
    if (found.kind === 'result') return this.#showResult(response)
    if (this.#answered) return this.#show(response, 'already-done')
    const accepted = await this.#accept(readCallbackQuery(found.query), false)
    if (accepted === 'already-done' || accepted === 'not-accepted')
      return this.#show(response, accepted)
    sendElsewhere(response, this.#addresses.resultPath)
  }

  /** Settles the login if this is its callback; a foreign or broken one leaves it waiting. */
  async #accept(answer: CallbackAnswer, offered: boolean): Promise<OfferedAnswer> {
    const flow = this.#flow
    if (flow === undefined) return 'not-accepted'
    // One listener serves one login that this process started: the flow is bound by construction.
    const verdict = await judgeCallbackAnswer(answer, await flow.expected)
    if (verdict.kind !== 'acceptable') {
      // Whoever offered it is told at once; what a browser brought is remembered for the time-out.
      if (!offered) this.#refused[verdict.kind]++
      return 'not-accepted'
    }
    if (this.#answered) return 'already-done'
    this.#answered = true
    this.#pageOwed = !offered
    if (answer.kind === 'code') {
      const receivedAt = this.#clock.now()
      flow.result.resolve({ code: answer.code, receivedAt, state: verdict.state, offered })
      return 'accepted'
    }
    this.report('denied')
    if (answer.kind === 'error') flow.result.reject(denialOf(answer))
    return 'accepted'
  }

  #showResult(response: ServerResponse): void {
    if (!this.#pageOwed) return sendPage(response, 404, plainPage('there is nothing here'))
    // Once the connection has ended, so that the last bytes are out before everything closes.
    const served = (): void => this.#pageServed.resolve()
    if (this.#outcome !== undefined) {
      response.socket?.once('close', served)
      return this.#show(response, this.#outcome)
    }
    const finish = (): void => {
      forget()
      response.socket?.once('close', served)
      this.#show(response, this.#outcome ?? 'unfinished')
    }
    const forget = (): void => {
      timer.cancel()
      this.#waitingPages.delete(finish)
    }
    const timer = this.#clock.after(this.#resultWaitMs, finish)
    // The tab was closed before there was anything to show.
    response.once('close', forget)
    this.#waitingPages.add(finish)
  }

  #show(response: ServerResponse, page: CallbackPage): void {
    sendPage(response, statusOfCallbackPage(page), this.#render(page))
  }

  #timeout(waitedMs: number): AuthorizationTimeoutError {
    const { absent, mismatch, malformed } = this.#refused
    const refused = absent + mismatch + malformed
    return new AuthorizationTimeoutError(this.redirectUri, waitedMs, {
      facts: {
        refusedAbsentState: absent,
        refusedWrongState: mismatch,
        refusedMalformed: malformed,
      },
      ...(refused === 0 ? {} : { remedy: remedyAfterRefusals(this.redirectUri, absent, refused) }),
    })
  }

  #fail(error: unknown): void {
    const code =
      error instanceof Error && 'code' in error
        ? String(error.code)
        : 'a request could not be served'
    this.#flow?.result.reject(new CallbackListenerClosedError(code))
    this.report('failed')
    void this.close()
  }

  async #close(): Promise<void> {
    this.#answered = true
    this.#flow?.result.reject(new CallbackListenerClosedError('it was closed'))
    this.report('failed')
    if (this.#pageOwed) {
      const timer = this.#clock.after(this.#drainMs, () => this.#pageServed.resolve())
      await this.#pageServed.promise
      timer.cancel()
    }
    await Promise.all(this.#servers.map(closeServer))
  }
}

function requireServable(uri: string): void {
  const { scheme, host } = parseRedirectUri(uri)
  if (scheme.toLowerCase() === 'http' && isLoopbackHost(host)) return
  throw new InvalidRedirectUriError(
    `The redirect URI ${quoteRedirectUri(uri)} cannot be served by a listener on this machine.`,
    {
      phase: 'callback',
      facts: { redirectUri: uri },
      remedy:
        'List only http redirect URIs on 127.0.0.1, [::1] or localhost here; for others use the manual or the web flow.',
    },
  )
}

function remedyAfterRefusals(redirectUri: string, absent: number, refused: number): string {
  if (absent === refused) {
    return `${absent} callback(s) came without a state and were refused, because this login demands one: if the server never returns it, use the state policy "bound-flow". Then start the login again.`
  }
  return `${refused} callback(s) were refused because they did not belong to this login or could not be read: use the newest login link, once, and make sure that exactly ${redirectUri} is registered. Then start the login again.`
}

function plainPage(reason: string): string {
  return `<!doctype html><title>Not served</title><p>Not served: ${reason}.</p>\n`
}
