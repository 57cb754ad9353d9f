import type { OptionNames } from '../../known-options.ts'
import type { EnvelopeName, RequestName } from '../../protocol/index.ts'
import { checkFields } from './field-values.ts'

/** One message that a sandbox received or sent. */
export interface JournalEntry {
  /** Counts from 1 over the whole sandbox. */
  readonly seq: number
  /** When, in the sandbox's time: ms since 1970. */
  readonly at: number
  readonly direction: 'received' | 'sent'
  readonly host: 'demo' | 'live'
  /** Number of the connection. */
  readonly connection: number
  readonly payloadType: number
  /** The message's name; undefined for a payload type that this release does not know. */
  readonly message: EnvelopeName | undefined
  /** The request's name in the catalogue, for a message that is a request. */
  readonly request: RequestName | undefined
  readonly clientMsgId: string | undefined
  /** The account that the message names. */
  readonly account: number | undefined
  /** What it says. Secrets and tokens are not in it. */
  readonly payload: Readonly<Record<string, unknown>>
  /** Why it could not be read. */
  readonly problem: string | undefined
  /** The fault rule that changed its fate. */
  readonly fault: number | undefined
}

/** Which entries are meant. What is left out does not matter. */
export interface JournalQuery {
  readonly direction?: 'received' | 'sent'
  /** A request (`newOrder`), a message (`ProtoOANewOrderReq`) or a payload type (2106). */
  readonly message?: string | number
  readonly account?: number
  readonly connection?: number
  readonly host?: 'demo' | 'live'
  readonly clientMsgId?: string
  /** Only entries behind this number, such as `journal.mark()` gave. */
  readonly since?: number
  /** A closer look. */
  readonly where?: (entry: JournalEntry) => boolean
}

const queryNames: OptionNames<JournalQuery> = {
  direction: true,
  message: true,
  account: true,
  connection: true,
  host: true,
  clientMsgId: true,
  since: true,
  where: true,
}

/** @throws ControlArgumentError for what is no query, and for one with a name that does not exist */
export function checkQueryNames(query: unknown): void {
  checkFields('A journal query', query, queryNames)
}

const secrets = ['clientSecret', 'accessToken', 'refreshToken'] as const

/** The payload without what must not be shown. */
export function withoutSecrets(payload: object): Readonly<Record<string, unknown>> {
  const shown = payload as Readonly<Record<string, unknown>>
  const present = secrets.filter((name) => Object.hasOwn(shown, name))
  if (present.length === 0) return shown
  return { ...shown, ...Object.fromEntries(present.map((name) => [name, '[hidden]'])) }
}

/** One line for people. */
export function describeEntry(entry: JournalEntry): string {
  const { seq, direction, message, payloadType, connection, host, clientMsgId } = entry
  const what = entry.request ?? message ?? `payload type ${payloadType}`
  const id = clientMsgId === undefined ? '' : ` (${clientMsgId})`
  const code = entry.payload['errorCode']
  const error = typeof code === 'string' ? ` ${code}` : ''
  return `#${seq} ${direction} ${what}${id}${error} on ${host} connection ${connection}`
}
