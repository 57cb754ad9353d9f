import { afterEach } from 'vitest'
import { ProtoOAExecutionType as ExecutionType } from '../../src/protocol/index.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { openAccount } from './fixture.ts'
import { frame, payloadBytes, payloadTypeOf } from './official-client.ts'
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
  /** Sends a request that holds nothing but the account. */
  askBare(name: string): Promise<Heard>
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
  options: { readonly token?: string; readonly authorised?: boolean } = {},
): Promise<Dialogue> {
  const { token: accessToken = sandbox.accessToken, authorised = true } = options
  if (format === 'protobuf') {
    const { client, ctidTraderAccountId } = await openAccount(sandbox, { token: accessToken })
    if (!authorised) await client.request('ProtoOAAccountLogoutReq', { ctidTraderAccountId })
    return {
      ctidTraderAccountId,
      ask: async (name, fields = {}) =>
        inNumbers(await client.request(name, { ctidTraderAccountId, ...fields })),
      async askBare(name) {
        // By hand: the official encoder fills required fields in.
        const account = payloadBytes('ProtoOATraderReq', { ctidTraderAccountId })
        client.write(frame(payloadTypeOf(name), account, 'bare'))
        return inNumbers(await client.next(({ id }) => id === 'bare'))
      },
      next: async (name) => inNumbers(await client.next(name)),
    }
  }
  const client = await connectJson('websocket', sandbox.demo.jsonPort, sandbox.ca)
  clients.push(client)
  const { clientId, clientSecret } = sandbox
  const ctidTraderAccountId = sandbox.accounts.find(({ isLive }) => !isLive)?.accountId ?? 0
  await client.request(payloadTypeOf('ProtoOAApplicationAuthReq'), { clientId, clientSecret })
  const account = { ctidTraderAccountId, accessToken }
  if (authorised) await client.request(payloadTypeOf('ProtoOAAccountAuthReq'), account)
  const dialogue: Dialogue = {
    ctidTraderAccountId,
    async ask(name, fields = {}) {
      const message = await client.request(payloadTypeOf(name), { ctidTraderAccountId, ...fields })
      return { payloadType: message.payloadType, payload: message.payload ?? {} }
    },
    askBare: (name) => dialogue.ask(name),
    async next(name) {
      const message = await client.next(payloadTypeOf(name))
      return { payloadType: message.payloadType, payload: message.payload ?? {} }
    },
  }
  return dialogue
}

/** The official protobuf client shows enums by name, JSON has them as numbers; tests compare this one. */
function inNumbers({ payloadType, payload }: Heard): Heard {
  const name: keyof typeof ExecutionType | undefined = payload['executionType']
  if (name === undefined) return { payloadType, payload }
  return { payloadType, payload: { ...payload, executionType: ExecutionType[name] } }
}
