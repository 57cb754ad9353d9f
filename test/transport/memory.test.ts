import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import {
  ConnectAbortedError,
  ConnectTimeoutError,
  LinkClosedError,
  WriteOverflowError,
} from '../../src/transport/errors.ts'
import { type MemoryTransportOptions, memoryTransport } from '../../src/transport/memory.ts'
import type { MemoryPeer } from '../../src/transport/memory-link.ts'
import type { Link, LinkEnd } from '../../src/transport/transport.ts'

const endpoint = { host: 'memory', port: 1 }

interface Opened {
  readonly clock: ManualClock
  readonly link: Link
  readonly peer: MemoryPeer
  readonly heard: string[]
  readonly kept: Buffer[]
  readonly peerHeard: string[]
  readonly peerEnds: string[]
  readonly ends: LinkEnd[]
}

async function open(options: Partial<MemoryTransportOptions> = {}): Promise<Opened> {
  const clock = new ManualClock()
  const peers: MemoryPeer[] = []
  const heard: string[] = []
  const kept: Buffer[] = []
  const peerHeard: string[] = []
  const peerEnds: string[] = []
  const ends: LinkEnd[] = []
  const transport = memoryTransport({
    accept(peer) {
      peers.push(peer)
      peer.onData((chunk) => peerHeard.push(chunk.toString()))
      peer.onEnd((how) => peerEnds.push(how))
    },
    ...options,
  })
  const handlers = {
    data(chunk: Buffer): void {
      heard.push(chunk.toString())
      kept.push(chunk)
    },
    end: (end: LinkEnd): void => void ends.push(end),
  }
  const link = await transport.open(endpoint, handlers, { clock })
  return { clock, link, peer: peers[0] as MemoryPeer, heard, kept, peerHeard, peerEnds, ends }
}

/** Lets everything happen that needs no time. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const text = (value: string): Buffer => Buffer.from(value)

describe('memory transport', () => {
  test('what is sent in one tick arrives in one piece, in order, both ways', async () => {
    const { link, peer, heard, peerHeard } = await open()
    link.send(text('a'))
    link.send(text('b'))
    peer.send(text('c'))
    expect(link.bufferedBytes).toBe(2)
    await settle()
    link.send(text('d'))
    await settle()
    expect(peerHeard).toEqual(['ab', 'd'])
    expect(heard).toEqual(['c'])
    expect(link.bufferedBytes).toBe(0)
  })

  test('borders between messages are kept where the carrier keeps them', async () => {
    const { link, peerHeard } = await open({ framing: 'message' })
    link.send(text('a'))
    link.send(text('b'))
    await settle()
    expect(peerHeard).toEqual(['a', 'b'])
  })

  test('a buffer that is kept beyond the call is overwritten', async () => {
    const { peer, kept } = await open()
    peer.send(text('secret'))
    await settle()
    expect(kept[0]?.every((byte) => byte === 0)).toBe(true)
  })

  test('pieces take their delay and do not overtake each other', async () => {
    const delays = [50, 10]
    const { clock, peer, heard } = await open({ delayMs: () => delays.shift() ?? 0 })
    peer.send(text('slow'))
    await settle()
    peer.send(text('quick'))
    await settle()
    clock.advance(49)
    expect(heard).toEqual([])
    clock.advance(1)
    expect(heard).toEqual(['slow', 'quick'])
  })

  test('a server that does not read makes the client wait, and refuses beyond the limit', async () => {
    const { link, peer, peerHeard } = await open({ highWaterMark: 4, writeLimit: 6 })
    await link.drained()
    peer.pause()
    link.send(text('12345'))
    await settle()
    let drained = false
    const waiting = link.drained().then(() => {
      drained = true
    })
    await settle()
    expect(drained).toBe(false)
    expect(() => link.send(text('67'))).toThrow(WriteOverflowError)
    const giveUp = new AbortController()
    const given = link.drained(giveUp.signal)
    giveUp.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    peer.resume()
    await waiting
    expect(peerHeard).toEqual(['12345'])
  })

  test('a graceful close sends what waits and hears the goodbye of the other side', async () => {
    const { link, peerHeard, peerEnds, ends } = await open()
    link.send(text('last'))
    await link.close()
    expect(peerHeard).toEqual(['last'])
    expect(peerEnds).toEqual(['goodbye'])
    expect(ends).toEqual([{ kind: 'local', error: undefined }])
    expect(() => link.send(text('more'))).toThrow(LinkClosedError)
  })

  test('a close that nobody answers cuts the link after its time', async () => {
    const { clock, link, peer, ends } = await open({ closeTimeoutMs: 100 })
    peer.pause()
    const closed = link.close()
    await settle()
    expect(ends).toEqual([])
    clock.advance(100)
    await closed
    expect(ends).toEqual([{ kind: 'local', error: undefined }])
    expect(clock.pending).toBe(0)
  })

  test('a server that closes, resets or is cut off ends the link once, with the reason', async () => {
    const closing = await open()
    closing.peer.send(text('bye'))
    closing.peer.end()
    await settle()
    expect(closing.heard).toEqual(['bye'])
    expect(closing.ends).toMatchObject([{ kind: 'remote', error: { code: 'LINK_CLOSED' } }])

    const reset = await open()
    reset.peer.send(text('lost'))
    reset.peer.reset()
    await settle()
    expect(reset.heard).toEqual([])
    expect(reset.ends).toMatchObject([{ kind: 'failure', error: { code: 'LINK_CLOSED' } }])

    const cut = await open()
    const cause = new LinkClosedError(endpoint, 'is not wanted any more')
    cut.peer.pause()
    cut.link.send(Buffer.alloc(300_000))
    const waiting = cut.link.drained()
    cut.link.destroy(cause)
    await expect(waiting).rejects.toBe(cause)
    await settle()
    expect(cut.ends).toEqual([{ kind: 'local', error: cause }])
    cut.link.destroy()
    await settle()
    expect(cut.ends).toHaveLength(1)
  })

  test('data whose reader throws ends the link with that error', async () => {
    const clock = new ManualClock()
    const ends: LinkEnd[] = []
    const transport = memoryTransport({ accept: (peer) => peer.send(text('x')) })
    const broken = new LinkClosedError(endpoint, 'carries nonsense')
    await transport.open(
      endpoint,
      {
        data() {
          throw broken
        },
        end: (end) => void ends.push(end),
      },
      { clock },
    )
    await settle()
    expect(ends).toEqual([{ kind: 'local', error: broken }])
  })

  test('connecting is refused, given up at the deadline, or given up on request; nothing is left', async () => {
    const refusal = new LinkClosedError(endpoint, 'is not taken')
    const refuse = (): void => {
      throw refusal
    }
    await expect(open({ connect: refuse })).rejects.toBe(refusal)

    const clock = new ManualClock()
    const hang = memoryTransport({ accept: () => {}, connect: () => new Promise(() => {}) })
    const nobody = { data: () => {}, end: () => {} }
    const late = hang.open(endpoint, nobody, { clock, timeoutMs: 50 })
    clock.advance(50)
    await expect(late).rejects.toBeInstanceOf(ConnectTimeoutError)
    const stop = new AbortController()
    const stopped = hang.open(endpoint, nobody, { clock, signal: stop.signal })
    stop.abort('no')
    await expect(stopped).rejects.toBeInstanceOf(ConnectAbortedError)
    const never = hang.open(endpoint, nobody, { clock, signal: AbortSignal.abort() })
    await expect(never).rejects.toBeInstanceOf(ConnectAbortedError)
    expect(clock.pending).toBe(0)
  })
})
