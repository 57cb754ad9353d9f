import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Carrier, createClient } from '../../src/index.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { run, start, Watched } from './run.ts'

// Each verb starts a process of its own.
vi.setConfig({ testTimeout: 60_000 })

let sandbox: Sandbox
let folder: string
let file: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ctrader-recordings-'))
  file = join(folder, 'sandbox.json')
  sandbox = await createSandbox()
  writeFileSync(file, JSON.stringify(sandbox.line()))
})

afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Starts a verb that stays, and waits for the line that says where it is. */
async function stay(...args: readonly string[]) {
  const child = start(['sandbox', ...args, '--json'], { env: { CTRADER_SANDBOX: file } })
  const watched = new Watched(child)
  const place = JSON.parse(await watched.until(/^(\{.*\})\n/))
  return {
    place,
    watched,
    async end() {
      child.kill('SIGTERM')
      expect(await watched.ended()).toBe(0)
      const lines = watched.stdout.trim().split('\n')
      expect(lines).toHaveLength(2)
      return JSON.parse(lines[1] ?? '')
    },
  }
}

/** Reads the balance of the account by way of a place. */
async function balance(
  carrier: Carrier,
  place: { readonly host: string; readonly port: number; jsonPort: number; caFile: string },
  accountId = 1001,
) {
  const { environment, ...options } = sandbox.clientOptions({ carrier })
  const ca = readFileSync(place.caFile, 'utf8')
  const client = await createClient({
    ...options,
    environment: { ...environment, demo: place, live: place, ca },
  })
  const account = await client.account(accountId)
  const { trader } = await account.session.call.trader({ ctidTraderAccountId: accountId })
  await client.close()
  return trader.balance
}

describe('ctrader sandbox record and replay', () => {
  test('what was said over JSON and WebSocket is said again over protobuf', async () => {
    const recording = join(folder, 'session.jsonl')
    const recorder = await stay('record', recording)
    expect(recorder.place).toEqual({
      ...{ host: '127.0.0.1', port: expect.any(Number), jsonPort: expect.any(Number) },
      ...{ caFile: expect.stringMatching(/ca\.pem$/), file: recording },
    })
    const first = await balance('json-websocket', recorder.place)
    const { messages, notes } = await recorder.end()
    expect(existsSync(recorder.place.caFile)).toBe(false)
    expect(notes).toBe(0)
    const text = readFileSync(recording, 'utf8')
    expect(text.match(/"message":/g)).toHaveLength(messages)
    expect(text).toContain('"carrier":"json-websocket"')
    for (const secret of [sandbox.clientSecret, sandbox.accessToken]) {
      expect(text).not.toContain(secret)
    }

    const replay = await stay('replay', recording)
    expect(await balance('protobuf-tcp', replay.place)).toBe(first)
    expect(await replay.end()).toEqual({ isComplete: true, problems: [] })
  })

  test('the live host of a sandbox is one too, and an authority may be kept', async () => {
    const recording = join(folder, 'live.jsonl')
    const caDir = join(folder, 'authority')
    const args = ['record', recording, '--host', 'live', '--ca-dir', caDir]
    const recorder = await stay(...args)
    expect(recorder.place.caFile).toBe(join(caDir, 'ca.pem'))
    const live = sandbox.accounts.find(({ isLive }) => isLive)?.accountId
    expect(await balance('protobuf-websocket', recorder.place, live)).toEqual(expect.any(BigInt))
    await recorder.end()
    expect(existsSync(recorder.place.caFile)).toBe(true)
    expect(readFileSync(recording, 'utf8')).toContain('"carrier":"protobuf-websocket"')
  })

  test('people are told where to connect, what is wrong, and what came of it', async () => {
    const recording = join(folder, 'trader.jsonl')
    const lines = [
      { format: 'ctrader-session', version: 2, recordedAt: '2026-01-01T00:00:00.000Z' },
      { connection: 1, t: 0, from: 'client', payloadType: 2104, clientMsgId: 'a' },
    ]
    writeFileSync(recording, lines.map((line) => JSON.stringify(line)).join('\n'))
    const child = start(['sandbox', 'replay', recording])
    const watched = new Watched(child)
    await watched.until(/Ctrl-C ends it/)
    const [, host = '', port, jsonPort] =
      /connect to\s+(\S+):(\d+) protobuf\s+\S+:(\d+) JSON/.exec(watched.stdout) ?? []
    const caFile = /certificate\s+(\S+)/.exec(watched.stdout)?.[1] ?? ''
    const place = { host, port: Number(port), jsonPort: Number(jsonPort), caFile }
    await expect(balance('json-tcp', place)).rejects.toThrow()
    await watched.until(/Connection 1: ProtoOAApplicationAuthReq came, which was not recorded/)
    child.kill('SIGINT')
    expect(await watched.ended()).toBe(0)
    expect(watched.stderr).toContain('Not everything that clients said')
  })

  test.skipIf(!existsSync('/dev/full'))('a disk that is full ends it with an error', async () => {
    const child = start(['sandbox', 'record', '/dev/full', '--sandbox-file', file])
    const watched = new Watched(child)
    expect(await watched.ended()).toBe(2)
    expect(watched.stderr).toContain('could not be written to its end')
  })

  test('a file that is not whole at the end is an error after Ctrl-C too', async () => {
    const recording = join(folder, 'removed.jsonl')
    const child = start(['sandbox', 'record', recording, '--sandbox-file', file])
    const watched = new Watched(child)
    await watched.until(/Ctrl-C ends it/)
    rmSync(recording)
    child.kill('SIGINT')
    expect(await watched.ended()).toBe(2)
    expect(watched.stderr).toContain('removed or replaced')
  })

  test.each<[string, readonly string[], string]>([
    ['a recording that is none', ['replay', 'package.json'], 'package.json:1 cannot be used'],
    ['a comparison there is not', ['replay', 'x', '--compare', 'all'], 'fields or names'],
    ['a pace there is not', ['replay', 'x', '--pace', 'slow'], 'at-once or recorded'],
    ['a port that is none', ['record', 'x', '--port', '70000'], 'from 0 to 65535'],
    ['a host of no sandbox', ['record', 'x', '--env', 'demo', '--host', 'live'], '--host'],
    ['a folder that is not there', ['record', '/nonexistent/x'], 'cannot be written'],
    ['no file', ['record'], 'file'],
    ['a verb nearly right', ['recrod'], 'Did you mean record'],
  ])('%s: exit 2 before anything is started', async (_what, args, text) => {
    const ended = await run(['sandbox', ...args], { env: { CTRADER_SANDBOX: file } })
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain(text)
  })
})
