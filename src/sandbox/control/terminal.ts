import { deferred } from '../../async/deferred.ts'
import { CTraderError } from '../../errors.ts'
import type { OptionNames } from '../../known-options.ts'
import {
  catalog,
  ProtoOAExecutionType as ExecutionType,
  ProtoOAOrderType as OrderType,
  type ProtoOAExecutionEvent,
  type ProtoOAPosition,
  type RequestMessage,
  type RequestName,
  type ResponseMessage,
  ProtoOATradeSide as TradeSide,
} from '../../protocol/index.ts'
import { say } from '../../say.ts'
import type { InsideConnection, InsideMessage } from '../api-server/inside-connection.ts'
import type { World } from '../world/index.ts'
import { ControlArgumentError, ControlNotFoundError } from './errors.ts'
import { checkFields, requireInstrument } from './field-values.ts'
import { type Lots, volumeOf } from './lots.ts'

/** The server refused what a terminal asked for. */
export class TerminalRefusedError extends CTraderError {
  constructor(request: string, errorCode: string, description: string) {
    super('TERMINAL_REFUSED', `The server refused ${request}: ${errorCode}, "${description}".`, {
      facts: { request, errorCode, description },
    })
  }
}

export interface TerminalOrder {
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly lots: Lots
  /** Distances from the fill in units of 1e-5 of the price. */
  readonly stopLossPoints?: number
  readonly takeProfitPoints?: number
  readonly comment?: string
  readonly label?: string
}

const orderNames: OptionNames<TerminalOrder> = {
  symbol: true,
  side: true,
  lots: true,
  stopLossPoints: true,
  takeProfitPoints: true,
  comment: true,
  label: true,
}

/** An order that was taken. */
export interface TerminalTicket {
  /** The id that its events carry, on the client's connections as well. */
  readonly clientMsgId: string
  /** The events so far. */
  readonly events: readonly ProtoOAExecutionEvent[]
  /** Resolves with the event of the fill; in owned time that needs time to be moved. Rejects when it is rejected. */
  readonly filled: Promise<ProtoOAExecutionEvent>
}

/**
 * Another terminal of the account's owner: the phone, or the desktop. What it does happens without the client under test
 * having asked for it, and the client is told as the original tells: by events that carry an id which is not its own.
 *
 * Every call is answered at once; what comes later, such as a fill, comes as the sandbox's time passes.
 */
export class Terminal {
  readonly account: number
  readonly #world: World
  readonly #connection: InsideConnection
  readonly #answers = new Map<string, InsideMessage[]>()
  readonly #listeners = new Map<string, (event: ProtoOAExecutionEvent) => void>()
  #count = 0

  constructor(
    account: number,
    world: World,
    connect: (onMessage: (message: InsideMessage) => void) => InsideConnection,
  ) {
    this.account = account
    this.#world = world
    this.#connection = connect((message) => this.#take(message))
  }

  /**
   * Sends any request and returns its response; undefined for one that is answered by events.
   *
   * @throws TerminalRefusedError
   */
  request<K extends RequestName>(
    name: K,
    payload: Omit<RequestMessage<K>, 'ctidTraderAccountId'>,
  ): ResponseMessage<K> | undefined {
    return this.#send(name, payload).response as ResponseMessage<K> | undefined
  }

