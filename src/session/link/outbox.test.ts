import { describe, expect, test } from 'vitest'
import { type Deferred, deferred } from '../../async/deferred.ts'
import type { Link } from '../../transport/index.ts'
import { Outbox, type Outgoing } from './outbox.ts'

/** A link whose owner says how much is waiting in it. */
class FakeLink implements Link {
  readonly remote = 'test'
  readonly sent: string[] = []
  bufferedBytes = 0
  broken: Error | undefined
  #drain: Deferred<void> | undefined
  send(bytes: Uint8Array): void {
    if (this.broken !== undefined) throw this.broken
    this.sent.push(Buffer.from(bytes).toString())
  }
  drained(): Promise<void> {
    this.#drain ??= deferred<void>()
    return this.#drain.promise
  }
  drain(error?: Error): void {
    const drain = this.#drain
    this.#drain = undefined
    if (error === undefined) drain?.resolve()
    else drain?.reject(error)
  }
  close(): Promise<void> {
    return Promise.resolve()
  }
  destroy(): void {}
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

class Item implements Outgoing {
  over = false
  state: 'waiting' | 'sent' | 'lost' = 'waiting'
  markSent(): void {
    this.state = 'sent'
  }
  loseConnection(): void {
    this.over = true
    this.state = 'lost'
  }
}

function setUp() {
  const link = new FakeLink()
  let sent = 0
  const outbox = new Outbox(link, () => {
    sent++
  })
  const send = (text: string): Item => {
    const item = new Item()
    outbox.send(item, Buffer.from(text))
    return item
  }
  return { link, outbox, send, sent: () => sent }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('outbox', () => {
  test('while the link keeps up, messages leave within the call', () => {
    const { link, outbox, send, sent } = setUp()
    const item = send('a')
    expect(link.sent).toEqual(['a'])
    expect(item.state).toBe('sent')
    expect(outbox.waiting).toBe(0)
    expect(sent()).toBe(1)
  })

  test('while it is congested they wait in order, and nothing counts as sent', async () => {
    const { link, outbox, send } = setUp()
    link.bufferedBytes = 1_000_000
    const items = ['a', 'b', 'c'].map(send)
    expect(link.sent).toEqual([])
    expect(items.map((item) => item.state)).toEqual(['waiting', 'waiting', 'waiting'])
    expect(outbox.waiting).toBe(3)
    link.bufferedBytes = 0
    link.drain()
    // One that comes meanwhile must not overtake.
    items.push(send('d'))
    await settled()
    expect(link.sent).toEqual(['a', 'b', 'c', 'd'])
    expect(items.every((item) => item.state === 'sent')).toBe(true)
    expect(outbox.waiting).toBe(0)
  })

  test('one that nobody wants any longer is never sent', async () => {
    const { link, send, sent } = setUp()
    link.bufferedBytes = 1_000_000
    const [first, second] = [send('a'), send('b')]
    first.over = true
    link.bufferedBytes = 0
    link.drain()
    await settled()
    expect(link.sent).toEqual(['b'])
    expect([first.state, second.state]).toEqual(['waiting', 'sent'])
    expect(sent()).toBe(1)
  })

  test('a link that fills again is waited for again', async () => {
    const { link, outbox, send } = setUp()
    link.bufferedBytes = 1_000_000
    for (const text of ['a', 'b', 'c']) send(text)
    link.drain()
    await settled()
    expect(link.sent).toEqual(['a'])
    expect(outbox.waiting).toBe(2)
    link.bufferedBytes = 0
    link.drain()
    await settled()
    expect(link.sent).toEqual(['a', 'b', 'c'])
  })

  test('what waits when the link ends is lost unsent', async () => {
    const { link, outbox, send } = setUp()
    link.bufferedBytes = 1_000_000
    const items = ['a', 'b'].map(send)
    link.drain(new Error('gone'))
    await settled()
    expect(items.map((item) => item.state)).toEqual(['lost', 'lost'])
    expect(outbox.waiting).toBe(0)
  })

  test('what the link does not take is lost unsent', () => {
    const { link, send, sent } = setUp()
    link.broken = new Error('gone')
    expect(send('a').state).toBe('lost')
    expect(sent()).toBe(0)
  })
})
