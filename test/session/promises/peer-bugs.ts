import type { TestName } from '../../named-tests.ts'

const own = 'test/session/peer-bugs.test.ts'
const connecting = 'test/abuse/connecting.test.ts'
const limits = 'test/session/rate-limits.test.ts'
const hostile = 'test/carriers/hostile.test.ts'
const reconnect = 'test/session/reconnect.test.ts'

/**
 * What the three official and best-known clients get wrong about sessions, each to the tests that show what ours does.
 * Their mistakes elsewhere (login, units, orders) are not listed.
 */
export const peerBugs: Readonly<Record<string, readonly TestName[]>> = {
  'asyncio: a request resolves with the envelope instead of the answer': [
    [own, 'an answer is the message itself, and an error message is an error'],
  ],
  'asyncio: an error answer counts as success, even to a wrong secret': [
    [own, 'an answer is the message itself, and an error message is an error'],
    [connecting, 'a wrong secret is a refusal that says what to check and shows no secret'],
  ],
  'asyncio: certificates are not checked': [
    [connecting, 'an untrusted certificate'],
    [hostile, 'a bad certificate is not trusted, whatever is wrong with it'],
  ],
  'asyncio: each request waits 200 ms below the limit': [
    [limits, 'requests below the limit leave at once'],
  ],
  'asyncio: five a second lets twenty-five through, and history has no limit': [
    [limits, 'carries a saturated minute at nearly the full rate, without a single refusal'],
  ],
  'asyncio: a server that closes is not noticed, and what waits runs into its deadline': [
    [own, 'a server that closes is noticed at once: callers fail, and the status says so'],
    [reconnect, 'fails what was under way at once and truthfully, and sends none of it again'],
  ],
  'asyncio: no reconnect': [
    [reconnect, 'is replaced at once, with application, accounts and subscriptions as they were'],
  ],
  'asyncio: awaiting a request inside a callback deadlocks': [
    [own, 'a request may be awaited inside a listener for messages'],
  ],
  'asyncio: closing cancels what waits without a word about its outcome': [
    [
      'test/session/hostile-peer.test.ts',
      'close lets what is under way be answered, takes nothing new, and does not wait for ever',
    ],
  ],
  'asyncio: a heartbeat only after 20 s': [
    [
      'test/session/virtual.test.ts',
      'of a program that asks nothing is filled with heartbeats, at most 10 s apart',
    ],
  ],
  'OpenApiPy: all clients of a process share one queue': [
    [own, 'two sessions share nothing: each message goes to the server it was meant for'],
  ],
  'OpenApiPy: orders queued on a dead link are sent on the next before it is authorised': [
    [own, 'no order waits on a dead link for the next one'],
  ],
  'OpenApiPy: a certificate for any name will do': [
    [own, 'a certificate for another name is not accepted'],
  ],
  'OpenApiPy: each request waits a second at any setting': [
    [limits, 'requests below the limit leave at once'],
  ],
  'OpenApiPy: error answers go to the success callback': [
    [own, 'an answer is the message itself, and an error message is an error'],
  ],
  'OpenApiPy: what waits at a disconnect only times out': [
    [reconnect, 'fails what was under way at once and truthfully, and sends none of it again'],
  ],
  'OpenApiPy: a message is wrapped twice': [[own, 'a request travels in one envelope']],
  'OpenApiPy: ids of requests come again': [[own, 'no id is used twice, over links and sessions']],
  'OpenApiPy: a deadline that passes in the queue says nothing of the request': [
    [
      limits,
      'is never sent once it was given up or its deadline has passed, and its error says so',
    ],
  ],
  'OpenApiPy: stopping does nothing while there is no connection': [
    [own, 'a session without a connection can be closed'],
  ],
  'OpenAPI.Net: the end of a stream inside a message spins for ever': [
    [hostile, '%s: what waits is unknown, and everything is restored on a new link'],
    ['test/carriers/peer.test.ts', 'a goodbye inside of a message is no good order over %s'],
  ],
  'OpenAPI.Net: a message may be as long as the server says': [
    ['test/carriers/peer.test.ts', 'ends at a message that is too long'],
  ],
  'OpenAPI.Net: an observer that throws ends the connection': [
    [own, 'a listener that throws is logged, and neither the others nor the link notice'],
  ],
  'OpenAPI.Net: any error ends the client for good': [
    [hostile, '%s: what waits is unknown, and everything is restored on a new link'],
  ],
  'OpenAPI.Net: requests and answers are not paired': [
    ['src/session/requests/exchanges.test.ts', 'answers find their requests in any order'],
  ],
  'OpenAPI.Net: messages newer than the client cannot be read': [
    [
      'test/carriers/peer.test.ts',
      'hears what it does not know and what it cannot read, and goes on',
    ],
  ],
  'OpenAPI.Net: streams stop in silence': [
    [own, 'a reader that is too slow costs quotes, not memory and not the link'],
    [reconnect, 'is replaced at once, with application, accounts and subscriptions as they were'],
  ],
}
