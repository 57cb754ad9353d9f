import {
  catalog,
  type JsonValue,
  type Messages,
  messageFromJson,
  messageToJson,
  parseJson,
  type RequestMessage,
  type RequestName,
  stringifyJson,
} from '../../protocol/index.ts'
import { connectClient, openAccount } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { UsageError } from '../errors.ts'

export interface RawOptions {
  readonly list?: boolean
}

/** `ctrader raw REQUEST [JSON]`: any request of the protocol, in the protocol's own names. */
export async function raw(
  context: CommandContext,
  name: string | undefined,
  json: string | undefined,
  options: RawOptions,
): Promise<void> {
  if (options.list === true) return listRequests(context)
  const request = requestOf(name)
  const given = readPayload(json === '-' ? await readStandardInput() : (json ?? '{}'))
  const client = await connectClient(context)
  try {
    const account = await openAccount(context, client)
    const { scope, send, expect } = catalog[request]
    const needsAccount = scope === 'account' || scope === 'trade'
    const content = needsAccount ? { ctidTraderAccountId: account.accountId, ...given } : given
    const message = messageFromJson(send, content) as RequestMessage<RequestName>
    const answer = await call(account.session.call, request, message, context.signal)
    context.output.line(stringifyJson(messageToJson(expect, answer as Messages[typeof expect])))
  } finally {
    await client.close()
  }
}

type AnyCall = (payload: object, options: { readonly signal: AbortSignal }) => Promise<object>

function call(
  calls: object,
  request: RequestName,
  payload: object,
  signal: AbortSignal,
): Promise<object> {
  // Name and message come from the same row, which the compiler cannot follow across the table.
  const send = (calls as Readonly<Record<RequestName, AnyCall>>)[request]
  return send(payload, { signal })
}

function listRequests({ output }: CommandContext): void {
  const rows = Object.entries(catalog)
  output.table(
    ['request', 'sends', 'answered by', 'needs', 'budget', 'repeatable'],
    rows.map(([name, row]) => [
      kebab(name),
      row.send,
      row.expect,
      row.scope,
      row.budget,
      row.repeatable ? 'yes' : 'no',
    ]),
    rows.map(([name, row]) => ({ request: name, ...row })),
  )
}

/** Accepts `symbolsList` and `symbols-list`. */
function requestOf(name: string | undefined): RequestName {
  if (name === undefined) {
    throw new UsageError('No request was named.', '`ctrader raw --list` shows them all.')
  }
  const names = Object.keys(catalog) as RequestName[]
  const found = names.find((candidate) => candidate === name || kebab(candidate) === name)
  if (found === undefined) {
    throw new UsageError(`There is no request "${name}".`, '`ctrader raw --list` shows them all.')
  }
  return found
}

function readPayload(text: string): { readonly [key: string]: JsonValue | undefined } {
  const value = parseJson(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as { readonly [key: string]: JsonValue | undefined }
  }
  throw new UsageError('The payload is not a JSON object.', `Give one such as '{"symbolId":[1]}'.`)
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

function kebab(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, '$1-$2').toLowerCase()
}
