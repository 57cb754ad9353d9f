import { connect } from 'node:tls'
import type { ClientUnderTest, OrderOutcome } from '../../../src/sandbox/testing/index.ts'
import { OfficialClient, type Received } from '../official-client.ts'

/** What a client may get wrong. Each has been seen in a published one. */
export type Mistake =
  | 'trusts-everybody'
  | 'no-heartbeats'
  | 'filled-when-accepted'
  | 'ignores-order-errors'
  | 'ignores-errors'
  | 'ignores-rejections'
  | 'resends-after-a-timeout'
  | 'resends-after-a-cut'
  | 'any-fill-is-mine'
  | 'floods'

/** A plain client that knows only the protocol, and makes the one mistake that it is told to make. */
export function brokenClient(mistake: Mistake | undefined): ClientUnderTest {
  let client: OfficialClient | undefined
  let beating: NodeJS.Timeout | undefined
  let open: () => Promise<OfficialClient>
  let accountId = 0
  const makes = (one: Mistake): boolean => one === mistake
  const until = (who: OfficialClient, ms: number): Promise<'gone' | 'late'> =>
    Promise.race([
      who.closed.then(() => 'gone' as const),
      new Promise<'late'>((resolve) => setTimeout(resolve, ms, 'late')),
    ])

  const outcomeOf = (message: Received, id: string): OrderOutcome | undefined => {
    const type: unknown = message.payload['executionType']
    const own = message.id === id || makes('any-fill-is-mine')
    if (!own) return undefined
    if (message.name === 'ProtoOAErrorRes') return makes('ignores-errors') ? 'filled' : 'rejected'
    if (message.name === 'ProtoOAOrderErrorEvent') {
      return makes('ignores-order-errors') ? 'filled' : 'rejected'
    }
    if (type === 'ORDER_ACCEPTED' && makes('filled-when-accepted')) return 'filled'
    if (type === 'ORDER_FILLED') return 'filled'
    if (type === 'ORDER_REJECTED') return makes('ignores-rejections') ? 'filled' : 'rejected'
    return undefined
  }

  const order = async (payload: object, again: boolean): Promise<OrderOutcome> => {
    if (client === undefined) return 'unknown'
    const who = client
    const id = who.send('ProtoOANewOrderReq', payload)
    let found: OrderOutcome | undefined
    const answered = who
      .next((message) => {
        found ??= outcomeOf(message, id)
        return found !== undefined
      }, 'an outcome')
      .then(() => 'answered' as const)
    answered.catch(() => {})
    const ended = await Promise.race([answered.catch(() => 'late' as const), until(who, 3_000)])
    if (found !== undefined) return found
    const resends = makes(ended === 'gone' ? 'resends-after-a-cut' : 'resends-after-a-timeout')
    if (!resends || again) return 'unknown'
    if (ended === 'gone') client = await open()
    return order(payload, true)
  }

  return {
    async connect({ port, ca, clientId, clientSecret, accessToken, accountId: account }) {
      accountId = account
      if (makes('trusts-everybody')) {
        const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
        await new Promise((resolve) => socket.once('secureConnect', resolve))
        socket.destroy()
        return
      }
      open = async () => {
        const fresh = await OfficialClient.connect(port, ca)
        await fresh.request('ProtoOAApplicationAuthReq', { clientId, clientSecret })
        const ctidTraderAccountId = account
        await fresh.request('ProtoOAAccountAuthReq', { ctidTraderAccountId, accessToken })
        return fresh
      }
      client = await open()
      const beat = (): void => void client?.send('ProtoHeartbeatEvent')
      if (!makes('no-heartbeats')) beating = setInterval(beat, 1_000)
    },
    buy: ({ symbolId, volume }) =>
      order(
        {
          ...{ ctidTraderAccountId: accountId, symbolId, volume },
          ...{ orderType: 'MARKET', tradeSide: 'BUY' },
        },
        false,
      ),
    async ask(count) {
      for (let asked = 0; asked < count; asked++) {
        if (!makes('floods') && asked > 0 && asked % 40 === 0) {
          await new Promise((resolve) => setTimeout(resolve, 1_100))
        }
        await client?.request('ProtoOAVersionReq')
      }
    },
    async close() {
      clearInterval(beating)
      await client?.close()
    },
  }
}
