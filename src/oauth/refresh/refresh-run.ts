import { sleep } from '../../async/sleep.ts'
import type { Secret } from '../../secret.ts'
import type { IssuedToken } from '../grant/access-token-source.ts'
import { codeOf } from '../grant/error-code.ts'
import type { GrantDoor } from '../grant/grant-door.ts'
import { NotLoggedInError } from '../grant/grant-errors.ts'
import type { GrantEvent } from '../grant/grant-events.ts'
import type { CheckedGrantOptions } from '../grant/grant-options.ts'
import { classifyRefreshFailure } from '../grant/refresh-outcome.ts'
import type { TokenRecord, TokenStoreLock } from '../store/token-store.ts'
import { TokenStoreConflictError, TokenStoreTimeoutError } from '../store/token-store-errors.ts'
import { processTokenAnswer } from '../tokens/token-endpoint.ts'
import type { TokenAnswer } from '../tokens/token-request.ts'
import type { TokenSet } from '../tokens/token-set.ts'
import {
  isSame,
  issued,
  replaces,
  requireRefreshToken,
  withIntent,
  withoutAnswer,
} from './refresh-record.ts'
import { sendRefresh } from './refresh-sender.ts'
import { grantEnded, outcomeUnknown } from './refresh-verdict.ts'

/**
 * How a refresh ended well.
 *
 * - `newer`: somebody else had replaced the token before; nothing was sent
 * - `refreshed`: a new pair was obtained and saved
 * - `unsaved`: a new pair was obtained, and the store did not take it; its note says what was spent for it
 */
export type RefreshResult =
  | { readonly kind: 'newer'; readonly record: TokenRecord }
  | { readonly kind: 'refreshed'; readonly record: TokenRecord }
  | { readonly kind: 'unsaved'; readonly record: TokenRecord; readonly error: unknown }

/** What a run needs besides the options. */
export interface RefreshRunPort {
  readonly options: CheckedGrantOptions
  readonly lock: TokenStoreLock
  /** The session that is attached at the moment, if any. */
  readonly door: () => GrantDoor | undefined
  readonly emit: (event: GrantEvent) => void
}

/**
 * One refresh under the lock of its grant, in the only order in which nothing gets lost: note durably what is about to
 * be spent, send it, keep the raw answer, read it, save the new pair in one piece.
 */
export class RefreshRun {
  readonly #port: RefreshRunPort
  readonly #options: CheckedGrantOptions
  #sent = false

  constructor(port: RefreshRunPort) {
    this.#port = port
    this.#options = port.options
  }

  /** Replaces the token that was seen, unless that has happened already. */
  async replace(seen: IssuedToken): Promise<RefreshResult> {
    const stored = await this.#load()
    const moved = await this.#moveEmergencyCopy(stored)
    const record = moved ?? stored
    if (!isSame(record, seen)) return { kind: 'newer', record }
    if (record.status === 'dead') throw grantEnded(this.#options.grant, record)
    return record.intent === undefined ? this.#attempt(record) : this.#recover(record)
  }

  /** Settles what an earlier refresh left behind, and replaces nothing otherwise. */
  async settle(): Promise<RefreshResult> {
    const stored = await this.#load()
    const moved = await this.#moveEmergencyCopy(stored)
    if (moved !== undefined) return { kind: 'refreshed', record: moved }
    const settled = stored.intent === undefined || stored.status === 'dead'
    return settled ? { kind: 'newer', record: stored } : this.#recover(stored)
  }

  async #attempt(record: TokenRecord): Promise<RefreshResult> {
    const refreshToken = requireRefreshToken(record)
    const { clock, owner } = this.#options
    const noted = withIntent(record, clock.now(), owner)
    // Proves besides that the store takes writes, before the token is spent.
    await this.#note(noted)
    let answer: TokenAnswer
    try {
      answer = await this.#send(record, refreshToken)
    } catch (error) {
      return this.#failed(noted, error)
    }
    return this.#finish(noted, answer)
  }

