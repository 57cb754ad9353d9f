import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidArgumentError } from '../errors.ts'
import { FrameCutError, FrameTooLongError } from './errors.ts'
import { FrameSplitter } from './frame.ts'

function frame(content: Uint8Array): Buffer {
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(content.length)
  return Buffer.concat([prefix, content])
}

function collector(limit?: number): { splitter: FrameSplitter; frames: string[] } {
  const frames: string[] = []
  const splitter = new FrameSplitter({
    ...(limit === undefined ? {} : { limit }),
    onFrame: (buffer, start, end) => frames.push(buffer.toString('hex', start, end)),
  })
  return { splitter, frames }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('FrameSplitter', () => {
  test('however the stream is cut, the same frames come out in order', () => {
    const contents = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 })
    const cuts = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(contents, cuts, (list, sizes) => {
        const stream = Buffer.concat(list.map(frame))
        const { splitter, frames } = collector()
        let at = 0
        for (let turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          // The chunk is a copy that is overwritten afterwards, as a reused read buffer is.
          const chunk = Buffer.from(stream.subarray(at, at + size))
          splitter.push(chunk)
          chunk.fill(0xff)
          at += size
        }
        splitter.end()
        expect(frames).toEqual(list.map(hex))
      }),
    )
  })

  test('a frame at the limit passes, one byte more is refused before any of it is kept', () => {
    const { splitter, frames } = collector(10)
    splitter.push(frame(Buffer.alloc(10, 1)))
    expect(frames).toEqual([hex(Buffer.alloc(10, 1))])
    expect(() => splitter.push(Buffer.from([0, 0, 0, 11, 1, 2, 3]))).toThrow(FrameTooLongError)
    expect(splitter.pendingBytes).toBe(0)
  })

  test('an announced length of 4 GiB is refused whether its prefix comes whole or byte by byte', () => {
    expect(() => collector().splitter.push(Buffer.from([255, 255, 255, 255]))).toThrow(
      FrameTooLongError,
    )
    const { splitter } = collector()
    for (const byte of [255, 255, 255]) splitter.push(Buffer.from([byte]))
    expect(() => splitter.push(Buffer.from([255]))).toThrow('4294967295')
    expect(splitter.pendingBytes).toBe(0)
  })

  test('the frames before a refused one are handed over', () => {
    const { splitter, frames } = collector(10)
    const bad = Buffer.concat([frame(Buffer.from('ok')), Buffer.from([0, 0, 1, 0])])
    expect(() => splitter.push(bad)).toThrow(FrameTooLongError)
    expect(frames).toEqual([hex(Buffer.from('ok'))])
  })

  test.each([
    [Buffer.from([0]), 'after 1 of the 4 bytes'],
    [Buffer.from([0, 0, 0, 9, 1, 2]), 'after 2 of 9 bytes'],
  ])('a stream that ends inside %o says how far it came', (bytes, text) => {
    const { splitter } = collector()
    splitter.push(bytes)
    expect(() => splitter.end()).toThrow(FrameCutError)
    const again = collector().splitter
    again.push(bytes)
    expect(() => again.end()).toThrow(text)
  })

  test('a stream that ends between frames is whole', () => {
    const { splitter } = collector()
    splitter.push(frame(Buffer.from('x')))
    expect(() => splitter.end()).not.toThrow()
  })

  test('a sink that throws does not see the same frame again', () => {
    let calls = 0
    const splitter = new FrameSplitter({
      onFrame: () => {
        calls++
        throw new Error('sink')
      },
    })
    splitter.push(Buffer.from([0, 0]))
    expect(() => splitter.push(Buffer.from([0, 1, 7]))).toThrow('sink')
    splitter.end()
    expect(calls).toBe(1)
  })

  test.each([0, -1, 1.5, Number.NaN, 2 ** 32])('a limit of %s is not one', (limit) => {
    expect(() => new FrameSplitter({ limit, onFrame: () => {} })).toThrow(InvalidArgumentError)
  })

  test('memory follows what arrives, not what was announced', () => {
    const { splitter } = collector()
    const before = process.memoryUsage().arrayBuffers
    splitter.push(Buffer.from([0, 0xe4, 0xe1, 0xbf]))
    splitter.push(Buffer.alloc(1000))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
    expect(splitter.pendingBytes).toBe(1004)
  })
})
