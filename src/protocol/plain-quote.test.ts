import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeMessage } from './codec.ts'
import { decodeProtoOASpotEvent } from './generated/codec.ts'
import type { ProtoOASpotEvent } from './generated/messages.ts'
import { readPlainQuote } from './plain-quote.ts'
import { fault } from './wire-read.ts'

const small = fc.integer({ min: 0, max: 2 ** 28 - 1 })
const symbols = fc.integer({ min: 0, max: 2 ** 21 - 1 })
const times = fc.oneof(fc.integer(), fc.maxSafeInteger())
const quotes = fc.record(
  { ctidTraderAccountId: small, symbolId: symbols, bid: small, ask: small, timestamp: times },
  { requiredKeys: ['ctidTraderAccountId', 'symbolId'] },
)

function bytesOf(quote: Partial<ProtoOASpotEvent>): Buffer {
  const whole = { trendbar: [], ...quote } as unknown as ProtoOASpotEvent
  return Buffer.from(encodeMessage('ProtoOASpotEvent', whole))
}

/** What the general decoder makes of it; undefined where it refuses. */
function general(bytes: Buffer, from: number, end: number): ProtoOASpotEvent | undefined {
  try {
    return decodeProtoOASpotEvent(bytes, from, end)
  } catch {
    return undefined
  }
}

/** In the middle of other bytes, as in a chunk. */
function read(bytes: Buffer, around = 0xff): ProtoOASpotEvent | undefined {
  const chunk = Buffer.concat([Buffer.alloc(3, around), bytes, Buffer.alloc(12, around)])
  try {
    return readPlainQuote(chunk, 3, 3 + bytes.length)
  } catch (error) {
    expect(error).toBe(fault)
    return undefined
  }
}

describe('readPlainQuote', () => {
  test('reads what servers send, as the general decoder does', () => {
    fc.assert(
      fc.property(quotes, (quote) => {
        const bytes = bytesOf(quote as Partial<ProtoOASpotEvent>)
        expect(read(bytes)).toEqual(decodeProtoOASpotEvent(bytes, 0, bytes.length))
        expect(read(bytes)).toMatchObject(quote)
      }),
      { numRuns: 2_000 },
    )
  })

  test('reads nothing that the general decoder refuses, and nothing differently', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) })
    const changes = fc.array(change, { maxLength: 3 })
    const cut = fc.integer({ min: 0, max: 4 })
    fc.assert(
      fc.property(
        quotes,
        changes,
        cut,
        fc.constantFrom(0, 0x7f, 0xff),
        (quote, list, less, around) => {
          const bytes = bytesOf(quote as Partial<ProtoOASpotEvent>)
          for (const { at, byte } of list) bytes[at % bytes.length] = byte
          const left = bytes.subarray(0, Math.max(0, bytes.length - less))
          const found = read(left, around)
          if (found !== undefined) expect(found).toEqual(general(left, 0, left.length))
        },
      ),
      { numRuns: 20_000 },
    )
  })

  test.each<[string, Partial<ProtoOASpotEvent>]>([
    ['a long account', { ctidTraderAccountId: 2 ** 28, symbolId: 1 }],
    ['a long symbol', { ctidTraderAccountId: 1, symbolId: 2 ** 21 }],
    ['a high bid', { ctidTraderAccountId: 1, symbolId: 1, bid: 2 ** 28 }],
    ['a high ask', { ctidTraderAccountId: 1, symbolId: 1, ask: 2 ** 28 }],
    ['a session close', { ctidTraderAccountId: 1, symbolId: 1, sessionClose: 5 }],
  ])('leaves %s to the general decoder', (_, quote) => {
    expect(read(bytesOf(quote))).toBeUndefined()
  })
})
