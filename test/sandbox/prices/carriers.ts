import { ManualClock } from '../../../src/async/manual-clock.ts'
import { encodeMessage, type MessageName } from '../../../src/protocol/index.ts'
import type { SandboxOptions } from '../../../src/sandbox/index.ts'
import { accountOf, openAccount, startSandbox } from '../fixture.ts'
import { frame, type Payload, payloadTypeOf } from '../official-client.ts'
import { connectJson } from '../official-json-client.ts'

export interface Answer {
  readonly name: string
  readonly payload: Payload
}

/** A client with one account authorised, whatever it speaks. */
export interface PriceClient {
  /** Sends a request about the account and resolves with its answer. */
  ask(name: string, fields: object): Promise<Answer>
  /** The events of a name that have come and were not taken yet; takes them. */
  take(name: string): readonly Payload[]
}

const responses = [
  'ProtoOAErrorRes',
  'ProtoOASubscribeSpotsRes',
  'ProtoOAUnsubscribeSpotsRes',
  'ProtoOASubscribeLiveTrendbarRes',
  'ProtoOAUnsubscribeLiveTrendbarRes',
  'ProtoOASubscribeDepthQuotesRes',
  'ProtoOAUnsubscribeDepthQuotesRes',
  'ProtoOAGetTrendbarsRes',
  'ProtoOAGetTickDataRes',
  'ProtoOAVersionRes',
]
const namesByType = new Map(responses.map((name) => [payloadTypeOf(name), name]))

export const formats = ['protobuf', 'JSON'] as const

/** A sandbox whose clock stands still, and a client of it. */
export async function openPrices(
  format: (typeof formats)[number],
  options: SandboxOptions & { readonly now?: string } = {},
) {
  const { now = '2026-03-10T12:00:00Z', ...rest } = options
  const clock = new ManualClock(now)
  const limits = { historicalPerSecond: 1_000, generalPerSecond: 1_000, ...rest.limits }
  const sandbox = await startSandbox({ clock, ...rest, limits })
  if (format === 'protobuf') {
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    let count = 0
    const price: PriceClient = {
      ask(name, fields) {
        // Through this package's encoder: protobufjs does not send enum values that the schema lacks.
        const payload = encodeMessage(
          name as MessageName,
          { ctidTraderAccountId, ...fields } as never,
        )
        const id = `p${++count}`
        client.write(frame(payloadTypeOf(name), payload, id))
        return client.next((message) => message.id === id, `an answer to ${name}`)
      },
      take(name) {
        const taken = client.waiting(name)
        for (const _ of taken) void client.next(name)
        return taken.map(({ payload }) => payload)
      },
    }
    return { clock, sandbox, client: price, ctidTraderAccountId }
  }
  const client = await connectJson('tcp', sandbox.demo.jsonPort, sandbox.ca)
  const ctidTraderAccountId = accountOf(sandbox).accountId
  const { clientId, clientSecret, accessToken } = sandbox
  await client.request(payloadTypeOf('ProtoOAApplicationAuthReq'), { clientId, clientSecret })
  const authorise = { ctidTraderAccountId, accessToken }
  await client.request(payloadTypeOf('ProtoOAAccountAuthReq'), authorise)
  let seen = 0
  const price: PriceClient = {
    async ask(name, fields) {
      const request = { ctidTraderAccountId, ...fields }
      const answer = await client.request(payloadTypeOf(name), request)
      return { name: namesByType.get(answer.payloadType) ?? '', payload: answer.payload ?? {} }
    },
    take(name) {
      const taken = client.received
        .slice(seen)
        .filter(({ payloadType }) => payloadType === payloadTypeOf(name))
      seen = client.received.length
      return taken.map(({ payload = {} }) => payload)
    },
  }
  return { clock, sandbox, client: price, ctidTraderAccountId }
}

/** The error code of an answer that refuses. */
export function codeOf({ name, payload }: Answer): string {
  return name === 'ProtoOAErrorRes' ? String(payload['errorCode']) : name
}