  /** From the raw answer to the saved pair. */
  async #finish(noted: TokenRecord, answer: TokenAnswer): Promise<RefreshResult> {
    const { intent } = noted
    const spooled = intent === undefined ? noted : { ...noted, intent: { ...intent, answer } }
    try {
      await this.#note(spooled)
    } catch (error) {
      this.#options.logger.error(
        { grant: this.#options.grant, code: codeOf(error) },
        'The raw answer of a refresh could not be kept; it is read at once.',
      )
    }
    return this.#accept(spooled, answer)
  }

  async #accept(noted: TokenRecord, answer: TokenAnswer): Promise<RefreshResult> {
    let tokens: TokenSet
    try {
      tokens = await this.#read(noted, answer)
    } catch (error) {
      return this.#failed(noted, error)
    }
    return this.#save(noted, this.#withRefreshToken(noted, tokens))
  }

  async #save(noted: TokenRecord, tokens: TokenSet): Promise<RefreshResult> {
    const { storage } = this.#options
    const record: TokenRecord = {
      key: noted.key,
      generation: noted.generation + 1,
      tokens,
      userId: noted.userId,
      status: 'live',
      intent: undefined,
    }
    try {
      // Without the lock the record may meanwhile be that of a new login with the same number.
      if (this.#port.lock.lost.aborted) {
        const found = await this.#load()
        if (!isSame(found, issued(noted))) return { kind: 'newer', record: found }
      }
      await storage.save(record, noted.generation, this.#port.lock)
      return { kind: 'refreshed', record }
    } catch (error) {
      if (error instanceof NotLoggedInError) throw error
      if (error instanceof TokenStoreConflictError) {
        return { kind: 'newer', record: await this.#load() }
      }
      return { kind: 'unsaved', record: { ...record, intent: withoutAnswer(noted).intent }, error }
    }
  }

  async #failed(noted: TokenRecord, error: unknown): Promise<RefreshResult> {
    const kind = classifyRefreshFailure(error)
    if (kind === 'unknown') return this.#recover(withoutAnswer(noted), error)
    if (kind === 'terminal') {
      // Whoever rotated it meanwhile has the pair that works.
      const latest = await this.#load()
      if (!isSame(latest, issued(noted))) return { kind: 'newer', record: latest }
      throw await this.#bury(noted, error)
    }
    const { intent } = noted
    const replay = (intent?.replays ?? 0) > 0
    // A replay that was not processed is as if it had not been: the first request is still unanswered.
    await this.#noteQuietly(
      replay && intent !== undefined
        ? { ...noted, intent: { ...intent, replays: undefined, answer: undefined } }
        : { ...noted, intent: undefined },
    )
    throw error
  }

  /** An earlier request was sent, as far as anyone knows, and its answer is not known. */
  async #recover(noted: TokenRecord, cause?: unknown): Promise<RefreshResult> {
    const { intent } = noted
    const { clock, logger, grant, replayPauseMs, timeoutMs } = this.#options
    if (intent === undefined) return this.#attempt(noted)
    this.#sent = true
    if (intent.answer !== undefined) return this.#accept(noted, intent.answer)
    const refreshToken = requireRefreshToken(noted)
    const probe = await this.#probe(noted)
    logger.warn(
      { grant, generation: noted.generation, startedAt: intent.startedAt, probe },
      'A refresh was sent and its answer is not known.',
    )
    // A program that was killed before its second try may never have made it.
    const replays = intent.replays ?? 0
    if (replays >= (cause === undefined ? 3 : 1)) {
      if (probe !== 'accepted') throw await this.#bury(noted, cause)
      // The old token still works: neither request was acted on.
      await this.#noteQuietly({ ...noted, intent: undefined })
      throw outcomeUnknown(cause)
    }
    // Found after a crash, the request is given up when its time is over at the latest.
    const until = cause === undefined ? intent.startedAt + timeoutMs : clock.now()
    const pause = Math.min(Math.max(until - clock.now(), 0), timeoutMs) + replayPauseMs
    const elapsed = cause === undefined ? Math.max(0, clock.now() - until) : 0
    if (pause > elapsed) await sleep(pause - elapsed, clock)
    const latest = await this.#load()
    if (!isSame(latest, issued(noted))) return { kind: 'newer', record: latest }
    const again: TokenRecord = {
      ...noted,
      intent: { ...intent, replays: replays + 1, owner: this.#options.owner },
    }
    await this.#note(again)
    let answer: TokenAnswer
    try {
      answer = await this.#send(noted, refreshToken)
    } catch (error) {
      return this.#failed(again, error)
    }
    return this.#finish(again, answer)
  }

  /** Marks the grant as ended, keeping its tokens, and gives the error to throw. */
  async #bury(noted: TokenRecord, error: unknown): Promise<Error> {
    await this.#noteQuietly({ ...noted, status: 'dead', intent: undefined })
    return grantEnded(this.#options.grant, noted, error)
  }

  #send(record: TokenRecord, refreshToken: Secret): Promise<TokenAnswer> {
    const { generation } = record
    this.#sent = true
    return sendRefresh(refreshToken, this.#options, this.#port.door(), (door) =>
      this.#port.emit({ type: 'refreshStarted', generation, door }),
    )
  }

  #read(record: TokenRecord, answer: TokenAnswer): Promise<TokenSet> {
    const { application, clock, logger } = this.#options
    const refreshToken = requireRefreshToken(record)
    return processTokenAnswer(answer, {
      application,
      grant: { grantType: 'refresh_token', refreshToken },
      scope: record.tokens.scope,
      clock,
      logger,
    })
  }

  /** What came is stored as it came; only a token that did not come cannot replace the old one. */
  #withRefreshToken(record: TokenRecord, tokens: TokenSet): TokenSet {
    const old = requireRefreshToken(record)
    const next = tokens.refreshToken
    const anomaly = next === undefined ? 'missing' : next.equals(old) ? 'same' : undefined
    if (anomaly !== undefined) {
      const generation = record.generation + 1
      this.#options.logger.warn(
        { grant: this.#options.grant, generation, anomaly },
        'The refresh gave no new refresh token; the grant may not be refreshable again.',
      )
      this.#port.emit({ type: 'rotationAnomaly', generation, anomaly })
    }
    return { ...tokens, refreshToken: next ?? old }
  }

  async #moveEmergencyCopy(stored: TokenRecord): Promise<TokenRecord | undefined> {
    const { emergency, key, storage, logger, grant } = this.#options
    const copy = await emergency?.read(key)
    if (emergency === undefined || copy === undefined) return undefined
    let moved: TokenRecord | undefined
    if (replaces(copy, stored)) {
      moved = { ...copy, intent: undefined }
      await storage.save(moved, stored.generation, this.#port.lock)
      logger.warn(
        { grant, generation: copy.generation },
        'The emergency copy was put in its place.',
      )
    }
    await emergency.remove(key)
    return moved
  }

  async #probe(record: TokenRecord): Promise<'accepted' | 'refused' | 'unknown'> {
    try {
      return (await this.#port.door()?.probeToken(record.tokens.accessToken)) ?? 'unknown'
    } catch {
      return 'unknown'
    }
  }

  async #load(): Promise<TokenRecord> {
    const { storage, key, grant } = this.#options
    const record = await this.#knowing(storage.load(key, this.#port.lock))
    if (record === undefined) throw new NotLoggedInError(grant)
    return record
  }

  #note(record: TokenRecord): Promise<void> {
    return this.#knowing(this.#options.storage.save(record, record.generation, this.#port.lock))
  }

  /** A store that does not answer is told of with what is known about the grant by now. */
  async #knowing<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      const sent = this.#sent && error instanceof TokenStoreTimeoutError
      throw sent ? error.knowing('refresh-sent') : error
    }
  }

  /** For notes without which the next look only takes longer. */
  async #noteQuietly(record: TokenRecord): Promise<void> {
    try {
      await this.#note(record)
    } catch (error) {
      const { grant, logger } = this.#options
      logger.warn(
        { grant, generation: record.generation, code: codeOf(error) },
        'The outcome of a refresh could not be noted.',
      )
    }
  }
}
