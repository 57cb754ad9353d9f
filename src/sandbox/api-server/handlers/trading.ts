import type { DeskRefusal } from '../../desk/trading-desk.ts'
import type { HandlersFor } from '../call.ts'
import { OrderRefusal, Refusal } from '../refusal.ts'
import { unsupported } from './unsupported.ts'

/** Trading requests. The answer to one that was taken are execution events; the server sends them to every session. */
export const tradingHandlers = {
  newOrder: (request, { clientMsgId, services }) =>
    refusalOf(services.desk.newOrder(request, clientMsgId)),

  closePosition: (request, { clientMsgId, services }) =>
    refusalOf(services.desk.closePosition(request, clientMsgId)),

  cancelOrder: unsupported('cancelling orders'),
  amendOrder: unsupported('amending orders'),
  amendPositionSltp: unsupported('amending stop loss and take profit'),
} satisfies HandlersFor<
  'newOrder' | 'closePosition' | 'cancelOrder' | 'amendOrder' | 'amendPositionSltp'
>

function refusalOf(refused: DeskRefusal | undefined): Refusal | OrderRefusal | undefined {
  if (refused === undefined) return undefined
  const { errorCode, description } = refused
  if (refused.channel === 'error') return new Refusal(errorCode, description)
  return new OrderRefusal(errorCode, description, refused)
}
