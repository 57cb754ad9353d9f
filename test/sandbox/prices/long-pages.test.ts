import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../../src/async/manual-clock.ts'
import { openAccount, startSandbox } from '../fixture.ts'

const d1 = 12
/** A page that nobody has asked for yet: 120 days are made for it, which takes some thirty turns of the event loop. */
const page = (symbolId: number) => ({ symbolId, period: d1, count: 120, toTimestamp: Date.now() })
const bars = 'ProtoOAGetTrendbarsReq'

const names = (received: readonly { readonly name: string }[]) => received.map(({ name }) => name)

describe('a page of history that has to be made', () => {
  test('holds up nobody else, and what its own connection asks behind it comes behind it', async () => {
    const sandbox = await startSandbox({ marketHours: 'real' })
    const [slow, other] = [await openAccount(sandbox), await openAccount(sandbox)]
    const { ctidTraderAccountId } = slow
    const id = slow.client.send(bars, { ctidTraderAccountId, ...page(9) })
    slow.client.send('ProtoOAVersionReq', {}, 'behind')
    await other.client.request('ProtoOAVersionReq')
    await other.client.request('ProtoOATraderReq', { ctidTraderAccountId })
    expect(names(slow.client.waiting())).toEqual([])

    await slow.client.next((message) => message.id === 'behind')
    const made = await slow.client.next((message) => message.id === id)
    const answers = slow.client.received.slice(-2)
    expect(answers.map((message) => message.id)).toEqual([id, 'behind'])
    expect(made.payload['trendbar']).toHaveLength(120)
    // Made at once from what is remembered, and the same.
    const again = await slow.client.request(bars, { ctidTraderAccountId, ...page(9) })
    expect(again.payload['trendbar'].slice(0, -1)).toEqual(made.payload['trendbar'].slice(0, -1))
  })

  test('two at a time take turns, and each is whole', async () => {
    const sandbox = await startSandbox({ marketHours: 'real' })
    const clients = [await openAccount(sandbox), await openAccount(sandbox)]
    const pages = await Promise.all(
      clients.map(({ client, ctidTraderAccountId }) =>
        client.request(bars, { ctidTraderAccountId, ...page(1) }),
      ),
    )
    const [one, two] = pages.map(({ payload }) => payload['trendbar'].slice(0, -1))
    expect(one).toHaveLength(119)
    expect(two).toEqual(one)
  })

  test('is given up with its connection', async () => {
    const sandbox = await startSandbox({ marketHours: 'real' })
    const [gone, other] = [await openAccount(sandbox), await openAccount(sandbox)]
    const { ctidTraderAccountId } = gone
    gone.client.send(bars, { ctidTraderAccountId, ...page(9) })
    await other.client.request('ProtoOAVersionReq')
    await gone.client.close()
    const answer = await other.client.request(bars, { ctidTraderAccountId, ...page(2) })
    expect(answer.payload['trendbar']).toHaveLength(120)
  })

  test('keeps the rate limit as of when each request came, not as of when it was carried out', async () => {
    const sandbox = await startSandbox({ marketHours: 'real' })
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    client.send(bars, { ctidTraderAccountId, ...page(9) }, 'page')
    const asked = Array.from({ length: 60 }, (_, at) =>
      client.send('ProtoOAVersionReq', {}, `${at}`),
    )
    const answers = []
    for (const id of asked) answers.push(await client.next((message) => message.id === id))
    // Two requests of the log-in stand in the same second, or not.
    const refused = answers.filter(({ name }) => name === 'ProtoOAErrorRes')
    expect([10, 11, 12]).toContain(refused.length)
    const order = client.received.map(({ id }) => id).slice(-61)
    expect(order).toEqual(['page', ...asked])
  })

  test('can be lost, answered twice or followed by a cut like every other', async () => {
    const sandbox = await startSandbox({ marketHours: 'real' })
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const { faults } = sandbox.control
    faults.add({ fault: 'lose-answer', message: 'trendbars', nth: 1 })
    faults.add({ fault: 'cut-after', message: 'trendbars', nth: 2, how: 'close' })
    client.send(bars, { ctidTraderAccountId, ...page(9) }, 'lost')
    await client.request('ProtoOAVersionReq')
    expect(client.received.some(({ id }) => id === 'lost')).toBe(false)
    client.send(bars, { ctidTraderAccountId, ...page(2) }, 'last')
    await client.closed
    expect(client.received.at(-1)?.id).toBe('last')
  })

  test('is made at once where a test owns the time', async () => {
    const sandbox = await startSandbox({ clock: new ManualClock(Date.now()) })
    const [first, second] = [await openAccount(sandbox), await openAccount(sandbox)]
    const { ctidTraderAccountId } = first
    const order: string[] = []
    const asked = first.client
      .request(bars, { ctidTraderAccountId, ...page(9) })
      .then(() => order.push('page'))
    // Both have arrived before either is answered, or one after the other; the page is never overtaken.
    await new Promise((resolve) => setImmediate(resolve))
    await second.client.request('ProtoOAVersionReq').then(() => order.push('version'))
    await asked
    expect(order).toEqual(['page', 'version'])
  })
})
