import { createServer } from 'node:net'
import { type Client, createClient, systemClock } from '../../index.ts'
import { createSandbox, parseSandboxOptions, type Sandbox } from '../../sandbox/index.ts'
import { accountColumns, accountRow } from '../account-table.ts'
import type { CommandContext } from '../context.ts'
import type { SandboxCommandOptions } from './sandbox.ts'
import { logIn, type TourLogin } from './tour-login.ts'
import { printNextSteps, reportTrade, type TourReport, type Trade } from './tour-report.ts'
import { Steps } from './tour-steps.ts'
import { trade } from './tour-trade.ts'

export interface TourOptions extends SandboxCommandOptions {
  readonly yes?: boolean
}

/** `ctrader tour`: from the consent to a closed position, on a sandbox that lives as long as the tour. */
export async function tour(context: CommandContext, options: TourOptions): Promise<void> {
  const { output, signal } = context
  const { yes = false, ...sandboxOptions } = options
  const startedAt = systemClock.monotonic()
  const elapsed = (): number => Math.round(systemClock.monotonic() - startedAt)
  const steps = new Steps(output)
  const redirectUri = `http://127.0.0.1:${await freePort()}/callback`
  const sandbox = await createSandbox(
    parseSandboxOptions({ ...sandboxOptions, redirectUri: [redirectUri] }),
  )
  let report: TourReport
  try {
    showSandbox(steps, sandbox, options)
    signal.throwIfAborted()
    const login = await logIn(context, sandbox, steps, context.isInteractive && !yes)
    const { accounts, traded } = await useClient(sandbox, login, steps, signal)
    const { scope, expiresAt } = login.tokens
    report = {
      ok: true,
      durationMs: elapsed(),
      seed: sandbox.seed,
      redirectUri: login.redirectUri,
      scope,
      tokenExpiresAt: expiresAt === undefined ? undefined : new Date(expiresAt).toISOString(),
      accounts,
      ...reportTrade(traded),
    }
  } finally {
    await sandbox.close()
  }
  if (output.isJson) output.json(report)
  else printNextSteps(output, (elapsed() / 1000).toFixed(1))
}

function showSandbox(steps: Steps, sandbox: Sandbox, { replay = [] }: TourOptions): void {
  const { host, demo, live } = sandbox
  steps.begin('A cTrader of your own, on this machine')
  steps.facts([
    ['consent page', sandbox.authorizeUrl],
    ['demo host', `${host}:${demo.protobufPort}, protobuf over TLS`],
    ['live host', `${host}:${live.protobufPort}`],
    ['quotes', replay.length === 0 ? `made from seed ${sandbox.seed}` : replay.join(', ')],
  ])
}

interface Used {
  readonly accounts: readonly number[]
  readonly traded: Trade
}

async function useClient(
  sandbox: Sandbox,
  { tokens }: TourLogin,
  steps: Steps,
  signal: AbortSignal,
): Promise<Used> {
  const { environment, application } = sandbox.clientOptions()
  const grants = [{ accessToken: tokens.accessToken }]
  const client = await createClient({ environment, application, grants, signal })
  try {
    steps.begin('Application')
    steps.good(`Connected to ${environment.demo.host}:${environment.demo.port} and authenticated.`)
    return await useAccounts(client, steps, signal)
  } finally {
    await client.close()
  }
}

async function useAccounts(client: Client, steps: Steps, signal: AbortSignal): Promise<Used> {
  const { accounts } = client
  steps.begin(`Accounts: ${accounts.length}`)
  steps.table(accountColumns, accounts.map(accountRow))
  const chosen = accounts.find((account) => !account.isLive) ?? accounts[0]
  if (chosen === undefined) throw new Error('The consent covers no account.')
  const account = await client.account(chosen.accountId, { signal })
  return {
    accounts: accounts.map(({ accountId }) => accountId),
    traded: await trade(account, steps, signal),
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
        else reject(new Error('The system gave no port.'))
      })
    })
  })
}
