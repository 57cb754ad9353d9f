import type { DeskRefusal } from '../../desk/trading-desk.ts'
import type { HandlersFor } from '../call.ts'
import { OrderRefusal, Refusal } from '../refusal.ts'

/** Trading requests. The answer to one that was taken are execution events; the server sends them to every session. */
export const tradingHandlers = {
  newOrder: (request, { clientMsgId, services }) =>
    refusalOf(services.desk.newOrder(request, clientMsgId)),

  cancelOrder: (request, { clientMsgId, services }) =>
    refusalOf(services.desk.cancelOrder(request, clientMsgId)),

  amendOrder: (request, { clientMsgId, services }) =>
    refusalOf(services.desk.amendOrder(request, clientMsgId)),

  amendPositionSltp: (request, { clientMsgId, services }) =>
    refusalOf(services.desk.amendPosition(request, clientMsgId)),

  closePosition: (request, { clientMsgId, services }) =>
    refusalOf(services.desk.closePosition(request, clientMsgId)),
} satisfies HandlersFor<
  'newOrder' | 'closePosition' | 'cancelOrder' | 'amendOrder' | 'amendPositionSltp'
>

function refusalOf(refused: DeskRefusal | undefined): Refusal | OrderRefusal | undefined {
  if (refused === undefined) return undefined
  const { errorCode, description } = refused
  if (refused.channel === 'error') return new Refusal(errorCode, description)
  return new OrderRefusal(errorCode, description, refused)
}
