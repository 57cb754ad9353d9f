import {
  type Account,
  type CallOptions,
  connectSession,
  type Exchange,
  type HostAddress,
  OrderOutcomeUnknownError,
  RequestError,
  Secret,
  type Session,
  systemClock,
} from '../../index.ts'
import {
  catalog,
  fieldsOf,
  type JsonValue,
  type Messages,
  messageFromJson,
  messageToJson,
  type RequestMessage,
  type RequestName,
  type ResponseMessage,
  stringifyJson,
} from '../../protocol/index.ts'
import { connectWith, openAccount } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { findAccessToken } from '../grant.ts'
import { readInteger, readSeconds } from '../option-values.ts'
import { prettyJson } from '../pretty-json.ts'
import { readStandardInput } from '../standard-input.ts'
import { type Credentials, readCredentials, readTarget, type Target } from '../target.ts'
import { type MessageFields, readArguments, readJsonFields } from './raw-fields.ts'
import { findRequest, listRequests } from './raw-list.ts'

export interface RawOptions {
  readonly list?: boolean
  readonly wait?: string
}

/** How long after an event the next one is waited for, when nothing is said. */
const defaultWaitMs = 1000

/** `ctrader raw REQUEST [FIELDS]`: any request of the protocol, in the protocol's own names. */
export async function raw(
  context: CommandContext,
  name: string | undefined,
  args: readonly string[],
  options: RawOptions,
): Promise<void> {
  if (options.list === true) return listRequests(context.output)
  const request = findRequest(name)
  const waitMs = readSeconds('--wait', options.wait) ?? defaultWaitMs
  const target = readTarget(context)
  const credentials = readCredentials(context, target)
  const { send } = catalog[request]
  const given =
    args[0] === '-' && args.length === 1
      ? readJsonFields(send, await readStandardInput(context.stdin, context.signal))
      : readArguments(send, args)
  const sender = new RawSender(context, { target, credentials, request, waitMs })
  await sender.run(given)
}

interface RawJob {
  readonly target: Target
  readonly credentials: Credentials
  readonly request: RequestName
  readonly waitMs: number
}

/** Sends one request on the connection that it needs, and prints everything that answers it. */
class RawSender {
  readonly #context: CommandContext
  readonly #job: RawJob
  /** What was filled in, and must not be printed when a server repeats it. */
  readonly #secrets: string[] = []

  constructor(context: CommandContext, job: RawJob) {
    this.#context = context
    this.#job = job
  }

  async run(given: MessageFields): Promise<void> {
    const { scope } = catalog[this.#job.request]
    if (scope === 'account' || scope === 'trade') await this.#onAccount(given)
    else await this.#onSession(given)
  }

  async #onAccount(given: MessageFields): Promise<void> {
    const { target, credentials } = this.#job
    const token = await findAccessToken(this.#context, target, credentials)
    const client = await connectWith(this.#context, target, credentials, token)
    try {
      const named = given['ctidTraderAccountId']
      const account: Account =
        named === undefined
          ? await openAccount(this.#context, { client, target })
          : await client.account(readInteger('ctidTraderAccountId', String(named)), {
              signal: this.#context.signal,
            })
      await this.#send(account.session, { ctidTraderAccountId: account.accountId, ...given })
    } finally {
      await client.close()
    }
  }

  /** What needs no account is sent on a connection that has none, so that nothing else can be in the way. */
  async #onSession(given: MessageFields): Promise<void> {
    const { target, credentials } = this.#job
    const { environment } = target
    const { signal, options } = this.#context
    const fields = await this.#withSecrets(given)
    const timeoutMs = readSeconds('--timeout', options.timeout)
    const session = await connectSession({
      endpoint: (environment.demo ?? environment.live) as HostAddress,
      application: credentials,
      ca: environment.ca,
      signal,
      requestTimeoutMs: timeoutMs,
      connectTimeoutMs: timeoutMs,
    })
    try {
      await this.#send(session, fields)
    } finally {
      await session.close()
    }
  }

  /** Fills in the token and the credentials where the message has a place for them. */
  async #withSecrets(given: MessageFields): Promise<MessageFields> {
    const { target, credentials, request } = this.#job
    const names = fieldsOf(catalog[request].send).map((field) => field.name)
    const wants = (name: string): boolean => names.includes(name) && given[name] === undefined
    const filled: Record<string, JsonValue> = {}
    if (wants('clientId')) filled['clientId'] = credentials.clientId
    if (wants('clientSecret')) filled['clientSecret'] = this.#hide(credentials.clientSecret)
    if (wants('accessToken')) {
      filled['accessToken'] = this.#hide(await findAccessToken(this.#context, target, credentials))
    }
    return { ...filled, ...given }
  }

  #hide(secret: string | Secret): string {
    const value = secret instanceof Secret ? secret.reveal() : secret
    this.#secrets.push(value)
    return value
  }

  async #send(session: Session, fields: MessageFields): Promise<void> {
    const { request } = this.#job
    const { signal } = this.#context
    const message = messageFromJson(catalog[request].send, fields) as RequestMessage<RequestName>
    if (catalog[request].answer === 'events') {
      return this.#follow(session.exchange(request, message, { signal }))
    }
    // Name and message come from the same row, which the compiler cannot follow across the table.
    const calls = session.call as unknown as Readonly<Record<RequestName, AnyCall>>
    this.#print(await calls[request](message, { signal }))
  }

  /** Prints the events until none has come for a while. */
  async #follow(exchange: Exchange<RequestName>): Promise<void> {
    const { signal } = this.#context
    const { waitMs } = this.#job
    let cancel = (): void => {}
    try {
      await new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => resolve(), { once: true })
        exchange.first.catch(reject)
        exchange.onEvent((event) => {
          cancel()
          this.#print(event)
          const timer = systemClock.after(waitMs, resolve)
          cancel = () => timer.cancel()
        }, reject)
      })
    } catch (error) {
      if (!(error instanceof RequestError && error.outcome === 'unknown')) throw error
      const { clientMsgId } = exchange
      const order = { clientMsgId, clientOrderId: undefined, orderId: undefined }
      throw new OrderOutcomeUnknownError(order, error)
    } finally {
      cancel()
      exchange.release()
    }
  }

  #print(answer: object): void {
    const { output } = this.#context
    const { expect } = catalog[this.#job.request]
    const json = messageToJson(expect, answer as Messages[typeof expect])
    const shown = this.#withoutSecrets(json)
    output.line(output.isJson ? stringifyJson(shown) : prettyJson(shown))
  }

  #withoutSecrets(value: JsonValue): JsonValue {
    if (typeof value === 'string') return this.#secrets.includes(value) ? '[secret]' : value
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((item: JsonValue) => this.#withoutSecrets(item))
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      item === undefined ? undefined : this.#withoutSecrets(item),
    ])
    return Object.fromEntries(entries) as JsonValue
  }
}

type AnyCall = (message: object, options: CallOptions) => Promise<ResponseMessage<RequestName>>
