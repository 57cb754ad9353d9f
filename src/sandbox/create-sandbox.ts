import { randomBytes } from 'node:crypto'
import { systemClock } from '../async/clock.ts'
import { CTraderError, InvalidArgumentError } from '../errors.ts'
import { silentLogger } from '../log.ts'
import { type ApiServer, createApiServer } from './api-server/api-server.ts'
import { resolveLimits } from './api-server/limits.ts'
import { loopback } from './api-server/listener.ts'
import { Pacer } from './api-server/pacer.ts'
import { AuthServerPortError, createAuthServer } from './auth-server/index.ts'
import { settleBehaviour } from './behaviour.ts'
import { createAuthority, writeCaFile } from './certificates.ts'
import { Closers } from './closers.ts'
import {
  adminApp,
  consoleApp,
  controlGear,
  createControl,
  Forks,
  restoreState,
  type SandboxState,
  SandboxTime,
  timeSource,
  worldWithRules,
} from './control/index.ts'
import { createDesk } from './desk/index.ts'
import { listenError, SandboxInProductionError } from './errors.ts'
import { createMarket } from './market/index.ts'
import { checkSandboxOptions, defaultRedirectUris, type SandboxOptions } from './options.ts'
import { createPeople } from './people.ts'
import { Random } from './random.ts'
import type { Sandbox, SandboxAccountInfo, SandboxHost, SandboxLine } from './sandbox.ts'
import { createWorld, type World } from './world/index.ts'

/**
 * Starts a sandbox: an authorization server and the API hosts for demo and live accounts, on free ports of the loopback
 * interface unless told otherwise.
 *
 * @throws SandboxInProductionError where `NODE_ENV` is `production`
 * @throws InvalidArgumentError for an option that is not usable
 * @throws PortInUseError, PortRefusedError for a port that cannot be had
 * @throws ReplayError for a recording that cannot be played
 * @throws CertificateAuthorityError for a certificate directory that cannot be used
 *
 * Whatever is thrown, nothing is left running.
 */
export function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return create(options, undefined)
}

/** @param state where to begin, in place of the beginning */
async function create(options: SandboxOptions, state: SandboxState | undefined): Promise<Sandbox> {
  // Whoever gets here by a slip of configuration must not take it for the real thing.
  if (process.env['NODE_ENV'] === 'production') throw new SandboxInProductionError()
  checkSandboxOptions(options)
  const closers = new Closers()
  try {
    return describe(await start(options, closers, state), closers)
  } catch (error) {
    await closers.close()
    throw error
  }
}

type Parts = Awaited<ReturnType<typeof start>>

async function start(options: SandboxOptions, closers: Closers, state: SandboxState | undefined) {
  const { seed = 1, logger = silentLogger } = options
  const time = timeSource(options.time, options.clock)
  const { clock, idleClock } = time
  const limits = resolveLimits(options.limits)
  const behaviour = settleBehaviour(options.behaviour)
  const random = new Random(seed)
  const world = worldOf(options, seed)
  const people = createPeople({
    world,
    clock,
    random,
    logger,
    redirectUris: options.redirectUris ?? defaultRedirectUris,
    tokenLifetimeSeconds: behaviour.auth.tokenLifetimeSeconds ?? options.tokenLifetimeSeconds,
  })
  const { identity } = people

  const authority = await createAuthority({ dir: options.caDir })
  const caFile = authority.caFile ?? (await temporaryCaFile(authority.caPem, closers))

  const market = await createMarket({
    world,
    clock,
    random: random.fork('market'),
    replay: new Map(Object.entries(options.replay ?? {})),
    speed: options.speed ?? 1,
    logger,
  })
  closers.add(() => market.close())
  const desk = createDesk({
    ...{ world, market, clock },
    random: random.fork('desk'),
    behaviour: behaviour.desk,
    ...(options.latency === undefined ? {} : { latency: options.latency }),
    ...(options.fills === undefined ? {} : { fills: options.fills }),
  })
  closers.add(() => desk.close())

  const gear = controlGear({ clock, random: random.fork('faults'), journal: options.journal })
  // Where a test moves the time, it also expects the same frames in the same order every time.
  const paces = time.mode === 'real' || time.mode === 'accelerated'
  const pacer = paces ? new Pacer(systemClock) : undefined
  const serve = async (kind: 'demo' | 'live', protobuf = 0, json = 0): Promise<ApiServer> => {
    const server = await createApiServer({
      ...{ kind, identity, world, market, desk, clock, idleClock, logger, limits, pacer },
      ...{ traffic: gear.wiretap, nextId: gear.nextConnectionId },
      ports: { protobuf, json },
      certificate: authority,
      behaviour: behaviour.api,
    })
    closers.add(() => server.close())
    return server
  }
  const demo = await serve('demo', options.demoPort, options.demoJsonPort)
  const live = await serve('live', options.livePort, options.liveJsonPort)
  if (state !== undefined) restoreState({ world, desk, market, identity }, state)
  const { credentials } = people
  const control = createControl({
    ...{ gear, clock, world, market, desk, identity, credentials, demo, live },
    fork: (from) => create(forkOptions(options, clock.now()), from),
    resetAuth() {
      auth.control.faults.clear()
      auth.control.behaviour.reset()
      auth.control.requests.clear()
    },
  })
  const forks = new Forks(
    (snapshot) => control.fork(snapshot),
    () => clock.now(),
  )
  closers.add(() => forks.closeAll())
  const sandboxTime = new SandboxTime(time, gear.wiretap, gear.journal)

  const port = options.httpPort ?? 0
  // Not from the seed: a page of another site could guess what follows from seed 1.
  const adminToken = randomBytes(24).toString('base64url')
  const admin = adminApp({ control, time: sandboxTime, desk, world, forks, token: adminToken })
  const page = consoleApp({
    ...{ seed, adminToken },
    facts: () => [
      ['Demo, protobuf', `${loopback}:${demo.ports.protobuf}`],
      ['Demo, JSON', `${loopback}:${demo.ports.json}`],
      ['Live, protobuf', `${loopback}:${live.ports.protobuf}`],
      ['Live, JSON', `${loopback}:${live.ports.json}`],
      ['Certificate', caFile],
      ['Client id', people.application.clientId],
      ['Consent page', auth.authorizeUrl],
      ['Token endpoint', auth.tokenUrl],
      ['Admin API', `${auth.origin}/admin`],
    ],
  })
  const auth = await createAuthServer({
    ...{ identity, world, clock, logger, port },
    random: random.fork('authorization server'),
    credentials,
    behaviour: behaviour.auth,
    adminToken,
    extensions: [
      { path: '/admin', app: admin },
      { path: '/', app: page },
    ],
  }).catch((error: unknown) => {
    const cause = error instanceof AuthServerPortError ? error.cause : error
    throw listenError(cause, port, 'authorization server')
  })
  closers.add(() => auth.close())
  market.start()
  return {
    ...{ seed, world, people, ca: authority.caPem, caFile, auth, control, adminToken },
    time: sandboxTime,
    demo: hostOf(demo),
    live: hostOf(live),
  }
}

