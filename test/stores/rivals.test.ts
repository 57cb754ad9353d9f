import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { key, recordOf } from '../oauth/grant-fixture.ts'
import { GrantServer } from '../oauth/grant-server.ts'
import { openPlace, type Place } from './places.ts'
import { findPostgres, findRedis } from './servers.ts'

const postgres = await findPostgres()
const redis = await findRedis()
const script = fileURLToPath(new URL('children/rival.mjs', import.meta.url))
const processes = 50
const calls = 20

describe('RF-4, RF-5: fifty processes make a thousand calls on one grant', () => {
  for (const [kind, url] of [
    ['postgres', postgres],
    ['redis', redis],
  ] as const) {
    test.skipIf(url === undefined)(
      `no token is spent twice and no generation skipped: ${kind}`,
      () => compete(kind, url ?? ''),
      300_000,
    )
  }
})

async function compete(kind: Place['kind'], url: string): Promise<void> {
  const server = await GrantServer.start()
  const opened = await openPlace(kind, url)
  const children: ChildProcess[] = []
  try {
    await opened.store.save(recordOf(server), 0)
    const settings = { place: opened.place, endpoints: server.endpoints(), calls }
    const env = { ...process.env, CTRADER_TEST_CHILD: JSON.stringify(settings) }
    const rivals = Array.from({ length: processes }, () => {
      const child = spawn(process.execPath, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] })
      children.push(child)
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
      return { child, lines }
    })
    for (const { lines } of rivals) expect((await lines.next()).value).toBe('ready')
    for (const { child } of rivals) child.stdin.write('go\n')
    const seen = await Promise.all(
      rivals.map(async ({ lines }) => JSON.parse((await lines.next()).value) as number[]),
    )
    for (const generations of seen) {
      expect(generations).toHaveLength(calls)
      // Each call gets a later token than the one it named.
      expect(generations.every((one, at) => at === 0 || one > (generations[at - 1] ?? 0))).toBe(
        true,
      )
    }
    const rotations = server.sent.length
    expect(rotations).toBeGreaterThanOrEqual(calls)
    expect(server.refused).toBe(0)
    expect(server.sent).toEqual(server.sent.map((_, at) => `refresh-${at + 1}`))
    expect((await opened.store.load(key))?.generation).toBe(rotations + 1)
  } finally {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      }),
    )
    await opened.remove()
    await server.close()
  }
}
