import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { createGrantCoordinator, OAuthError, saveLogin } from '../../src/oauth/index.ts'
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

type Task = 'refresh' | 'first save'

describe('RF-11: a program killed at any step of a refresh', () => {
  for (const [kind, url] of stores) {
    test.skipIf(url === undefined)(
      `loses no grant without a report: ${kind}`,
      async () => {
        const outcomes = await killAtEveryStep('refresh', kind, url)
        expect(outcomes.size).toBeGreaterThan(12)
        const lost = [...outcomes].filter(([, outcome]) => !/^(works|reported)$/.test(outcome))
        expect(lost).toEqual([])
        // Only between the server's answer and its being kept can nothing be done but to tell.
        const reported = [...outcomes].filter(([, outcome]) => outcome === 'reported')
        expect(reported.length).toBeLessThan(outcomes.size / 2)
      },
      600_000,
    )
  }
})

describe('RF-11: a program killed at any step of its first login', () => {
  for (const [kind, url] of stores) {
    test.skipIf(url === undefined)(
      `leaves the login or nothing, and a place that can be used: ${kind}`,
      async () => {
        const outcomes = await killAtEveryStep('first save', kind, url)
        expect(outcomes.size).toBeGreaterThan(4)
        const bad = [...outcomes].filter(([, outcome]) => !/^(stored|nothing)$/.test(outcome))
        expect(bad).toEqual([])
        expect(outcomes.get('after save #1')).toBe('stored')
      },
      600_000,
    )
  }
})

/** What is left behind by the name of the step at which the program was killed. */
async function killAtEveryStep(
  task: Task,
  kind: Place['kind'],
  url: string | undefined,
): Promise<Map<string, string>> {
  // A slow machine can add a step to one run, such as a sign of life; what two runs have in common always comes.
  const [first, second] = [await killedAt('', task, kind, url), await killedAt('', task, kind, url)]
  const waiting = first.steps.filter((step) => second.steps.includes(step))
  expect(waiting.length).toBeGreaterThan(first.steps.length / 2)
  const outcomes = new Map<string, string>()
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      outcomes.set(step, (await killedAt(step, task, kind, url)).outcome)
    }
  }
  await Promise.all([work(), work(), work()])
  return outcomes
}

/** Runs the task in a child that dies at the step, and then looks what the next program finds. */
async function killedAt(
  killAt: string,
  task: Task,
  kind: Place['kind'],
  url: string | undefined,
): Promise<{ steps: readonly string[]; outcome: string }> {
  const server = await GrantServer.start()
  const opened = await openPlace(kind, url, 2_000)
  const { store, place } = opened
  try {
    if (task === 'refresh') await store.save(recordOf(server), 0)
    const settings = { place, endpoints: server.endpoints(), task, killAt }
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, CTRADER_TEST_CHILD: JSON.stringify(settings) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    const [code, signal] = await once(child, 'close')
    const told = JSON.parse(output || '{}') as { killedAt?: string; steps?: string[] }
    // It has to have died, of the signal, and at this step: whoever finishes proves nothing.
    if (killAt === '') expect(code).toBe(0)
    else expect({ signal, ...told }).toEqual({ signal: 'SIGKILL', killedAt: killAt })
    const outcome =
      task === 'refresh' ? await whatIsLeft(server, store) : await placeLeft(server, store)
    return { steps: told.steps ?? [], outcome }
  } finally {
    await opened.remove()
    await server.close()
  }
}

/** What a first login that broke off has left: the tokens or nothing, and in either case a place to log in to. */
async function placeLeft(
  server: GrantServer,
  store: Awaited<ReturnType<typeof openPlace>>['store'],
): Promise<string> {
  try {
    const found = await store.load(key)
    if (found !== undefined && found.tokens.refreshToken?.reveal() !== 'refresh-1') return 'half'
    const { tokens } = recordOf(server)
    const saved = await saveLogin({ store, key, tokens, lockTimeoutMs: 20_000 })
    const again = await store.load(key)
    if (again?.generation !== saved.generation) return 'a login that is not kept'
    return found === undefined ? 'nothing' : 'stored'
  } catch (error) {
    return `${error}`
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
