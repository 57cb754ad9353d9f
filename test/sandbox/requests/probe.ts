import { afterEach } from 'vitest'
import { ManualClock } from '../../../src/async/manual-clock.ts'
import { ProtoOAExecutionType as ExecutionType } from '../../../src/protocol/index.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/index.ts'
import { accountOf } from '../fixture.ts'
import {
  frame,
  messageNameFor,
  OfficialClient,
  type Payload,
  payloadTypeOf,
} from '../official-client.ts'
import { connectJson } from '../official-json-client.ts'
import type { Form } from './documented.ts'
import type { Scene, State } from './row.ts'

export interface Answer {
  readonly name: string
  readonly payload: Payload
}

/** A connection of somebody who knows the official documents, the same for both forms. */
export interface Probe {
  /** Sends a request with exactly these fields; gives the first answer with its id. */
  ask(name: string, fields?: object): Promise<Answer>
  /** Sends a request without any field, required ones included. */
  askEmpty(name: string): Promise<Answer>
  /** The next message of a kind that was not the first answer to anything. */
  next(name: string): Promise<Answer>
  readonly closed: Promise<unknown>
}

/** A sandbox and the clock in its hands. */
export interface Stage {
  readonly sandbox: Sandbox
  readonly clock: ManualClock
  close(): Promise<void>
}

const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

/** Accepts at once; what is to be executed waits until a test lets time pass. */
const latency = { acceptance: 0, execution: 1000, protection: 0, amendment: 0 }
const limits = { generalPerSecond: 10_000, historicalPerSecond: 10_000 }

export async function openStage(
  options: SandboxOptions = {},
  at = '2026-03-10T12:00:00Z',
): Promise<Stage> {
  const clock = new ManualClock(at)
  const rest = {
    latency: { ...latency, ...options.latency },
    limits: { ...limits, ...options.limits },
  }
  const sandbox = await createSandbox({ ...options, ...rest, clock })
  return { sandbox, clock, close: () => sandbox.close() }
}

/** A stage that ends with the test. */
export async function openOwnStage(options: SandboxOptions, at?: string): Promise<Stage> {
  const stage = await openStage(options, at)
  open.push(stage)
  return stage
}

/** Connects in one of the forms and goes as far as a state; ends with the test. */
export async function openScene(
  { sandbox, clock }: Pick<Stage, 'sandbox' | 'clock'>,
  form: Form,
  state: State,
  accessToken: string = sandbox.accessToken,
): Promise<Scene> {
  const plain = form === 'protobuf' ? await protobufProbe(sandbox) : await jsonProbe(sandbox)
  // The desk takes a request in when the clock is looked at, which stands still: no time passes until a test says so.
  const probe: Probe = {
    ...plain,
    async ask(name, fields) {
      const passing = setInterval(() => clock.advance(0), 1)
      try {
        return await plain.ask(name, fields)
      } finally {
        clearInterval(passing)
      }
    },
  }
  const account = accountOf(sandbox).accountId
  const { clientId, clientSecret } = sandbox
  if (state !== 'connected') {
    await must(probe, 'ProtoOAApplicationAuth', { clientId, clientSecret })
  }
  if (state === 'account') {
    await must(probe, 'ProtoOAAccountAuth', { ctidTraderAccountId: account, accessToken })
  }
  const askAccount = (name: string, fields: object = {}): Promise<Answer> =>
    probe.ask(name, { ctidTraderAccountId: account, ...fields })
  return { ...probe, sandbox, clock, account, askAccount }
}

async function must(probe: Probe, request: string, fields: object): Promise<void> {
  const { name, payload } = await probe.ask(`${request}Req`, fields)
  if (name !== `${request}Res`) throw new Error(`${request}: ${JSON.stringify(payload)}`)
}

async function protobufProbe({ demo, ca }: Sandbox): Promise<Probe> {
  const client = await OfficialClient.connect(demo.protobufPort, ca)
  open.push(client)
  return {
    ask: async (name, fields) => inNumbers(await client.request(name, fields)),
    async askEmpty(name) {
      // By hand: the official encoder fills required fields in.
      client.write(frame(payloadTypeOf(name), Buffer.alloc(0), 'empty'))
      return inNumbers(await client.next(({ id }) => id === 'empty', `an answer to ${name}`))
    },
    next: async (name) => inNumbers(await client.next(name)),
    closed: client.closed,
  }
}

async function jsonProbe({ demo, ca }: Sandbox): Promise<Probe> {
  const client = await connectJson('websocket', demo.jsonPort, ca)
  open.push(client)
  const ask = async (name: string, fields: object = {}): Promise<Answer> => {
    const { payloadType, payload = {} } = await client.request(payloadTypeOf(name), fields)
    return { name: messageNameFor(payloadType), payload }
  }
  return {
    ask,
    askEmpty: (name) => ask(name),
    async next(name) {
      const { payload = {} } = await client.next(payloadTypeOf(name))
      return { name, payload }
    },
    closed: client.closed,
  }
}

/** The official protobuf client shows enums by name, JSON has them as numbers; tests compare this one. */
function inNumbers({ name, payload }: Answer): Answer {
  const type: keyof typeof ExecutionType | undefined = payload['executionType']
  return {
    name,
    payload: type === undefined ? payload : { ...payload, executionType: ExecutionType[type] },
  }
}
