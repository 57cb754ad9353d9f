import {
  AccountNotFoundError,
  CTraderError,
  connectSession,
  type HostAddress,
  type LinkSession,
  type Secret,
  systemClock,
} from '../../index.ts'
import { tlsTransport, websocketTransport } from '../../transport/index.ts'
import { NoQuoteError } from '../errors.ts'
import type { Credentials, Target } from '../target.ts'
import { onOtherHost, type Stage, stageOf } from './doctor-diagnosis.ts'

export interface ExaminationOptions {
  readonly target: Target
  readonly credentials: Credentials
  /** Finds the access token; a failure is that of the stage. */
  readonly findToken: () => Promise<Secret>
  /** The account that was asked for, if one was. */
  readonly accountId: number | undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface Step {
  readonly stage: Stage
  /** What was found. */
  readonly detail: string
  readonly ms: number
}

interface Reached {
  readonly host: HostAddress
  readonly account: { readonly accountId: number; readonly isLive: boolean } | undefined
}

/** A stage has failed; nothing after it was tried. */
export class StageFailure extends Error {
  readonly stage: Stage
  readonly reached: Reached

  constructor(stage: Stage, reached: Reached, cause: unknown) {
    super(`The stage ${stage} failed.`, { cause })
    this.stage = stage
    this.reached = reached
  }
}

/** The login covers no account. */
class NoAccountsError extends CTraderError {
  constructor() {
    super('NO_ACCOUNTS', 'The login covers no account at all.', {
      remedy: 'Log in again and choose accounts on the consent page.',
    })
  }
}

/**
 * Goes through everything that stands between a program and its first quote, in the order in which it happens. Each stage
 * that went well is told as soon as it is over.
 *
 * @throws {@link StageFailure} at the first one that did not
 */
export async function examine(
  options: ExaminationOptions,
  tell: (step: Step) => void,
): Promise<void> {
  const { target } = options
  const { demo, live } = target.environment
  const host = (demo ?? live) as HostAddress
  const sessions: LinkSession[] = []
  let stage: Stage = 'name'
  let account: Reached['account']
  const step = async <T>(name: Stage, work: () => Promise<[T, string]>): Promise<T> => {
    stage = name
    const started = systemClock.monotonic()
    const [result, detail] = await work()
    tell({ stage: name, detail, ms: Math.round(systemClock.monotonic() - started) })
    return result
  }
  try {
    await reach(host, options, tell, (reached) => {
      stage = reached
    })
    const session = await step('application', async () => {
      const open = await connect(host, options)
      sessions.push(open)
      return [open, `authenticated (${options.credentials.sources.clientId})`]
    })
    const token = await step('token', async () => {
      const found = await options.findToken()
      const { accounts, permissionScope } = await session.listAccounts(found, options)
      const scope =
        permissionScope === undefined ? '' : permissionScope === 1 ? 'trading, ' : 'reading only, '
      return [{ found, accounts }, `accepted: ${scope}${accounts.length} account(s)`]
    })
    const serving = await step('accounts', async () => {
      account = chooseAccount(token.accounts, options.accountId)
      const at = account.isLive ? live : demo
      if (at === undefined) throw onOtherHost(target, account)
      const own = at === host ? session : await connect(at, options)
      if (own !== session) sessions.push(own)
      await own.authorizeAccount(account.accountId, token.found, options)
      return [own, `${account.accountId} (${account.isLive ? 'live' : 'demo'}) is authorised`]
    })
    const accountId = (account as unknown as NonNullable<Reached['account']>).accountId
    await step('quote', async () => [undefined, await firstQuote(serving, accountId, options)])
  } catch (error) {
    throw new StageFailure(stage, { host, account }, error)
  } finally {
    await Promise.all(sessions.map((session) => session.close()))
  }
}

/** Opens a link and closes it again. How far it came says which of the first three stages failed. */
async function reach(
  host: HostAddress,
  options: ExaminationOptions,
  tell: (step: Step) => void,
  failedAt: (stage: Stage) => void,
): Promise<void> {
  const { carrier, environment } = options.target
  const overWebSocket = carrier.endsWith('websocket')
  const { ca } = environment
  const transport = overWebSocket ? websocketTransport({ ca }) : tlsTransport({ ca })
  const started = systemClock.monotonic()
  const endpoint = endpointOf(host, options)
  const where = `${endpoint.host}:${endpoint.port}`
  const before = { name: `${endpoint.host} is known`, tcp: `${where} answers` }
  const tellUpTo = (stage: 'name' | 'tcp' | 'tls'): void => {
    if (stage !== 'name') tell({ stage: 'name', detail: before.name, ms: 0 })
    if (stage === 'tls') tell({ stage: 'tcp', detail: before.tcp, ms: 0 })
  }
  try {
    const nothing = { data: () => {}, end: () => {} }
    const link = await transport.open(endpoint, nothing, { ...options, clock: systemClock })
    await link.close()
  } catch (error) {
    const stage = stageOf(error)
    tellUpTo(stage)
    failedAt(stage)
    throw error
  }
  tellUpTo('tls')
  const spoken = overWebSocket ? ', and WebSocket is spoken' : ''
  const ms = Math.round(systemClock.monotonic() - started)
  tell({ stage: 'tls', detail: `encrypted, the certificate is trusted${spoken}`, ms })
}

function endpointOf({ host, port, jsonPort }: HostAddress, { target }: ExaminationOptions) {
  return { host, port: target.carrier.startsWith('json') ? (jsonPort ?? port) : port }
}

function connect(host: HostAddress, options: ExaminationOptions): Promise<LinkSession> {
  const { credentials, signal, target, timeoutMs } = options
  return connectSession({
    endpoint: endpointOf(host, options),
    application: credentials,
    ca: target.environment.ca,
    carrier: target.carrier,
    connectTimeoutMs: timeoutMs,
    requestTimeoutMs: timeoutMs,
    signal,
  })
}

type Listed = Awaited<ReturnType<LinkSession['listAccounts']>>['accounts']

/** The one asked for, or the first demo one, or the first. */
function chooseAccount(
  listed: Listed,
  wanted: number | undefined,
): { readonly accountId: number; readonly isLive: boolean } {
  const accounts = listed.map(({ ctidTraderAccountId, isLive, traderLogin }) => ({
    ...{ accountId: ctidTraderAccountId, isLive: isLive === true, login: traderLogin },
  }))
  const [first] = accounts
  if (first === undefined) throw new NoAccountsError()
  if (wanted === undefined) return accounts.find(({ isLive }) => !isLive) ?? first
  const found = accounts.find(({ accountId }) => accountId === wanted)
  if (found !== undefined) return found
  const known = accounts.map(({ accountId }) => accountId)
  throw new AccountNotFoundError(
    wanted,
    known,
    accounts.some(({ login }) => login === wanted),
  )
}

/** Subscribes to a symbol that nearly everybody has, or else to the first, and waits for its price. */
async function firstQuote(
  session: LinkSession,
  ctidTraderAccountId: number,
  { signal, timeoutMs }: ExaminationOptions,
): Promise<string> {
  const options = { signal, timeoutMs }
  const { symbol: symbols } = await session.call.symbolsList({ ctidTraderAccountId }, options)
  const symbol =
    symbols.find(({ symbolName }) => symbolName === 'EURUSD') ??
    symbols.find(({ enabled }) => enabled !== false) ??
    symbols[0]
  if (symbol === undefined) throw new NoQuoteError(['any symbol'], timeoutMs)
  const { symbolId, symbolName = String(symbolId) } = symbol
  const quiet = new AbortController()
  const timer = systemClock.after(timeoutMs, () =>
    quiet.abort(new NoQuoteError([symbolName], timeoutMs)),
  )
  const either = AbortSignal.any([signal, quiet.signal])
  try {
    const quote = new Promise<string>((resolve, reject) => {
      either.addEventListener('abort', () => reject(either.reason), { once: true })
      session.on('ProtoOASpotEvent', (spot) => {
        if (spot.symbolId !== symbolId) return
        const side = (price: number | undefined): string =>
          price === undefined ? '-' : (price / 100_000).toFixed(5)
        resolve(`${symbolName} ${side(spot.bid)} / ${side(spot.ask)}`)
      })
    })
    // It may fail before anybody waits for it.
    quote.catch(() => {})
    await session.call.subscribeSpots({ ctidTraderAccountId, symbolId: [symbolId] }, options)
    return await quote
  } finally {
    timer.cancel()
  }
}
