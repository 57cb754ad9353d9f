import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { createClient, lots } from '../../../src/index.ts'
import { recordSessions, replaySessions, type Sandbox } from '../../../src/sandbox/index.ts'
import { startSandbox } from '../fixture.ts'
import { OfficialClient } from '../official-client.ts'
import { newRecording, wordsOf } from './recording-folder.ts'

let file: string
beforeEach(() => {
  file = newRecording()
})

/** Connects, authenticates and reads the account. */
async function walk(
  port: number,
  ca: string,
  secrets: Pick<Sandbox, 'clientId' | 'clientSecret' | 'accessToken'>,
) {
  const client = await OfficialClient.connect(port, ca)
  const { clientId, clientSecret, accessToken } = secrets
  const ctidTraderAccountId = 1001
  await client.request('ProtoOAApplicationAuthReq', { clientId, clientSecret })
  const list = await client.request('ProtoOAGetAccountListByAccessTokenReq', { accessToken })
  await client.request('ProtoOAAccountAuthReq', { ctidTraderAccountId, accessToken })
  const trader = await client.request('ProtoOATraderReq', { ctidTraderAccountId })
  return { client, list, trader }
}

async function record(sandbox: Sandbox) {
  const target = { host: sandbox.host, port: sandbox.demo.protobufPort }
  await using recorder = await recordSessions({ target, ca: sandbox.ca, file })
  const walked = await walk(recorder.port, recorder.ca, sandbox)
  await walked.client.close()
  return walked
}

describe('a recording', () => {
  test('holds every message of both sides, and no secret', async () => {
    const sandbox = await startSandbox()
    await record(sandbox)
    const text = readFileSync(file, 'utf8')
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({
      ...{ format: 'ctrader-session', version: 2 },
    })
    expect(wordsOf(file)).toEqual([
      ...['protobuf-tcp', 'client ProtoOAApplicationAuthReq', 'server ProtoOAApplicationAuthRes'],
      'client ProtoOAGetAccountListByAccessTokenReq',
      'server ProtoOAGetAccountListByAccessTokenRes',
      ...['client ProtoOAAccountAuthReq', 'server ProtoOAAccountAuthRes'],
      ...['client ProtoOATraderReq', 'server ProtoOATraderRes', 'client closed'],
    ])
    for (const secret of [sandbox.clientId, sandbox.clientSecret, sandbox.accessToken]) {
      expect(text).not.toContain(secret)
    }
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('is served back, to a client with other secrets and other ids', async () => {
    const sandbox = await startSandbox()
    const recorded = await record(sandbox)
    await sandbox.close()
    await using replay = await replaySessions({ file })
    const secrets = { clientId: 'mine', clientSecret: 'secret', accessToken: 'token of my own' }
    const { client, list, trader } = await walk(replay.port, replay.ca, secrets)
    expect(trader.payload).toEqual(recorded.trader.payload)
    // An echo of a secret is what the client sent.
    expect(list.payload).toEqual({ ...recorded.list.payload, accessToken: 'token of my own' })
    expect(replay.isComplete).toBe(true)
    expect(replay.problems).toEqual([])
    const stray = await client.request('ProtoOAVersionReq')
    expect(stray.payload['description']).toMatch(/^Not in the recording: ProtoOAVersionReq came/)
    expect(replay.problems).toEqual([
      expect.stringContaining('Connection 1: ProtoOAVersionReq came'),
    ])
    await client.close()
  })

  test('of a whole client is good for the same client', async () => {
    const sandbox = await startSandbox()
    const trade = async (host: string, port: number, ca: string) => {
      const { environment, ...options } = sandbox.clientOptions()
      const server = { host, port }
      const client = await createClient({
        ...options,
        environment: { ...environment, demo: server, live: server, ca },
      })
      const account = await client.account(1001)
      const order = await account.placeOrder({
        ...{ symbol: 'EURUSD', side: 'buy', type: 'market', volume: lots('0.10') },
      })
      const { price, positionId } = await order.filled
      await client.close()
      return { price: price.toString(), positionId }
    }
    const target = { host: sandbox.host, port: sandbox.demo.protobufPort }
    const recorder = await recordSessions({ target, ca: sandbox.ca, file })
    const first = await trade(recorder.host, recorder.port, recorder.ca)
    await recorder.close()
    await using replay = await replaySessions({ file })
    expect(await trade(replay.host, replay.port, replay.ca)).toEqual(first)
  })
})

test.each<[string, RegExp]>([
  ['', /:1 cannot be used: it is not JSON/],
  ['{}', /first line is not that of a recording/],
  ['{"format":"ctrader-session","version":1}\nnonsense', /:2 cannot be used: it is not JSON/],
  [
    '{"format":"ctrader-session","version":1}\n\n{"connection":1,"t":0,"from":"client","payloadType":1}',
    /:3 .*no known message/,
  ],
  [
    '{"format":"ctrader-session","version":1}\r\n\r\n{"connection":1,"t":1e999,"closedBy":"server"}',
    /:3 .*no connection or no time/,
  ],
  ['{"__proto__":{"format":"ctrader-session","version":1}}', /first line is not that/],
  [`${'['.repeat(100_000)}`, /:1 cannot be used: it is not JSON/],
  [
    `{"format":"ctrader-session","version":1}\n{"connection":1,"t":0,"from":"client","payloadType":2100,"payload":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    /:2 /,
  ],
  [
    '{"format":"ctrader-session","version":1}\n{"connection":1,"t":0,"from":"client","payloadType":2100,"payload":{}}',
    /:2 .*ProtoOAApplicationAuthReq cannot be read/,
  ],
])('a recording that is none is refused with its line: %j', async (text, message) => {
  writeFileSync(file, text)
  await expect(replaySessions({ file })).rejects.toMatchObject({
    ...{ code: 'RECORDING_UNUSABLE', message: expect.stringMatching(message) },
  })
})
