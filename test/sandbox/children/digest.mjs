// Plays one scene against a sandbox whose time it owns, over the package as it is built, and prints the digests of every
// byte that its clients received and of what the market says about its past. Run by several versions of Node.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:tls'
import { encodeFrame, FrameSplitter, readEnvelope } from 'ctrader-open-api/protocol'
import { createSandbox } from 'ctrader-open-api/sandbox'

const account = { ctidTraderAccountId: 1001 }
const symbolId = [1, 4, 9, 41, 10_021, 10_026]

class Client {
  bytes = createHash('sha256')
  length = 0
  #waiting = new Map()
  #count = 0

  static async open({ host, demo, ca }) {
    const socket = connect({ host, port: demo.protobufPort, ca })
    await once(socket, 'secureConnect')
    return new Client(socket)
  }

  constructor(socket) {
    this.socket = socket
    const take = (_, __, id) => this.#waiting.get(id)?.()
    const splitter = new FrameSplitter({
      limit: 64_000_000,
      onFrame: (buffer, start, end) =>
        readEnvelope(buffer, start, end, {
          message: take,
          unknown: take,
          malformed(error) {
            throw error
          },
        }),
    })
    socket.on('data', (chunk) => {
      this.bytes.update(chunk)
      this.length += chunk.length
      splitter.push(chunk)
    })
  }

  say(name, payload) {
    this.socket.write(encodeFrame(name, payload, `order ${++this.#count}`))
  }

  async ask(name, payload) {
    const id = `${++this.#count}`
    const answered = new Promise((resolve) => this.#waiting.set(id, resolve))
    this.socket.write(encodeFrame(name, payload, id))
    await answered
  }
}

async function play(marketHours) {
  const sandbox = await createSandbox({
    ...{ seed: 20_260_105, marketHours },
    time: { mode: 'owned', start: '2026-01-05T12:00:00Z' },
  })
  const { clientId, clientSecret, accessToken } = sandbox
  const clients = [await Client.open(sandbox), await Client.open(sandbox)]
  for (const client of clients) {
    await client.ask('ProtoOAApplicationAuthReq', { clientId, clientSecret })
    await client.ask('ProtoOAAccountAuthReq', { ...account, accessToken })
    await client.ask('ProtoOASymbolByIdReq', { ...account, symbolId })
    await client.ask('ProtoOASubscribeSpotsReq', { ...account, symbolId })
  }
  const [trader] = clients
  await trader.ask('ProtoOASubscribeLiveTrendbarReq', { ...account, symbolId: 1, period: 1 })
  await trader.ask('ProtoOASubscribeDepthQuotesReq', { ...account, symbolId: [1] })
  await sandbox.time.advance(30_000)
  const order = { ...account, orderType: 1, volume: 300_000, relativeStopLoss: 500 }
  for (const [id, tradeSide] of [
    [1, 1],
    [9, 2],
    [41, 1],
  ]) {
    trader.say('ProtoOANewOrderReq', { ...order, symbolId: id, tradeSide })
    // The order has been taken when the next request is answered; only then does time go on.
    await trader.ask('ProtoOAVersionReq', {})
    await sandbox.time.advance(1_000)
  }
  await sandbox.time.advance(120_000)
  const now = sandbox.time.now()
  for (const id of symbolId) {
    for (const period of [1, 5, 9, 12]) {
      const range = {
        fromTimestamp: now - 40 * 86_400_000 * (period > 5 ? 1 : 0.02),
        toTimestamp: now,
      }
      await trader.ask('ProtoOAGetTrendbarsReq', { ...account, symbolId: id, period, ...range })
      await sandbox.time.advance(1_000)
    }
    await trader.ask('ProtoOAGetTickDataReq', {
      ...account,
      symbolId: id,
      type: 1,
      toTimestamp: now,
    })
    await sandbox.time.advance(1_000)
  }
  await trader.ask('ProtoOADealListReq', account)
  await trader.ask('ProtoOATraderReq', account)
  const balance = sandbox.control.accounts.get(1001).balance
  for (const client of clients) client.socket.destroy()
  await sandbox.close()
  return {
    frames: clients.map(({ bytes, length }) => [length, bytes.digest('hex')]),
    balance,
  }
}

console.log(
  JSON.stringify({
    version: process.version,
    always: await play('always'),
    real: await play('real'),
  }),
)
