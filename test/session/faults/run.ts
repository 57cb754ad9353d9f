import { ManualClock } from '../../../src/async/manual-clock.ts'
import {
  type Carrier,
  carriers,
  openSession,
  type ReconnectingSession,
} from '../../../src/session/index.ts'
import { watchClock } from '../../peer/resources.ts'
import { type FakeTokens, fakeTokens } from '../tokens.ts'
import { Driver } from './driver.ts'
import { FakeServer } from './fake-server.ts'
import { calmDown, faults, type Network } from './faults.ts'
import { Ledger } from './ledger.ts'
import { type Random, seededRandom } from './random.ts'
import { frameLimit, wireForm } from './wire-form.ts'
import { WireWatch } from './wire-watch.ts'
import { turn, type World, type WorldParts } from './world.ts'

/** What a run found. */
export interface Report {
  /** What carried the messages, or was made to look like it. */
  readonly carrier: Carrier
  /** Everything that was not as it should be. */
  readonly complaints: readonly string[]
  /** What went wrong on purpose, and when. */
  readonly plan: readonly string[]
  readonly requests: number
  readonly links: number
}

/** What a failing seed leaves: what was wrong, under the command that runs it again. */
export function describeFailure(
  file: string,
  seed: number,
  { carrier, complaints }: Report,
): string {
  const command = `CTRADER_FAULT_SEED=${seed} npx vitest run ${file}`
  return [`${command}   # ${carrier}`, ...complaints].join('\n  ')
}

/** What a run went through. */
export function describeRun({ carrier, plan, requests, links }: Report): string {
  return [...plan, `${requests} requests over ${links} links of ${carrier}`].join('\n')
}

// How long the faults go on, and how long a session may take to recover from the last of them.
const troubleMs = 60_000
const recoveryMs = 400_000
// Nothing of a closed session moves a clock; what the server still has to say takes no longer than this.
const lateAnswersMs = 30_000

/** What carries the messages in the run of a seed. */
function carrierOf(seed: number): Carrier {
  return carriers[seed % carriers.length] as Carrier
}

/** Makes the world of a run. */
export type MakeWorld = (parts: WorldParts, carrier: Carrier) => World | Promise<World>

/** Lets a session live through faults that follow from a seed, in virtual time, and says what it did wrong. */
export async function run(seed: number, makeWorld: MakeWorld): Promise<Report> {
  const random = seededRandom(seed)
  const clock = new ManualClock()
  const carrier = carrierOf(seed)
  const form = wireForm(carrier)
  const server = new FakeServer(clock, random, form)
  const latencyMs = random.below(80)
  const network: Network = {
    thereMs: latencyMs,
    latencyMs,
    jitter: 0,
    refused: 0,
    unreachable: 0,
  }
  const accept: WorldParts['accept'] = (pipe) => server.accept(pipe)
  const world = await makeWorld({ clock, random, network, form, accept }, carrier)
  const watch = new WireWatch(clock, form)
  const tokens = fakeTokens()
  const ledger = new Ledger()
  const watched = watchClock(clock)
  const opening = openSession({
    endpoint: world.endpoints,
    application: { clientId: 'app', clientSecret: 'secret' },
    transport: watch.watch(world.transport),
    format: form.format,
    frameLimit,
    clock: watched,
    random: () => random.next(),
    reconnect: { maxDelayMs: 5_000, stableAfterMs: 20_000 },
    probeAfterMs: random.chance(0.5) ? 15_000 : undefined,
  })
  const session = await passTime(world, opening)
  const driver = new Driver({ session, random, tokens, ledger })
  const plan = await makeTrouble(world, { clock, random, server, tokens, network }, driver)
  calmDown(server, network)
  const complaints: string[] = []
  if (await recover(world, session, driver, tokens))
    complaints.push(...compare(session, server, driver))
  else complaints.push(`it did not recover: ${JSON.stringify(session.status)}`)
  await passTime(world, session.close())
  clock.advance(lateAnswersMs)
  await turn()
  complaints.push(...(await world.close()))
  complaints.push(...server.complaints, ...watch.complaints, ...ledger.judge(server, watch))
  if (watched.pending > 0) complaints.push(`${watched.pending} timers are left`)
  if (watch.open > 0) complaints.push(`${watch.open} links are left`)
  if (session.pending > 0) complaints.push(`${session.pending} requests are left`)
  if (tokens.replacements > server.deadTokens.size) {
    complaints.push(`${server.deadTokens.size} tokens died, ${tokens.replacements} were replaced`)
  }
  return { carrier, complaints, plan, requests: ledger.entries.length, links: server.links.length }
}

