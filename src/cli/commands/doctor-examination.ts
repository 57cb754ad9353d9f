import { isIP } from 'node:net'
import {
  type Account,
  AccountNotFoundError,
  type AccountSummary,
  type Client,
  CTraderError,
  connectSession,
  createClient,
  type HostAddress,
  type Quote,
  type Secret,
  systemClock,
} from '../../index.ts'
import { tlsTransport, websocketTransport } from '../../transport/index.ts'
import { NoQuoteError } from '../errors.ts'
import type { Credentials, Target } from '../target.ts'
import type { Stage } from './doctor-diagnosis.ts'

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
  /** How long it took, to a tenth of a millisecond. */
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
  /** How long it took to fail, to a tenth of a millisecond. */
  readonly ms: number

  constructor(stage: Stage, reached: Reached, ms: number, cause: unknown) {
    super(`The stage ${stage} failed.`, { cause })
    this.stage = stage
    this.reached = reached
    this.ms = ms
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
  const { credentials, signal, target, timeoutMs } = options
  const { demo, live } = target.environment
  const host = (demo ?? live) as HostAddress
  let client: Client | undefined
  let stage: Stage = 'name'
  let since = systemClock.monotonic()
  let summary: AccountSummary | undefined
  const enter = (next: Stage): void => {
    stage = next
    since = systemClock.monotonic()
  }
  const passed = (detail: string, ms = tenths(since)): void => tell({ stage, detail, ms })
  const step = async <T>(name: Stage, work: () => Promise<[T, string]>): Promise<T> => {
    enter(name)
    const [result, detail] = await work()
    passed(detail)
    return result
  }
  try {
    await reach(host, options, { enter, passed })
    await step('application', async () => {
      const session = await connectSession({
        endpoint: endpointOf(host, options),
        ...{ application: credentials, ca: target.environment.ca, carrier: target.carrier },
        ...{ connectTimeoutMs: timeoutMs, requestTimeoutMs: timeoutMs, signal },
      })
      await session.close()
      return [undefined, `authenticated (${credentials.sources.clientId})`]
    })
    client = await step('token', async () => {
      const accessToken = await options.findToken()
      const open = await createClient({
        ...{ environment: target.environment, carrier: target.carrier },
        ...{ application: credentials, grants: [{ accessToken }] },
        ...{ connectTimeoutMs: timeoutMs, requestTimeoutMs: timeoutMs, signal },
      })
      const scope = open.accounts[0]?.scope ?? 'none'
      return [open, `accepted: scope ${scope}, ${open.accounts.length} account(s)`]
    })
    const { accounts } = client
    const account = await step('accounts', async () => {
      summary = chooseAccount(accounts, options.accountId)
      const { accountId, isLive } = summary
      const opened = await (client as Client).account(accountId, { signal, timeoutMs })
      return [opened, `${accountId} (${isLive ? 'live' : 'demo'}) is authorised`]
    })
    await step('quote', async () => {
      const { symbol, bid, ask } = await firstQuote(account, options)
      return [undefined, `${symbol} ${bid} / ${ask}`]
    })
  } catch (error) {
    throw new StageFailure(stage, { host, account: summary }, tenths(since), error)
  } finally {
    await client?.close({ drainMs: 0 })
  }
}

/** How long ago that was, in milliseconds. */
function tenths(since: number): number {
  return Math.round((systemClock.monotonic() - since) * 10) / 10
}

interface Progress {
  enter(stage: Stage): void
  /** The present stage went well. */
  passed(detail: string, ms?: number): void
}

/** Opens a link and closes it again, which are the first three stages. */
async function reach(
  host: HostAddress,
  options: ExaminationOptions,
  { enter, passed }: Progress,
): Promise<void> {
  const { carrier, environment } = options.target
  const { signal, timeoutMs } = options
  const overWebSocket = carrier.endsWith('websocket')
  const { ca } = environment
  const transport = overWebSocket ? websocketTransport({ ca }) : tlsTransport({ ca })
  const endpoint = endpointOf(host, options)
  const where = `${endpoint.host}:${endpoint.port}`
  enter('name')
  if (isIP(endpoint.host) !== 0) {
    passed(`${endpoint.host} is an address, no name`, 0)
    enter('tcp')
  }
  const nothing = { data: () => {}, end: () => {} }
  const link = await transport.open(endpoint, nothing, {
    ...{ signal, timeoutMs, clock: systemClock },
    onStage(stage) {
      if (stage === 'upgrade') return
      passed(stage === 'connect' ? `${endpoint.host} is known` : `${where} answers`)
      enter(stage === 'connect' ? 'tcp' : 'tls')
    },
  })
  const spoken = overWebSocket ? ', and WebSocket is spoken' : ''
  passed(`encrypted, the certificate is trusted${spoken}`)
  await link.close()
}

function endpointOf({ host, port, jsonPort }: HostAddress, { target }: ExaminationOptions) {
  return { host, port: target.carrier.startsWith('json') ? (jsonPort ?? port) : port }
}

/** The one asked for, or the first demo one, or the first. */
function chooseAccount(
  accounts: readonly AccountSummary[],
  wanted: number | undefined,
): AccountSummary {
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

/** The first quote of a symbol that nearly everybody has, or else of the first. */
async function firstQuote(
  account: Account,
  { signal, timeoutMs }: ExaminationOptions,
): Promise<Quote> {
  const symbols = await account.symbols({ signal, timeoutMs })
  const found =
    symbols.find(({ name }) => name === 'EURUSD') ??
    symbols.find(({ isEnabled }) => isEnabled) ??
    symbols[0]
  if (found === undefined) throw new NoQuoteError(['any symbol'], timeoutMs)
  const quiet = new AbortController()
  const nothingCame = (): NoQuoteError => new NoQuoteError([found.name], timeoutMs)
  const timer = systemClock.after(timeoutMs, () => quiet.abort(nothingCame()))
  const either = AbortSignal.any([signal, quiet.signal])
  try {
    for await (const quote of account.watchQuotes([found.symbolId], { signal: either })) {
      return quote
    }
    throw nothingCame()
  } finally {
    timer.cancel()
  }
}
