import { encodeFrame } from 'ctrader-open-api/protocol'

/** Spot events as a live feed has them: often one-sided, half of them with a time stamp. */
export function spotMessages(count) {
  return Array.from({ length: count }, (_, i) => ({
    ctidTraderAccountId: 12_345_678,
    symbolId: (i % 50) + 1,
    ...(i % 3 === 0 ? {} : { bid: 112_000 + (i % 997) }),
    ...(i % 3 === 1 ? {} : { ask: 112_003 + (i % 997) }),
    trendbar: [],
    ...(i % 2 === 0 ? {} : { timestamp: 1_780_000_000_000 + i * 7 }),
  }))
}

export function spotFrames(count) {
  return spotMessages(count).map((message) => encodeFrame('ProtoOASpotEvent', message))
}
