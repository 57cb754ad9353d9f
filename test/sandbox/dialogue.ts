import { afterEach } from 'vitest'
import { ProtoOAExecutionType as ExecutionType } from '../../src/protocol/index.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { openAccount } from './fixture.ts'
import { payloadTypeOf } from './official-client.ts'
import { connectJson, type JsonClient } from './official-json-client.ts'

/** An answer or event, the same whatever the connection speaks. */
export interface Heard {
  readonly payloadType: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages freely and compare what they find
  readonly payload: Record<string, any>
}

/** A connection with an account authorised, that speaks protobuf or JSON. */
export interface Dialogue {
  readonly ctidTraderAccountId: number
  /** Sends a request for the account and gives the first answer with its id. */
  ask(name: string, fields?: object): Promise<Heard>
  /** The next message of a kind that was not the first answer to anything. */
  next(name: string): Promise<Heard>
}

const clients: JsonClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
})

/** Begins a dialogue over the first demo account; with a token of another scope where one is given. */
export async function beginDialogue(
  sandbox: Sandbox,
  format: 'protobuf' | 'json',
  options: { readonly token?: string } = {},
): Promise<Dialogue> {
  const { token: accessToken = sandbox.accessToken } = options
  if (format === 'protobuf') {
    const { client, ctidTraderAccountId } = await openAccount(sandbox, { token: accessToken })
    return {
      ctidTraderAccountId,
      ask: async (name, fields = {}) =>
        inNumbers(await client.request(name, { ctidTraderAccountId, ...fields })),
      next: async (name) => inNumbers(await client.next(name)),
    }
  }
  const client = await connectJson('websocket', sandbox.demo.jsonPort, sandbox.ca)
  clients.push(client)
  const { clientId, clientSecret } = sandbox
  const ctidTraderAccountId = sandbox.accounts.find(({ isLive }) => !isLive)?.accountId ?? 0
  await client.request(payloadTypeOf('ProtoOAApplicationAuthReq'), { clientId, clientSecret })
  const account = { ctidTraderAccountId, accessToken }
  await client.request(payloadTypeOf('ProtoOAAccountAuthReq'), account)
  return {
    ctidTraderAccountId,
    async ask(name, fields = {}) {
      const message = await client.request(payloadTypeOf(name), { ctidTraderAccountId, ...fields })
      return { payloadType: message.payloadType, payload: message.payload ?? {} }
    },
    async next(name) {
      const message = await client.next(payloadTypeOf(name))
      return { payloadType: message.payloadType, payload: message.payload ?? {} }
    },
  }
}

/** The official protobuf client shows enums by name, JSON has them as numbers; tests compare this one. */
function inNumbers({ payloadType, payload }: Heard): Heard {
  const name: keyof typeof ExecutionType | undefined = payload['executionType']
  if (name === undefined) return { payloadType, payload }
  return { payloadType, payload: { ...payload, executionType: ExecutionType[name] } }
}
