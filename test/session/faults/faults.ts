import type { Clock } from '../../../src/async/clock.ts'
import type { FakeTokens } from '../tokens.ts'
import { calm, type FakeServer } from './fake-server.ts'
import type { Random } from './random.ts'

/** Where faults come from, and what they work on. */
export interface Scene {
  readonly clock: Clock
  readonly random: Random
  readonly server: FakeServer
  readonly tokens: FakeTokens
  readonly network: Network
}

/** What can be wrong between the two sides. */
export interface Network {
  /** How long a piece is under way to the server. The same all the time: what bunches up breaks limits counted there. */
  readonly thereMs: number
  /** How long a piece is under way to the client. */
  latencyMs: number
  /** How often a piece from the server takes longer. */
  jitter: number
  /** How many attempts to connect come to nothing: refused, or not answered at all. */
  refused: number
  unreachable: number
}

type Fault = (scene: Scene) => void

const each =
  (act: (link: FakeServer['links'][number]) => void): Fault =>
  ({ server }) =>
    server.open.forEach(act)

/** Everything that can go wrong, by the name that a failing run prints. */
export const faults: Readonly<Record<string, Fault>> = {
  reset: each((link) => link.peer.reset()),
  goodbye: each((link) => link.peer.end()),
  halfFrame: each((link) => {
    link.sendHalf()
    link.peer.reset()
  }),
  halfFrameGoodbye: each((link) => {
    link.sendHalf()
    link.peer.end()
  }),
  giantLength: each((link) => link.sendGiant()),
  silence: each((link) => link.peer.pause()),
  mute: each((link) => {
    link.isMute = true
  }),
  clientDisconnect: each((link) => link.send('ProtoOAClientDisconnectEvent', { reason: 'enough' })),
  unknownType: each((link) => link.sendUnknown()),
  strayAnswer: each((link) =>
    link.send('ProtoOAReconcileRes', { ctidTraderAccountId: 7 }, 'nobody'),
  ),
  accountDisconnect({ server, random }) {
    for (const link of server.open) {
      for (const accountId of [...link.accounts]) {
        if (random.chance(0.5)) continue
        link.endAccount(accountId)
        link.send('ProtoOAAccountDisconnectEvent', { ctidTraderAccountId: accountId })
      }
    }
  },
  refreshedElsewhere({ server, tokens, random }) {
    invalidate(server)
    if (random.chance(0.5)) tokens.issue()
  },
  tokenDies({ server, tokens }) {
    void tokens.current().then((token) => {
      server.deadTokens.add(token.accessToken.reveal())
      invalidate(server)
    })
  },
  refuseConnections({ network, random }) {
    network.refused = 1 + random.below(6)
  },
  unreachable({ network, random, server }) {
    network.unreachable = 1 + random.below(2)
    for (const link of server.open) link.peer.reset()
  },
  maintenance({ server, clock, random }) {
    server.isEndInSeconds = random.chance(0.5)
    server.maintenanceUntil = clock.now() + 1_000 + random.below(60_000)
    for (const link of server.open) link.peer.end()
  },
  slow({ network, random }) {
    network.latencyMs = random.below(400)
    network.jitter = random.next() * 0.3
  },
  badMood({ server, random }) {
    const share = (): number => (random.chance(0.4) ? random.next() * 0.3 : 0)
    server.moods = {
      unanswered: share(),
      refused: share(),
      twice: share(),
      late: share(),
      wrongAccount: share(),
    }
  },
  goodMood({ server, network }) {
    calmDown(server, network)
  },
}

/** From now on nothing goes wrong any longer. */
export function calmDown(server: FakeServer, network: Network): void {
  server.moods = calm
  network.jitter = 0
  network.refused = 0
  network.unreachable = 0
}

function invalidate(server: FakeServer): void {
  for (const link of server.open) {
    const ctidTraderAccountIds = [...link.accounts]
    if (ctidTraderAccountIds.length === 0) continue
    for (const id of ctidTraderAccountIds) link.endAccount(id)
    link.send('ProtoOAAccountsTokenInvalidatedEvent', { ctidTraderAccountIds, reason: 'refreshed' })
    for (const ctidTraderAccountId of ctidTraderAccountIds) {
      link.send('ProtoOAAccountDisconnectEvent', { ctidTraderAccountId })
    }
  }
}