  /** Opens a position at the market. @throws TerminalRefusedError, ControlArgumentError */
  open(order: TerminalOrder): TerminalTicket {
    checkFields('terminal.open', order, orderNames)
    const instrument = requireInstrument(this.#world, order.symbol ?? '')
    const { side, comment, label } = order
    if (side !== 'buy' && side !== 'sell') {
      throw new ControlArgumentError(`An order cannot be to ${say(side)}.`, {
        facts: { side: String(side) },
        remedy: 'Choose buy or sell.',
      })
    }
    return this.#order('newOrder', {
      symbolId: instrument.symbolId,
      orderType: OrderType.MARKET,
      tradeSide: side === 'buy' ? TradeSide.BUY : TradeSide.SELL,
      volume: volumeOf(order.lots, instrument),
      relativeStopLoss: order.stopLossPoints,
      relativeTakeProfit: order.takeProfitPoints,
      ...{ comment, label },
    } as Omit<RequestMessage<'newOrder'>, 'ctidTraderAccountId'>)
  }

  /** Closes a position, or a part of it. @throws TerminalRefusedError, ControlNotFoundError */
  close(positionId: number, lots?: Lots): TerminalTicket {
    const position = this.#position(positionId)
    const { symbolId, volume } = position.tradeData
    const instrument = this.#world.instruments.get(symbolId)
    const part =
      lots === undefined || instrument === undefined ? volume : volumeOf(lots, instrument)
    return this.#order('closePosition', { positionId, volume: part })
  }

  /** Sets stop loss and take profit of a position; a side that is left out is removed. @throws TerminalRefusedError */
  amend(
    positionId: number,
    levels: { readonly stopLoss?: number; readonly takeProfit?: number },
  ): TerminalTicket {
    return this.#order('amendPositionSltp', {
      positionId,
      ...levels,
    } as Omit<RequestMessage<'amendPositionSltp'>, 'ctidTraderAccountId'>)
  }

  /** Cancels a pending order. @throws TerminalRefusedError */
  cancel(orderId: number): TerminalTicket {
    return this.#order('cancelOrder', { orderId })
  }

  /** The account's open positions. */
  positions(): readonly ProtoOAPosition[] {
    return this.request('reconcile', {} as never)?.position ?? []
  }

  /** Ends it. What it has ordered goes on. */
  end(): void {
    this.#connection.close()
    this.#listeners.clear()
  }

  #order<K extends RequestName>(
    name: K,
    payload: Omit<RequestMessage<K>, 'ctidTraderAccountId'>,
  ): TerminalTicket {
    const events: ProtoOAExecutionEvent[] = []
    const { promise, resolve, reject } = deferred<ProtoOAExecutionEvent>()
    // Nobody has to ask for it.
    promise.catch(() => {})
    const clientMsgId = this.#nextId()
    this.#listeners.set(clientMsgId, (event) => {
      events.push(event)
      const { executionType, errorCode = '' } = event
      if (executionType === ExecutionType.ORDER_FILLED) resolve(event)
      if (executionType === ExecutionType.ORDER_REJECTED) {
        reject(new TerminalRefusedError(name, errorCode, 'the order was rejected'))
      }
    })
    this.#send(name, payload, clientMsgId)
    return { clientMsgId, events, filled: promise }
  }

  #send<K extends RequestName>(
    name: K,
    payload: Omit<RequestMessage<K>, 'ctidTraderAccountId'>,
    clientMsgId = this.#nextId(),
  ): { readonly response: object | undefined } {
    const answers: InsideMessage[] = []
    this.#answers.set(clientMsgId, answers)
    const request = { ...payload, ctidTraderAccountId: this.account } as never
    this.#connection.send(name, request, clientMsgId)
    this.#answers.delete(clientMsgId)
    for (const { name: answer, payload: said } of answers) {
      if (answer !== 'ProtoOAErrorRes' && answer !== 'ProtoOAOrderErrorEvent') continue
      const { errorCode, description } = said as { errorCode: string; description?: string }
      throw new TerminalRefusedError(name, errorCode, description ?? '')
    }
    return { response: answers.find((answer) => answer.name === catalog[name].expect)?.payload }
  }

  #take(message: InsideMessage): void {
    const { name, payload, clientMsgId } = message
    if (clientMsgId === undefined) return
    this.#answers.get(clientMsgId)?.push(message)
    if (name === 'ProtoOAExecutionEvent') {
      this.#listeners.get(clientMsgId)?.(payload as ProtoOAExecutionEvent)
    }
  }

  #nextId(): string {
    return `terminal-${this.account}-${++this.#count}`
  }

  #position(positionId: number): ProtoOAPosition {
    const all = this.positions()
    const found = all.find((position) => position.positionId === positionId)
    if (found !== undefined) return found
    const ids = all.map((position) => position.positionId)
    throw new ControlNotFoundError('open position', positionId, ids)
  }
}
