import type { PeerConnection } from '../peer/peer-connection.ts'
import type { Received } from '../peer/wire.ts'

/** What a test may want to answer by itself; returning true says that it has. */
export type Override = (message: Received, connection: PeerConnection) => boolean

/** Answers what a session asks while it restores itself, as a friendly server would. */
export function friendly(
  override: Override = () => false,
): (message: Received, connection: PeerConnection) => void {
  return (message, connection) => {
    if (override(message, connection)) return
    const { name, fields, clientMsgId } = message
    const { ctidTraderAccountId } = fields
    const reply = (answer: string, more: Readonly<Record<string, unknown>> = {}): void =>
      connection.send(answer, more, clientMsgId)
    switch (name) {
      case 'ProtoOAApplicationAuthReq':
        return reply('ProtoOAApplicationAuthRes')
      case 'ProtoOAVersionReq':
        return reply('ProtoOAVersionRes', { version: '91' })
      case 'ProtoOAAccountAuthReq':
        return reply('ProtoOAAccountAuthRes', { ctidTraderAccountId })
      case 'ProtoOAAccountLogoutReq':
        return reply('ProtoOAAccountLogoutRes', { ctidTraderAccountId })
      case 'ProtoOASubscribeSpotsReq':
        return reply('ProtoOASubscribeSpotsRes', { ctidTraderAccountId })
      case 'ProtoOAUnsubscribeSpotsReq':
        return reply('ProtoOAUnsubscribeSpotsRes', { ctidTraderAccountId })
      case 'ProtoOASubscribeLiveTrendbarReq':
        return reply('ProtoOASubscribeLiveTrendbarRes', { ctidTraderAccountId })
      case 'ProtoOASubscribeDepthQuotesReq':
        return reply('ProtoOASubscribeDepthQuotesRes', { ctidTraderAccountId })
      case 'ProtoOAReconcileReq':
        return reply('ProtoOAReconcileRes', { ctidTraderAccountId })
    }
  }
}

/** Refuses a request. */
export function refuse(
  connection: PeerConnection,
  { clientMsgId, fields }: Received,
  errorCode: string,
  more: Readonly<Record<string, unknown>> = {},
): true {
  const { ctidTraderAccountId } = fields
  connection.send('ProtoOAErrorRes', { errorCode, ctidTraderAccountId, ...more }, clientMsgId)
  return true
}

/** The names and accounts of what a connection received, in order, heartbeats aside. */
export function heard(connection: PeerConnection): string[] {
  return connection.received
    .filter(({ name }) => name !== 'ProtoHeartbeatEvent')
    .map(({ name, fields }) => {
      const account = fields['ctidTraderAccountId']
      const symbols = fields['symbolId']
      const short = name.replace(/^ProtoOA|Req$/g, '')
      return [short, account, symbols === undefined ? undefined : String(symbols)]
        .filter((part) => part !== undefined)
        .join(' ')
    })
}
