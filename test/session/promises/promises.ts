import type { TestName } from '../../named-tests.ts'

const virtual = 'test/session/virtual.test.ts'
const hostile = 'test/carriers/hostile.test.ts'
const pushed = 'test/session/pushed-ends.test.ts'
const closing = 'test/session/hostile-peer.test.ts'
const scheduler = 'src/session/scheduler/scheduler.test.ts'
const limits = 'test/session/rate-limits.test.ts'
const reconnect = 'test/session/reconnect.test.ts'
const many = 'test/client/many.test.ts'
const observability = 'test/session/observability.test.ts'

/** What is promised of sessions, each to the tests that hold the code to it. */
export const promises: Readonly<Record<string, readonly TestName[]>> = {
  // The life of a connection.
  'states only go forward': [
    [
      'src/session/status/state.test.ts',
      'a session goes forward, may be closed at any time, and never comes back',
    ],
  ],
  'a deadline for the link': [
    ['test/abuse/connecting.test.ts', 'a server that never finishes the handshake'],
  ],
  'a deadline for the application': [
    [
      'test/abuse/connecting.test.ts',
      'a server that never answers the authentication runs into the deadline',
    ],
  ],
  'a deadline for the account': [
    [
      'test/session/authorizing.test.ts',
      'that was asked for and not answered in time: unknown, under the id the server saw',
    ],
  ],
  'heartbeats at most 10 s apart': [
    [virtual, 'of a program that asks nothing is filled with heartbeats, at most 10 s apart'],
  ],
  'heartbeats only when nothing else was sent': [
    ['src/session/link/heartbeat.test.ts', 'whatever else is sent puts the next beat off'],
  ],
  'silence is found': [
    [virtual, 'of a server is given up after a minute'],
    [hostile, 'silence is found out'],
  ],
  'an active probe finds it sooner': [[virtual, 'is found sooner by asking after 15 s']],
  'backoff with a cap and a reset': [
    [
      virtual,
      'is bounded by a time that doubles up to the cap, and begins anew once a link was stable',
    ],
  ],
  'links that do not last count as failures': [
    [virtual, 'a server that takes links only to drop them is not hammered'],
  ],
  'giving up': [
    [virtual, 'gives up when it is told how often, or how long, to try'],
    [closing, 'a session gives up when the application itself is refused'],
  ],
  'maintenance, in seconds or milliseconds': [
    [virtual, 'says until when, in %s: nobody asks before the end of its maintenance'],
  ],
  weekends: [[virtual, 'on a weekend: one attempt, then not again before Sunday evening']],
  'failover over hosts': [
    [virtual, 'turns to the other host at once, and stays there'],
    [many, 'a host that cannot be reached is replaced by its fallback'],
  ],
  'closing drains, with a deadline': [
    [
      closing,
      'close lets what is under way be answered, takes nothing new, and does not wait for ever',
    ],
  ],
  'a token invalidated, or an account disconnected, by the server': [
    [pushed, '%s: its requests fail, it is authorised again with its subscriptions'],
  ],
  'an application disconnected by the server': [
    [pushed, 'ProtoOAClientDisconnectEvent: closes, waits, and comes back'],
  ],
  'a plain goodbye': [
    [pushed, 'an orderly goodbye of the server is answered by connecting again at once'],
  ],
  'a connection that is mute after an account was disconnected': [
    [pushed, 'after a disconnected account the connection may be mute: then it is replaced'],
  ],

  // Recovery.
  'everything is restored, subscriptions in the order made': [
    [reconnect, 'is replaced at once, with application, accounts and subscriptions as they were'],
  ],
  'accounts with open positions first': [[virtual, 'accounts with open positions come first']],
  'being authenticated, logged in or subscribed already is a success': [
    ['test/abuse/connecting.test.ts', 'being authenticated already is a success'],
    [virtual, 'what the server has already is as good as restored'],
  ],
  'nothing of an old link leaks into a new one': [
    [reconnect, 'fails what was under way at once and truthfully, and sends none of it again'],
    ['test/session/faults/memory.test.ts', 'keeps its promises for the seeds from %i on'],
  ],
  'a dead token is replaced once': [
    [pushed, 'is replaced once for all accounts that used it'],
    [pushed, 'is not replaced again when its successor is refused as well'],
  ],
  'our own renewal leads to no further one': [
    [
      pushed,
      'our own refresh: news of both kinds lead to the new token, and to no further refresh',
    ],
  ],
  'partial readiness is visible, with reasons, and is repaired': [
    [virtual, 'what could not be restored is listed with its reason, and tried again until it is'],
  ],

  // The scheduler.
  'no delay below the limit': [
    [scheduler, 'a request is sent before submit returns, and the budgets do not touch each other'],
  ],
  'windows as the receiver sees them': [
    [scheduler, 'nothing arrives too soon, whatever is asked for and however long it is held up'],
    [limits, 'carries a saturated minute at nearly the full rate, without a single refusal'],
  ],
  'a reserve': [[scheduler, 'a closing order takes the place that is kept for it']],
  'heartbeats are not counted': [[virtual, 'a heartbeat takes no place of a request']],
  priorities: [
    [scheduler, 'the most urgent goes first: close and cancel, amend, open, account, market'],
  ],
  'no starvation': [
    [
      scheduler,
      'nothing starves: now and then what has waited longest goes before what is more urgent',
    ],
  ],
  'deadlines run while queued, and what is cancelled there is never sent': [
    [
      limits,
      'is never sent once it was given up or its deadline has passed, and its error says so',
    ],
  ],
  'a pause of the kind that was blocked, for as long as the server says': [
    [scheduler, 'pauses that kind for as long as the server says, and no other'],
  ],
  'geometric pauses after repeated refusals': [
    [
      scheduler,
      'pauses longer each time it refuses again, up to two minutes, and forgets when it takes one',
    ],
  ],
  'repeats only what may be repeated': [
    [limits, 'what may be repeated is repeated until it is answered, what may not fails'],
    [
      virtual,
      'a repeatable request that was under way is sent again only where its caller allows it',
    ],
  ],
  'queue depth and waiting time can be seen': [
    [
      limits,
      'is never sent once it was given up or its deadline has passed, and its error says so',
    ],
  ],

  // Many.
  'many grants on one connection': [
    [many, 'of several grants live on one connection, each authorised with its own token'],
  ],
  'demo and live at the same time': [
    [many, 'of one host share a connection; demo and live have one each, at the same time'],
  ],
  'accounts spread over a pool': [
    [many, 'can be spread over several connections, and stay where they are'],
  ],
  'nothing is shared between clients': [
    [
      'test/session/peer-bugs.test.ts',
      'two sessions share nothing: each message goes to the server it was meant for',
    ],
    [many, 'nothing that happens to one client happens to another'],
  ],

  // What others see.
  'numbers: requests, links, both waits, drops': [
    [
      observability,
      'count requests by how they ended, links by how they ended, and measure both waits',
    ],
    [observability, 'quotes that newer ones replaced'],
    [observability, 'where a session and where a connection stood'],
  ],
  'no secret in logs and recordings': [[observability, 'see everything but the secrets']],
  'quotes --follow outlives a restart': [
    [
      'test/cli/restart.test.ts',
      'quotes --follow outlives a restart of the server, and says so beside the data',
    ],
  ],
}
