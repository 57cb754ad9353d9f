import { beforeEach, describe, expect, test, vi } from 'vitest'
import { InvalidArgumentError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import { DecodeError, payloadTypes } from '../../protocol/index.ts'
import { Dispatcher } from './dispatcher.ts'

const spot = { ctidTraderAccountId: 1, symbolId: 2, trendbar: [] }
const trader = payloadTypes.ProtoOATraderRes
const error = vi.fn()
const logger: Logger = { debug() {}, info() {}, warn() {}, error }
let dispatcher: Dispatcher

beforeEach(() => {
  error.mockClear()
  dispatcher = new Dispatcher(logger)
})

describe('dispatcher', () => {
  test('listeners of a type hear its messages and their ids, in the order they began to listen', () => {
    const heard: unknown[] = []
    dispatcher.on('ProtoOATraderRes', (message, id) => heard.push(['first', message, id]))
    dispatcher.on('ProtoOATraderRes', (message, id) => heard.push(['second', message, id]))
    dispatcher.on('ProtoOAAssetListRes', () => heard.push('other'))
    const message = {}
    dispatcher.emit(trader, message, 'id')
    dispatcher.emit(trader, message, undefined)
    expect(heard).toEqual([
      ['first', message, 'id'],
      ['second', message, 'id'],
      ['first', message, undefined],
      ['second', message, undefined],
    ])
  })

  test('who stops listening hears nothing more, and stopping twice stops nobody else', () => {
    const heard: string[] = []
    const listener = (): void => void heard.push('a')
    const stop = dispatcher.on('ProtoOATraderRes', listener)
    dispatcher.on('ProtoOATraderRes', listener)
    dispatcher.emit(trader, {}, undefined)
    stop()
    stop()
    dispatcher.emit(trader, {}, undefined)
    expect(heard).toEqual(['a', 'a', 'a'])
  })

  test('one that comes or goes during a round does not disturb it', () => {
    const heard: string[] = []
    const stop = dispatcher.on('ProtoOATraderRes', () => {
      heard.push('first')
      stop()
      dispatcher.on('ProtoOATraderRes', () => heard.push('late'))
    })
    dispatcher.on('ProtoOATraderRes', () => heard.push('second'))
    dispatcher.emit(trader, {}, undefined)
    expect(heard).toEqual(['first', 'second'])
    dispatcher.emit(trader, {}, undefined)
    expect(heard).toEqual(['first', 'second', 'second', 'late'])
  })

  test('a listener that throws is logged and disturbs nobody', () => {
    const heard: string[] = []
    dispatcher.on('ProtoOATraderRes', () => {
      throw new Error('mine')
    })
    dispatcher.on('ProtoOATraderRes', () => heard.push('second'))
    dispatcher.emit(trader, {}, undefined)
    expect(heard).toEqual(['second'])
    expect(error).toHaveBeenCalledWith(
      expect.objectContaining({ message: 'ProtoOATraderRes', error: new Error('mine') }),
      'a listener threw',
    )
  })

  test.each([0, 1, 2, 3])('quotes reach %i listeners', (count) => {
    const heard: number[] = []
    const stops = Array.from({ length: count }, (_, index) =>
      dispatcher.on('ProtoOASpotEvent', (event) => heard.push(index * 10 + event.symbolId)),
    )
    dispatcher.spot(spot, undefined)
    expect(heard).toEqual([2, 12, 22].slice(0, count))
    for (const stop of stops) stop()
    dispatcher.spot(spot, undefined)
    expect(heard).toHaveLength(count)
  })

  test('the only listener of quotes may throw, too', () => {
    const stop = dispatcher.on('ProtoOASpotEvent', () => {
      throw new Error('mine')
    })
    dispatcher.spot(spot, undefined)
    expect(error).toHaveBeenCalledTimes(1)
    stop()
    dispatcher.spot(spot, undefined)
    expect(error).toHaveBeenCalledTimes(1)
  })

  test('messages that cannot be understood have listeners of their own', () => {
    const heard: unknown[] = []
    const stops = [
      dispatcher.onUnknown((...what) => heard.push(what)),
      dispatcher.onMalformed((...what) => heard.push(what)),
      dispatcher.onUnknown(() => {
        throw new Error('mine')
      }),
      dispatcher.onMalformed(() => {
        throw new Error('mine')
      }),
    ]
    const bytes = new Uint8Array([1])
    const damage = new DecodeError('ProtoOATraderRes', 'trader', 'it is missing')
    dispatcher.emitUnknown(9999, bytes, 'x')
    dispatcher.emitMalformed(damage, trader, undefined)
    expect(heard).toEqual([
      [9999, bytes, 'x'],
      [damage, trader, undefined],
    ])
    expect(error).toHaveBeenCalledTimes(2)
    for (const stop of stops) stop()
    dispatcher.emitUnknown(9999, bytes, 'x')
    dispatcher.emitMalformed(damage, trader, undefined)
    expect(heard).toHaveLength(2)
  })

  test('a name that no message travels under is refused', () => {
    expect(() => dispatcher.on('ProtoOATrader' as 'ProtoOATraderRes', () => {})).toThrow(
      InvalidArgumentError,
    )
  })
})
