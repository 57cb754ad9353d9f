import type { OptionNames } from '../../known-options.ts'
import { say } from '../../say.ts'
import type { Connection } from '../api-server/connection.ts'
import type { AccountEnd } from '../api-server/disconnect.ts'
import type { CutKind } from '../api-server/traffic.ts'
import type { World } from '../world/index.ts'
import { ControlArgumentError, ControlNotFoundError } from './errors.ts'
import { checkFields, requireAccount } from './field-values.ts'
import type { Tapped, Wiretap } from './wiretap.ts'

/** A client's connection. */
export interface ConnectionInfo {
  /** Counts the connections of the sandbox; the journal and fault rules know it by this number. */
  readonly connection: number
  readonly host: 'demo' | 'live'
  /** Ms since 1970, in the sandbox's time. */
  readonly openedAt: number
  /** Client id of the application, once it is authenticated. */
  readonly clientId: string | undefined
  /** The accounts that are authorised on it. */
  readonly accounts: readonly number[]
  /** How many messages came and went. */
  readonly received: number
  readonly sent: number
  /** Bytes that were sent and not taken yet. */
  readonly queuedBytes: number
  /** Whether nothing it says is taken any more. */
  readonly mute: boolean
}

/** Which connections are meant. What is left out does not matter. */
export interface ConnectionChoice {
  readonly connection?: number
  readonly host?: 'demo' | 'live'
  /** One on which this account is authorised. */
  readonly account?: number
  /** One of the application with this client id. */
  readonly clientId?: string
}

const choiceNames: OptionNames<ConnectionChoice> = {
  connection: true,
  host: true,
  account: true,
  clientId: true,
}
const endNames: OptionNames<{ connection: number; mute: boolean }> = {
  connection: true,
  mute: true,
}

/** The clients' connections, and what the server does to them of its own accord. */
export class ConnectionsControl {
  readonly #wiretap: Wiretap
  readonly #world: World
  readonly #endAccounts: (end: AccountEnd) => number

  constructor(wiretap: Wiretap, world: World, endAccounts: (end: AccountEnd) => number) {
    this.#wiretap = wiretap
    this.#world = world
    this.#endAccounts = endAccounts
  }

  /** The connections that are open, oldest first. */
  list(choice: ConnectionChoice = {}): readonly ConnectionInfo[] {
    return this.#chosen(choice).map(([connection, tapped]) => infoOf(connection, tapped))
  }

  /**
   * Ends connections without a word: `close` sends what waits and closes in good order, `cut` loses what waits, `reset`
   * breaks off so that the client sees a reset. Returns how many there were.
   *
   * @throws ControlNotFoundError for the number of a connection that is not open
   */
  cut(choice: ConnectionChoice = {}, how: CutKind = 'cut'): number {
    if (!['close', 'cut', 'reset'].includes(how)) {
      throw new ControlArgumentError(`A connection cannot be ended by ${say(how)}.`, {
        facts: { how },
        remedy: 'Choose close, cut or reset.',
      })
    }
    const chosen = this.#chosen(choice)
    for (const [connection] of chosen) connection.breakOff(how, 'it was ended by hand')
    return chosen.length
  }

  /**
   * Ends the sessions of an account (event 2164), as when its owner signs out in the desktop terminal. With `mute` the
   * connections then take nothing any more although they are still served with events: a defect that the original has
   * been seen to have, which only a new connection gets over. Returns how many sessions there were.
   *
   * @throws ControlNotFoundError for an account that is not there
   */
  disconnectAccount(
    account: number,
    options: { readonly connection?: number; readonly mute?: boolean } = {},
  ): number {
    checkFields('connections.disconnectAccount', options, endNames)
    const { connection, mute = false } = options
    const chosen = this.#chosen({ account, ...(connection === undefined ? {} : { connection }) })
    const count = this.#endAccounts({ accountId: account, connection })
    if (mute) for (const [, tapped] of chosen) tapped.mute = true
    return count
  }

  /**
   * Ends applications' sessions (event 2148): every account session of the chosen connections is over, and so is the
   * application's authentication. Returns how many connections there were.
   *
   * @param options.closes whether the connection is closed behind the event, default true
   */
  disconnectApplication(
    options: ConnectionChoice & { readonly reason?: string; readonly closes?: boolean } = {},
  ): number {
    const { reason = 'Application was disconnected', closes = true, ...choice } = options
    const chosen = this.#chosen(choice).filter(([{ application }]) => application !== undefined)
    for (const [connection] of chosen) {
      connection.push('ProtoOAClientDisconnectEvent', { reason })
      connection.endApplication()
      if (closes) connection.close(reason)
    }
    return chosen.length
  }

  #chosen(choice: ConnectionChoice): (readonly [Connection, Tapped])[] {
    checkFields('A choice of connections', choice, choiceNames)
    const open = [...this.#wiretap.connections]
    const { connection: id, host, account, clientId } = choice
    if (account !== undefined) requireAccount(this.#world, account)
    if (id !== undefined && !open.some(([{ id: known }]) => known === id)) {
      const known = open.map(([connection]) => connection.id)
      throw new ControlNotFoundError('open connection', id, known)
    }
    return open.filter(
      ([connection]) =>
        (id === undefined || connection.id === id) &&
        (host === undefined || connection.host === host) &&
        (account === undefined || connection.accounts.has(account)) &&
        (clientId === undefined || connection.application?.clientId === clientId),
    )
  }
}

function infoOf(connection: Connection, tapped: Tapped): ConnectionInfo {
  return {
    connection: connection.id,
    host: connection.host,
    openedAt: connection.openedAt,
    clientId: connection.application?.clientId,
    accounts: [...connection.accounts.keys()],
    received: tapped.received,
    sent: tapped.sent,
    queuedBytes: connection.queuedBytes,
    mute: tapped.mute,
  }
}
