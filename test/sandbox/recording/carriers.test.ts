import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Carrier, carriers, createClient, lots } from '../../../src/index.ts'
import { recordSessions, replaySessions, type Sandbox } from '../../../src/sandbox/index.ts'
import { accountOf, startSandbox } from '../fixture.ts'
import { OfficialClient, payloadTypeOf, readEnvelope, requestFrame } from '../official-client.ts'
import { connectJson } from '../official-json-client.ts'
import { linesOf, newRecording, wordsOf } from './recording-folder.ts'

/** A recorder, a replay or a sandbox, as clients find it. */
interface Place {
  readonly host: string
  readonly port: number
  readonly jsonPort: number | undefined
  readonly ca: string
}

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing[Symbol.asyncDispose]()
})

async function startRecorder(sandbox: Sandbox, file: string) {
  const { host, demo, ca } = sandbox
  const target = { host, port: demo.protobufPort, jsonPort: demo.jsonPort }
  const recorder = await recordSessions({ target, ca, file })
  open.push(recorder)
  return recorder
}

async function startReplay(file: string) {
  const replay = await replaySessions({ file })
  open.push(replay)
  return replay
}

/** Logs in, reads the account, opens a position and closes it, and says what came of it. */
async function trade(sandbox: Sandbox, carrier: Carrier, { host, port, jsonPort = 0, ca }: Place) {
  const { environment, ...options } = sandbox.clientOptions({ carrier })
  const server = { host, port, jsonPort }
  const client = await createClient({
    ...options,
    environment: { ...environment, demo: server, live: server, ca },
  })
  const account = await client.account(accountOf(sandbox).accountId)
  const { ctidTraderAccountId } = { ctidTraderAccountId: account.accountId }
  const { trader } = await account.session.call.trader({ ctidTraderAccountId })
  const order = await account.placeOrder({
    ...{ symbol: 'EURUSD', side: 'buy', type: 'market', volume: lots('0.10'), label: 'mine' },
  })
  const { price, positionId } = await order.filled
  const closing = await account.closePosition({ positionId })
  const end = await closing.filled
  await client.close()
  return {
    ...{ balance: trader.balance, positionId },
    ...{ opened: price.toString(), closed: end.price.toString() },
  }
}

describe.each(carriers)("a program's session, recorded over %s", (carrier) => {
  test('is served back to the same program over every carrier', async () => {
    const sandbox = await startSandbox()
    const file = newRecording()
    const recorder = await startRecorder(sandbox, file)
    const first = await trade(sandbox, carrier, recorder)
    await recorder.close()
    await sandbox.close()

    expect(recorder.notes).toBe(0)
    const words = wordsOf(file)
    expect(words[0]).toBe(carrier)
    expect(words.at(-1)).toBe('client closed')
    expect(words.filter((word) => word === 'client ProtoOANewOrderReq')).toHaveLength(1)
    expect(words).toHaveLength(recorder.messages + 2)
    const text = readFileSync(file, 'utf8')
    for (const secret of [sandbox.clientId, sandbox.clientSecret, sandbox.accessToken]) {
      expect(text).not.toContain(secret)
    }
    for (const other of carriers) {
      const replay = await startReplay(file)
      expect(await trade(sandbox, other, replay), other).toEqual(first)
      expect(replay.problems, other).toEqual([])
      expect(replay.isComplete, other).toBe(true)
    }
  })
})

/** What a client of another make hears, in the order in which it came: payload types. */
type Walk = (sandbox: Sandbox, place: Place) => Promise<readonly number[]>

function requests({ clientId, clientSecret, accessToken, accounts }: Sandbox) {
  const ctidTraderAccountId = accounts.find(({ isLive }) => !isLive)?.accountId
  const order = { symbolId: 1, orderType: 1, tradeSide: 1, volume: 100_000 }
  return [
    ['ProtoOAApplicationAuthReq', { clientId, clientSecret }],
    ['ProtoOAAccountAuthReq', { ctidTraderAccountId, accessToken }],
    ['ProtoOATraderReq', { ctidTraderAccountId }],
    ['ProtoOANewOrderReq', { ctidTraderAccountId, ...order }],
  ] as const
}

