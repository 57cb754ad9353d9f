import { describe, expect, test } from 'vitest'
import { ClientClosedError, createClient, lots, OrderOutcomeUnknownError } from '../../src/index.ts'
import { createSandbox } from '../../src/sandbox/index.ts'

const order = { symbol: 'EURUSD', side: 'buy', type: 'market', volume: lots('0.10') } as const

describe('an order whose connection is lost', () => {
  test.each(['close', 'reset'] as const)(
    'after it was accepted (%s): its fill is learned on the next connection, and it was sent once',
    async (how) => {
      const latency = { acceptance: 1, execution: 400 }
      await using sandbox = await createSandbox({ seed: 5, time: 'owned', latency })
      await using client = await createClient(sandbox.clientOptions())
      const account = await client.account(sandbox.accounts[0]?.accountId ?? 0)
      await account.symbol('EURUSD')
      const placing = account.placeOrder(order)
      await expect.poll(() => account.session.pending).toBe(1)
      // The server has it once it has been asked something after it.
      await account.trader()
      await sandbox.time.advance(1)
      const sent = await placing
      expect(sandbox.control.connections.cut({ account: account.accountId }, how)).toBe(1)
      await expect.poll(() => account.session.status).toMatchObject({ generation: 2 })
      await account.session.ready()
      await sandbox.time.advance(400)
      const fill = await sent.filled
      expect(fill).toMatchObject({ orderId: sent.orderId, side: 'buy', symbol: 'EURUSD' })
      expect(String(fill.volume)).toBe('10000')
      expect(account.session.status).toMatchObject({ phase: 'ready', generation: 2 })
      const positions = await account.positions()
      expect(positions.map(({ positionId }) => positionId)).toEqual([fill.positionId])
    },
  )

  test('filled while nobody listened: the server is asked, and says so', async () => {
    await using sandbox = await createSandbox({ seed: 6, latency: { execution: 50 } })
    await using client = await createClient({
      ...sandbox.clientOptions(),
      // The first attempt after a loss comes at once; a refused one gives the order time to be filled.
      reconnect: { firstDelayMs: 400, maxDelayMs: 400 },
    })
    const account = await client.account(sandbox.accounts[0]?.accountId ?? 0)
    const sent = await account.placeOrder(order)
    sandbox.control.connections.cut({ account: account.accountId }, 'reset')
    const fill = await sent.filled
    expect(fill.orderId).toBe(sent.orderId)
    expect(fill.deals).toHaveLength(1)
  })

  test('before it was accepted: its outcome is unknown, said at once, and it is not sent again', async () => {
    const latency = { acceptance: 400, execution: 500 }
    await using sandbox = await createSandbox({ seed: 7, time: 'owned', latency })
    await using client = await createClient(sandbox.clientOptions())
    const account = await client.account(sandbox.accounts[0]?.accountId ?? 0)
    await account.symbol('EURUSD')
    const placing = account.placeOrder(order)
    const failed = placing.catch((error: unknown) => error)
    await expect.poll(() => account.session.pending).toBe(1)
    // The server has it once it has been asked something after it.
    await account.trader()
    sandbox.control.connections.cut({ account: account.accountId }, 'reset')
    const error = await failed
    expect(error).toBeInstanceOf(OrderOutcomeUnknownError)
    expect(error).toMatchObject({ cause: { code: 'CONNECTION_LOST', outcome: 'unknown' } })
    await account.session.ready()
    expect(await account.positions()).toEqual([])
    await sandbox.time.advance(500)
    expect(await account.positions()).toHaveLength(1)
    sandbox.control.journal.expectOne({ message: 'newOrder' })
  })
})

describe('a client that is closed', () => {
  test('waits for the end of an order that was accepted, and takes no other', async () => {
    await using sandbox = await createSandbox({ seed: 8, latency: { execution: 300 } })
    const client = await createClient(sandbox.clientOptions())
    const account = await client.account(sandbox.accounts[0]?.accountId ?? 0)
    const sent = await account.placeOrder(order)
    const closing = client.close()
    await expect(account.placeOrder(order)).rejects.toThrow(ClientClosedError)
    await closing
    expect((await sent.filled).orderId).toBe(sent.orderId)
  })

  test('at once, does not: the outcome is unknown', async () => {
    await using sandbox = await createSandbox({ seed: 9, latency: { execution: 60_000 } })
    const client = await createClient(sandbox.clientOptions())
    const account = await client.account(sandbox.accounts[0]?.accountId ?? 0)
    const sent = await account.placeOrder(order)
    const slow = client.close({ drainMs: 60_000 })
    await client.close({ drainMs: 0 })
    await slow
    await expect(sent.filled).rejects.toThrow(OrderOutcomeUnknownError)
  })
})
