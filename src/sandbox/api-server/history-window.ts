import type { AccountCall } from './call.ts'
import { Refusal } from './refusal.ts'

/** A stretch of time that is asked about, both ends included, ms. */
export interface HistoryWindow {
  readonly from: number
  readonly to: number
}

const week = 604_800_000
/** The latest moment that the protocol has, ms. */
const latest = 2_147_483_646_000

/** The stretch of a request: where it names no end, all there is up to now. */
export function historyWindow(
  request: {
    readonly ctidTraderAccountId: number
    readonly fromTimestamp?: number | undefined
    readonly toTimestamp?: number | undefined
  },
  { services }: AccountCall,
  rules: { readonly atMostOneWeek?: boolean; readonly notAfterNow?: boolean } = {},
): HistoryWindow | Refusal {
  const now = services.clock.now()
  const { ctidTraderAccountId: accountId, fromTimestamp, toTimestamp } = request
  const { registeredAt } = services.desk.account(accountId)
  const to = toTimestamp ?? Math.max(now, fromTimestamp ?? 0)
  const from = fromTimestamp ?? Math.min(registeredAt, to)
  if (from < 0 || to > latest || from > to) {
    return incorrect(`From = ${from} and to = ${to} should be in 0..${latest}, and in this order`)
  }
  const bounded = rules.atMostOneWeek === true || services.behaviour.historyWindow === 'week'
  if (bounded && fromTimestamp !== undefined && to - from > week) {
    return incorrect(`From ${from} to ${to} is more than ${week} milliseconds`)
  }
  if (rules.notAfterNow === true && toTimestamp !== undefined && to > now) {
    return incorrect(`To = ${to} should not be after now = ${now}`)
  }
  return { from, to }
}

function incorrect(description: string): Refusal {
  return new Refusal('INCORRECT_BOUNDARIES', description)
}
