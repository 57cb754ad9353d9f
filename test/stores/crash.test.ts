import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { createGrantCoordinator, OAuthError } from '../../src/oauth/index.ts'
import { application, key, recordOf } from '../oauth/grant-fixture.ts'
import { GrantServer } from '../oauth/grant-server.ts'
import { openPlace, type Place } from './places.ts'
import { startSecretService } from './secret-service.ts'
import { findPostgres, findRedis } from './servers.ts'

const postgres = await findPostgres()
const redis = await findRedis()
const secrets = await startSecretService()
if (secrets !== undefined) Object.assign(process.env, secrets.env)
afterAll(() => secrets?.stop())

const script = fileURLToPath(new URL('children/crash.mjs', import.meta.url))

const stores: readonly [Place['kind'], string | undefined][] = [
  ['file', 'here'],
  ['sealed', 'here'],
  ['keychain', secrets && 'here'],
  ['postgres', postgres],
  ['redis', redis],
]

describe('RF-11: a program killed at any step of a refresh', () => {
  for (const [kind, url] of stores) {
    test.skipIf(url === undefined)(
      `loses no grant without a report: ${kind}`,
      async () => {
        const { steps } = await refreshKilledAt(kind, url, 0)
        expect(steps).toBeGreaterThan(12)
        const outcomes = new Map<number, string>()
        const waiting = Array.from({ length: steps }, (_, index) => index + 1)
        const work = async (): Promise<void> => {
          for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
            outcomes.set(step, (await refreshKilledAt(kind, url, step)).outcome)
          }
        }
        await Promise.all([work(), work(), work()])
        expect(outcomes.size).toBe(steps)
        const lost = [...outcomes].filter(([, outcome]) => !/^(works|reported)$/.test(outcome))
        expect(lost).toEqual([])
        // Only between the server's answer and its being kept can nothing be done but to tell.
        const reported = [...outcomes].filter(([, outcome]) => outcome === 'reported')
        expect(reported.length).toBeLessThan(steps / 2)
      },
      600_000,
    )
  }
})

/** Runs a refresh in a child that dies at the step, and then looks what the next program finds. */
async function refreshKilledAt(
  kind: Place['kind'],
  url: string | undefined,
  killAt: number,
): Promise<{ steps: number; outcome: string }> {
  const server = await GrantServer.start()
  const opened = await openPlace(kind, url, 2_000)
  const { store, place } = opened
  try {
    await store.save(recordOf(server), 0)
    const settings = { place, endpoints: server.endpoints(), killAt }
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, CTRADER_TEST_CHILD: JSON.stringify(settings) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    const [code, signal] = await once(child, 'close')
    if (killAt === 0) expect({ code }).toEqual({ code: 0 })
    // A slow machine can make a step more or less of it; whoever was not killed has finished.
    else expect([code, signal]).toContain(signal === null ? 0 : 'SIGKILL')
    const outcome = await whatIsLeft(server, store)
    return { steps: Number(output), outcome }
  } finally {
    await opened.remove()
    await server.close()
  }
}

async function whatIsLeft(
  server: GrantServer,
  store: Awaited<ReturnType<typeof openPlace>>['store'],
): Promise<string> {
  const times = { replayPauseMs: 20, timeoutMs: 2_000, lockTimeoutMs: 20_000 }
  const grant = createGrantCoordinator({
    store,
    key,
    application,
    endpoints: server.endpoints(),
    ...times,
  })
  try {
    const token = await grant.current()
    if (server.accepts(token.accessToken.reveal())) return 'works'
    const next = await grant.replace(token)
    return server.accepts(next.accessToken.reveal()) ? 'works' : 'a token that is refused'
  } catch (error) {
    const told = error instanceof OAuthError && error.code === 'REAUTHORIZATION_REQUIRED'
    return told ? 'reported' : `an error that does not say what to do: ${error}`
  } finally {
    await grant.close()
  }
}
