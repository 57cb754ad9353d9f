import { createServer } from 'node:net'
import { type Account, type Client, createClient, lots, pips, systemClock } from '../../index.ts'
import { authorizeWithLoopback, sandboxEndpoints, type TokenSet } from '../../oauth/index.ts'
import {
  consentByHttp,
  createSandbox,
  parseSandboxOptions,
  type Sandbox,
} from '../../sandbox/index.ts'
import type { CommandContext } from '../context.ts'
import { openInBrowser } from '../open-browser.ts'
import { formatTable } from '../output.ts'
import type { SandboxCommandOptions } from './sandbox.ts'
import { nextSteps, type Report, Steps } from './tour-report.ts'

export interface TourOptions extends SandboxCommandOptions {
  readonly yes?: boolean
}

const callbackPath = '/callback'
const quoteCount = 5

/** `ctrader tour`: consent, token, accounts, quotes and one order, on a sandbox that lives as long as the tour. */
export async function tour(context: CommandContext, options: TourOptions): Promise<void> {
  const { signal } = context
  const steps = new Steps(context.output)
  const redirectUris = options.redirectUri ?? [
    `http://127.0.0.1:${await freePort()}${callbackPath}`,
  ]
  const sandbox = await createSandbox(
    parseSandboxOptions({ ...options, redirectUri: redirectUris }),
  )
  try {
    steps.begin('A cTrader of our own')
    steps.say(`authorization server  ${sandbox.consoleUrl}`)
    steps.say(`demo host             ${sandbox.host}:${sandbox.demo.protobufPort}`)
    steps.say(`live host             ${sandbox.host}:${sandbox.live.protobufPort}`)
    const tokens = await logIn(context, sandbox, options, steps)
    signal.throwIfAborted()
    const report = await trade(context, sandbox, tokens, steps)
    if (context.output.isJson) context.output.json(report)
    else nextSteps(context.output)
  } finally {
    await sandbox.close()
  }
}

async function logIn(
  context: CommandContext,
  sandbox: Sandbox,
  options: TourOptions,
  steps: Steps,
): Promise<TokenSet> {
  const { signal, output } = context
  const { username, password } = sandbox
  const byHand = context.isInteractive && options.yes !== true
  steps.begin('Consent')
  const walk = new AbortController()
  const visit = async (url: string): Promise<void> => {
    if (byHand) return openInBrowser(url)
    await consentByHttp({ url, username, password, signal: AbortSignal.any([signal, walk.signal]) })
  }
  const failure = new AbortController()
  const tokens = await authorizeWithLoopback({
    application: { clientId: sandbox.clientId, clientSecret: sandbox.clientSecret },
    redirectUris: sandbox.redirectUris,
    scope: 'trading',
    endpoints: sandboxEndpoints(sandbox),
    signal: AbortSignal.any([signal, failure.signal]),
    onUrl: (url, request) => {
      steps.say(`listening on ${request.redirectUri}`)
      if (!byHand) return steps.say('a built-in browser signs in, ticks all accounts and allows')
      output.note(`   sign in as ${username} with the password ${password} at\n   ${url}`)
    },
    openBrowser: visit,
    // A person can open the page by hand; the built-in browser has nobody to do it.
    onBrowserFailure: (error) => (byHand ? undefined : failure.abort(error)),
  }).finally(() => walk.abort())
  steps.say('consent given, the code came back and was traded for tokens')
  steps.begin('Token')
  const days = Math.round(((tokens.expiresAt ?? 0) - tokens.obtainedAt) / 86_400_000)
  steps.say(`scope ${tokens.scope}, good for ${days} days, with a refresh token that works once`)
  return tokens
}

async function trade(
  context: CommandContext,
  sandbox: Sandbox,
  tokens: TokenSet,
  steps: Steps,
): Promise<Report> {
  const { environment, application } = sandbox.clientOptions()
  const { signal } = context
  const client = await createClient({
    environment,
    application,
    grants: [{ accessToken: tokens.accessToken }],
    signal,
  })
  try {
    steps.begin('Application and accounts')
    steps.say('application authenticated')
    listAccounts(client, steps)
    const first = client.accounts.find((account) => !account.isLive) ?? client.accounts[0]
    const account = await client.account(first?.accountId ?? 0, { signal })
    return await useAccount(context, client, account, steps, sandbox.seed)
  } finally {
    await client.close()
  }
}