const filled = 2126

const strangers: Readonly<Record<Carrier, Walk>> = {
  async 'protobuf-tcp'(sandbox, { port, ca }) {
    const client = await OfficialClient.connect(port, ca)
    for (const [name, fields] of requests(sandbox)) await client.request(name, fields)
    await client.next(({ payloadType }) => payloadType === filled)
    await client.close()
    return client.received.map(({ payloadType }) => payloadType)
  },
  async 'protobuf-websocket'(sandbox, { port, ca }) {
    const socket = new WebSocket(`wss://127.0.0.1:${port}`, { ca })
    const heard: number[] = []
    const waiting = requests(sandbox).map(([name, fields]) =>
      requestFrame(name, fields, name).subarray(4),
    )
    const say = (): void => {
      const next = waiting.shift()
      if (next !== undefined) socket.send(next)
    }
    const closed = new Promise<readonly number[]>((resolve, reject) => {
      socket.on('error', reject)
      socket.on('close', () => resolve(heard))
    })
    socket.on('open', say)
    socket.on('message', (data) => {
      const { payloadType, id } = readEnvelope(data as Buffer)
      heard.push(payloadType)
      if (heard.filter((one) => one === filled).length === 2) socket.close(1000)
      else if (id !== undefined) say()
    })
    return closed
  },
  'json-tcp': (sandbox, { jsonPort = 0, ca }) => walkJson('tcp', sandbox, jsonPort, ca),
  'json-websocket': (sandbox, { jsonPort = 0, ca }) => walkJson('websocket', sandbox, jsonPort, ca),
}

async function walkJson(
  carrier: 'tcp' | 'websocket',
  sandbox: Sandbox,
  port: number,
  ca: string,
): Promise<readonly number[]> {
  const client = await connectJson(carrier, port, ca)
  for (const [name, fields] of requests(sandbox)) await client.request(payloadTypeOf(name), fields)
  await client.next(filled)
  await client.close()
  return client.received.map(({ payloadType }) => payloadType)
}

describe.each(carriers)('a client of another make, recorded over %s', (carrier) => {
  test('hears the same from the replay as clients of other carriers do', async () => {
    const sandbox = await startSandbox()
    const file = newRecording()
    const recorder = await startRecorder(sandbox, file)
    const heard = await strangers[carrier](sandbox, recorder)
    await recorder.close()
    expect(linesOf(file)[0]).toMatchObject({ connection: 1, carrier })
    expect(heard).toEqual([2101, 2103, 2122, filled, filled])
    for (const other of carriers) {
      const replay = await startReplay(file)
      expect(await strangers[other](sandbox, replay), other).toEqual(heard)
      expect([replay.problems, replay.isComplete], other).toEqual([[], true])
    }
  })
})

test('one recorder takes clients of all carriers at once, on the port of either format', async () => {
  const sandbox = await startSandbox()
  const file = newRecording()
  const { host, demo, ca } = sandbox
  // Whoever records JSON only names its port and nothing else.
  const target = { host, port: demo.jsonPort }
  const onlyJson = await recordSessions({ target, ca, file: newRecording() })
  open.push(onlyJson)
  expect(onlyJson.jsonPort).toBeUndefined()
  await strangers['json-tcp'](sandbox, { ...onlyJson, jsonPort: onlyJson.port })
  const recorder = await recordSessions({
    ...{ target: { ...target, port: demo.protobufPort, jsonPort: demo.jsonPort }, ca, file },
  })
  open.push(recorder)
  await Promise.all(carriers.map((carrier) => strangers[carrier](sandbox, recorder)))
  await recorder.close()
  const lines = linesOf(file)
  expect(lines.flatMap(({ carrier }) => carrier ?? []).sort()).toEqual([...carriers].sort())
  for (const { connection } of lines.filter(({ carrier }) => carrier !== undefined)) {
    const own = lines.filter((line) => line['connection'] === connection)
    expect(own.filter(({ from }) => from === 'client')).toHaveLength(4)
  }
})
