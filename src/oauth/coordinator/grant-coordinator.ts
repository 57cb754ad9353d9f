import type { WaitOptions } from '../../async/wait-options.ts'
import { checkOptionNames, type OptionNames } from '../../known-options.ts'
import type { AccessTokenSource, IssuedToken } from '../grant/access-token-source.ts'
import type { GrantDoor } from '../grant/grant-door.ts'
import type { GrantEventListener, GrantHealth } from '../grant/grant-events.ts'
import { checkGrantOptions, type GrantCoordinatorOptions } from '../grant/grant-options.ts'
import { SharedGrants } from '../store/shared-grants.ts'
import { formatGrantKey, type GrantKey } from '../store/token-store.ts'
import { GrantLife } from './grant-life.ts'

/**
 * Keeps the tokens of one grant alive: renews them in time, once, and loses none, whatever breaks off in between.
 *
 * Any number of coordinators may be at work on a grant. Those of one process that use the same store object share one
 * life of its tokens (the options of the first count); those of other processes meet at the lock of the store.
 */
export interface GrantCoordinator extends AccessTokenSource, AsyncDisposable {
  readonly key: GrantKey
  current(options?: WaitOptions): Promise<IssuedToken>
  replace(refused: IssuedToken, options?: WaitOptions): Promise<IssuedToken>
  invalidated(token: IssuedToken, options?: WaitOptions): Promise<IssuedToken>
  /** Renews the tokens now, needed or not. Sessions that use the old ones must authorise again. */
  refresh(options?: WaitOptions): Promise<IssuedToken>
  /**
   * Reads the store, takes up what a crashed program left, and plans the next refresh. The first use does the same; call
   * it when a program should keep its grant alive before it uses it.
   */
  start(options?: WaitOptions): Promise<void>
  /** Lends a session's way to the server for as long as it is authenticated. Returns how to take it back. */
  attach(door: GrantDoor): () => void
  /** Calls back with what happens, without secrets. What a listener throws is logged. Returns how to stop that. */
  onEvent(listener: GrantEventListener): () => void
  health(): GrantHealth
  /**
   * Ends the planning. A refresh under way is waited for, at most `closeTimeoutMs`: its tokens would be lost otherwise.
   */
  close(): Promise<void>
}

const optionNames: OptionNames<GrantCoordinatorOptions> = {
  store: true,
  key: true,
  application: true,
  role: true,
  door: true,
  refreshWindow: true,
  emergency: true,
  onPersistFailure: true,
  owner: true,
  waitMs: true,
  lockTimeoutMs: true,
  storeTimeoutMs: true,
  replayPauseMs: true,
  closeTimeoutMs: true,
  pollMs: true,
  logger: true,
  random: true,
  endpoints: true,
  fetch: true,
  clock: true,
  timeoutMs: true,
}

/**
 * Makes the coordinator of a grant. Nothing is read or sent before its first use, and no timer of it keeps a process
 * alive.
 *
 * Its methods throw NotLoggedInError when nothing is stored, ReauthorizationRequiredError when only a new login helps,
 * TokenPersistError while new tokens cannot be saved, the errors of the store, and those of {@link refreshTokens} when
 * the token is unusable and the server cannot be asked. An aborted signal throws its reason, and stops only the waiting.
 *
 * @throws OAuthConfigurationError for unusable options.
 *
 * @example
 * const store = createFileTokenStore({ directory })
 * await using grant = createGrantCoordinator({ store, key: { clientId, profile: 'default' }, application })
 * const { accessToken } = await grant.current()
 */
export function createGrantCoordinator(options: GrantCoordinatorOptions): GrantCoordinator {
  checkOptionNames('createGrantCoordinator', options, optionNames)
  const checked = checkGrantOptions(options)
  const { key } = checked
  const meeting = options.store.sharedGrants ?? new SharedGrants()
  const share = meeting.join(formatGrantKey(key), () => new GrantLife(checked))
  const life = share.value
  const undo = new Set<() => void>()
  const keepingTrack = (stop: () => void): (() => void) => {
    const once = (): void => {
      if (undo.delete(once)) stop()
    }
    undo.add(once)
    return once
  }
  let closing: Promise<void> | undefined
  const open = (): GrantLife => {
    if (closing !== undefined) throw life.closedError()
    return life
  }
  const close = (): Promise<void> => {
    closing ??= (async () => {
      for (const stop of [...undo]) stop()
      if (share.leave()) await life.close()
    })()
    return closing
  }
  return {
    key,
    current: async (wait) => open().current(wait),
    replace: async (refused, wait) => open().replace(refused, wait),
    invalidated: async (token, wait) => open().invalidated(token, wait),
    refresh: async (wait) => open().refresh(wait),
    start: async (wait) => open().start(wait),
    attach: (door) => keepingTrack(open().attach(door)),
    onChange: (listener) => keepingTrack(open().onChange(listener)),
    onEvent: (listener) => keepingTrack(open().onEvent(listener)),
    health: () => life.health(),
    close,
    [Symbol.asyncDispose]: close,
  }
}