/** The broker's world with the rules that were chosen. @throws InvalidArgumentError */
function worldOf({ marketHours = 'always', rules }: SandboxOptions, seed: number): World {
  const world = createWorld({ seed, marketHours })
  try {
    return worldWithRules(world, rules)
  } catch (error) {
    if (!(error instanceof CTraderError)) throw error
    const { facts, remedy, message } = error
    const problem = message.slice(0, message.length - remedy.length).trim()
    throw new InvalidArgumentError(`The sandbox option rules cannot be used. ${problem}`, {
      ...{ facts, remedy, cause: error },
    })
  }
}

/** What another sandbox of the same kind is made from: the same seed and time, and no port or clock that is taken. */
function forkOptions(options: SandboxOptions, now: number): SandboxOptions {
  const { httpPort, demoPort, demoJsonPort, livePort, liveJsonPort, clock, time, ...rest } = options
  const isOwned = clock !== undefined || time === 'owned' || modeOf(time) === 'owned'
  if (isOwned) return { ...rest, time: { mode: 'owned', start: now } }
  if (typeof time === 'object') return { ...rest, time: { ...time, start: now } }
  return rest
}

function modeOf(time: SandboxOptions['time']): string | undefined {
  return typeof time === 'object' ? time.mode : time
}

function hostOf({ ports }: ApiServer): SandboxHost {
  return { protobufPort: ports.protobuf, jsonPort: ports.json }
}

async function temporaryCaFile(caPem: string, closers: Closers): Promise<string> {
  const file = await writeCaFile(caPem)
  closers.add(() => file.close())
  return file.path
}

/** What the outside sees of a running sandbox. */
function describe(parts: Parts, closers: Closers): Sandbox {
  const { seed, time, ca, caFile, demo, live, people } = parts
  const { clock } = time
  const { authorizeUrl, tokenUrl, consoleUrl } = parts.auth
  const adminUrl = `${parts.auth.origin}/admin`
  const { adminToken } = parts
  const { clientId, clientSecret, redirectUris } = people.application
  const { username, password } = people.person
  const { accessToken, refreshToken } = people.tokens
  const accountsOf = (): readonly SandboxAccountInfo[] =>
    parts.world.accounts.map(({ accountId, traderLogin, isLive, depositAsset, accountType }) => ({
      ...{ accountId, traderLogin, isLive, depositAsset, accountType },
    }))
  // The order of the keys is part of the command line's contract.
  const line = (): SandboxLine => ({
    ...{ seed, pid: process.pid, authorizeUrl, tokenUrl, consoleUrl },
    ...{ host: loopback, demo, live, caFile },
    ...{ clientId, clientSecret, redirectUris, username, password, accessToken, refreshToken },
    accounts: accountsOf().map(({ accountId, ...rest }) => ({
      ctidTraderAccountId: accountId,
      ...rest,
    })),
    ...{ adminUrl, adminToken },
  })
  const close = (): Promise<void> => closers.close()
  return {
    ...{ seed, clock, host: loopback, authorizeUrl, tokenUrl, consoleUrl, demo, live, ca, caFile },
    ...{ clientId, clientSecret, redirectUris, username, password, accessToken, refreshToken },
    get accounts() {
      return accountsOf()
    },
    auth: parts.auth.control,
    time,
    control: parts.control,
    ...{ adminUrl, adminToken },
    line,
    clientOptions({ scope, carrier } = {}) {
      const grant = scope === undefined ? people.tokens : people.issueTokens({ scope })
      return {
        environment: {
          name: 'sandbox',
          demo: { host: loopback, port: demo.protobufPort, jsonPort: demo.jsonPort },
          live: { host: loopback, port: live.protobufPort, jsonPort: live.jsonPort },
          ...{ ca, authorizeUrl, tokenUrl },
        },
        application: { clientId, clientSecret },
        grants: [{ accessToken: grant.accessToken, refreshToken: grant.refreshToken }],
        ...(carrier === undefined ? {} : { carrier }),
      }
    },
    addApplication: (given) => parts.auth.control.applications.create(given),
    issueTokens: people.issueTokens,
    close,
    [Symbol.asyncDispose]: close,
  }
}
