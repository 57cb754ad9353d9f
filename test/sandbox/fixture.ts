import { afterEach } from 'vitest'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts'
import { OfficialClient } from './official-client.ts'

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

/** A sandbox that ends with the test. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await createSandbox(options)
  open.push(sandbox)
  return sandbox
}

/** A connection that ends with the test; nothing has been said on it. */
export async function connectTo(
  sandbox: Sandbox,
  kind: 'demo' | 'live' = 'demo',
): Promise<OfficialClient> {
  const client = await OfficialClient.connect(sandbox[kind].protobufPort, sandbox.ca)
  open.push(client)
  return client
}

/** A connection with the application authenticated. */
export async function logIn(
  sandbox: Sandbox,
  kind: 'demo' | 'live' = 'demo',
): Promise<OfficialClient> {
  const client = await connectTo(sandbox, kind)
  const { clientId, clientSecret } = sandbox
  const answer = await client.request('ProtoOAApplicationAuthReq', { clientId, clientSecret })
  if (answer.name !== 'ProtoOAApplicationAuthRes') throw new Error(JSON.stringify(answer))
  return client
}

/** A connection with one account authorised, the first demo account unless told otherwise. */
export async function openAccount(
  sandbox: Sandbox,
  account: { readonly id?: number; readonly token?: string } = {},
): Promise<{ readonly client: OfficialClient; readonly ctidTraderAccountId: number }> {
  const ctidTraderAccountId = account.id ?? accountOf(sandbox).accountId
  const isLive = sandbox.accounts.some((one) => one.accountId === ctidTraderAccountId && one.isLive)
  const client = await logIn(sandbox, isLive ? 'live' : 'demo')
  const accessToken = account.token ?? sandbox.accessToken
  const request = { ctidTraderAccountId, accessToken }
  const answer = await client.request('ProtoOAAccountAuthReq', request)
  if (answer.name !== 'ProtoOAAccountAuthRes') throw new Error(JSON.stringify(answer))
  return { client, ctidTraderAccountId }
}

/** The first account of a host. */
export function accountOf(sandbox: Sandbox, isLive = false): Sandbox['accounts'][number] {
  const account = sandbox.accounts.find((one) => one.isLive === isLive)
  if (account === undefined) throw new Error('The sandbox has no such account.')
  return account
}