/** Lets time pass until a promise settles. */
async function passTime<T>(world: World, promise: Promise<T>): Promise<T> {
  let settled = false
  const note = (): void => {
    settled = true
  }
  promise.then(note, note)
  for (await turn(); !settled; ) {
    const hasTimer = await world.pass()
    if (!hasTimer && !settled) throw new Error('nothing is left that could settle the wait')
  }
  return promise
}

interface Stage {
  readonly clock: ManualClock
  readonly random: Random
  readonly server: FakeServer
  readonly tokens: FakeTokens
  readonly network: Network
}

/** Faults and requests at random moments. */
async function makeTrouble(world: World, stage: Stage, driver: Driver): Promise<string[]> {
  const { clock, random } = stage
  const plan: string[] = []
  const end = clock.monotonic() + troubleMs
  const names = Object.keys(faults)
  const again = (meanMs: number, act: () => void): void => {
    clock.after(random.next() * 2 * meanMs, () => {
      if (clock.monotonic() >= end) return
      act()
      again(meanMs, act)
    })
  }
  again(1_500, () => driver.act())
  again(6_000, () => {
    const name = random.pick(names)
    plan.push(`${Math.round(clock.monotonic())} ${name}`)
    faults[name]?.(stage)
  })
  while (clock.monotonic() < end) await world.pass()
  return plan
}

/** Whether the session gets back to where everything is there, and answers for every account. */
async function recover(
  world: World,
  session: ReconnectingSession,
  driver: Driver,
  tokens: FakeTokens,
): Promise<boolean> {
  const { clock } = world
  const end = clock.monotonic() + recoveryMs
  while (clock.monotonic() < end) {
    const { status } = session
    const isStuck =
      status.phase === 'partial' && status.missing.some((one) => one.retryAt === undefined)
    // Its token was refused, and so was the next: that takes a person who logs in again.
    if (isStuck) tokens.issue()
    await passTime(
      world,
      session.ready({ timeoutMs: recoveryMs }).catch(() => undefined),
    )
    const answers = [...driver.accounts].map((accountId) => driver.check(accountId))
    const all = await passTime(world, Promise.all(answers))
    if (session.status.phase === 'ready' && driver.isIdle && all.every(Boolean)) return true
    // Without a timer nothing is left that could bring it back.
    if (!(await world.pass())) return false
  }
  return false
}

function compare(session: ReconnectingSession, server: FakeServer, driver: Driver): string[] {
  const [link, another] = server.open
  if (link === undefined) return ['there is no link']
  const complaints = another === undefined ? [] : ['there is more than one link']
  const actual = [...link.subscriptions].filter((key) => !driver.uncertain.has(key)).sort()
  const expected = [...driver.expected].filter((key) => !driver.uncertain.has(key)).sort()
  if (actual.join() !== expected.join()) {
    complaints.push(`subscribed are ${actual.join(', ')}; expected were ${expected.join(', ')}`)
  }
  for (const accountId of driver.accounts) {
    if (!link.accounts.has(accountId)) complaints.push(`account ${accountId} is not authorised`)
    if (!session.isAuthorized(accountId)) complaints.push(`account ${accountId} is said to be away`)
  }
  return complaints
}