function listAccounts(client: Client, steps: Steps): void {
  const rows = client.accounts.map((account) => [
    String(account.accountId),
    String(account.login ?? ''),
    account.isLive ? 'live' : 'demo',
    account.broker ?? '',
  ])
  for (const line of formatTable(['account', 'login', 'host', 'broker'], rows)) steps.say(line)
}

async function useAccount(
  { signal }: CommandContext,
  client: Client,
  account: Account,
  steps: Steps,
  seed: number,
): Promise<Report> {
  const trader = await account.trader({ signal })
  steps.begin(`Account ${account.accountId}`)
  steps.say(`balance ${trader.balance}, leverage 1:${trader.leverage}, ${trader.accountType}`)

  const symbols = await account.symbols({ signal })
  const eurusd = await account.symbol('EURUSD', { signal })
  steps.begin('Symbols')
  steps.say(`${symbols.length} symbols: ${symbols.map((symbol) => symbol.name).join(' ')}`)
  steps.say(`EURUSD: ${eurusd.digits} digits, one lot is ${eurusd.lotSize} ${eurusd.baseAsset}`)

  steps.begin('Live quotes of EURUSD')
  const quotes: { bid: string; ask: string }[] = []
  for await (const quote of account.watchQuotes(['EURUSD'], { signal })) {
    steps.say(
      `${(quote.at?.toISOString() ?? '').slice(11, 23)}  bid ${quote.bid}  ask ${quote.ask}`,
    )
    quotes.push({ bid: String(quote.bid), ask: String(quote.ask) })
    if (quotes.length >= quoteCount) break
  }

  steps.begin('Buy 0.10 lots of EURUSD at the market, stop loss 20 pips, take profit 40 pips')
  const order = await account.placeOrder({
    symbol: 'EURUSD',
    side: 'buy',
    type: 'market',
    volume: lots('0.10'),
    stopLoss: pips(20),
    takeProfit: pips(40),
    signal,
  })
  steps.say(`order ${order.orderId} accepted`)
  const fill = await order.filled
  steps.say(`filled: ${fill.volume} EUR at ${fill.price}, commission ${fill.commission}`)
  const position = await protectedPosition(account, fill.positionId, signal)
  steps.say(
    `position ${fill.positionId}: stop loss ${position?.stopLoss}, take profit ${position?.takeProfit}, margin ${position?.usedMargin}`,
  )

  steps.begin('Close it')
  const closing = await account.closePosition({ positionId: fill.positionId, signal })
  const closed = await closing.filled
  steps.say(
    `closed at ${closed.price}: gross ${closed.closed?.grossProfit}, commission ${closed.closed?.commission}`,
  )
  steps.say(
    `net ${closed.closed?.netProfit}, balance ${trader.balance} -> ${closed.closed?.balance}`,
  )
  return {
    ok: true,
    seed,
    accounts: client.accounts.map((item) => item.accountId),
    accountId: account.accountId,
    balanceBefore: trader.balance,
    balanceAfter: closed.closed?.balance,
    symbols: symbols.length,
    quotes,
    order: {
      orderId: order.orderId,
      positionId: fill.positionId,
      price: String(fill.price),
      volume: String(fill.volume),
    },
    protection: { stopLoss: position?.stopLoss, takeProfit: position?.takeProfit },
    closed: { price: String(closed.price), netProfit: closed.closed?.netProfit },
  }
}

/** The position with its protection, which the server attaches a moment after the fill. */
async function protectedPosition(
  account: Account,
  positionId: number,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<Account['positions']>>[number] | undefined> {
  for (let attempt = 0; ; attempt++) {
    const positions = await account.positions({ signal })
    const position = positions.find((item) => item.positionId === positionId)
    if (position === undefined || position.stopLoss !== undefined || attempt >= 20) return position
    await new Promise<void>((resolve) => systemClock.after(50, resolve))
    signal.throwIfAborted()
  }
}

/** A port nobody listens on at the moment. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port)
        else reject(new Error('the system gave no port'))
      })
    })
  })
}
