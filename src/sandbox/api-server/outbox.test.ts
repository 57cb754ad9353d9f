import { expect, test } from 'vitest'
import { Outbox } from './outbox.ts'

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A socket whose reader takes nothing until told. */
function stuckSocket() {
  const writes: string[] = []
  return {
    writes,
    writableLength: 0,
    write(bytes: Buffer) {
      writes.push(bytes.toString())
      this.writableLength += bytes.length
    },
  }
}

test('what is said in one tick goes out as one write, in order', async () => {
  const socket = stuckSocket()
  const outbox = new Outbox(socket, { limit: 100, onOverflow: () => {} })
  for (const word of ['one ', 'two ', 'three']) outbox.send(Buffer.from(word))
  expect(socket.writes).toEqual([])
  await tick()
  expect(socket.writes).toEqual(['one two three'])
  outbox.send(Buffer.from('four'))
  await tick()
  expect(socket.writes).toEqual(['one two three', 'four'])
})

test('a large burst does not wait for the end of the tick', () => {
  const socket = stuckSocket()
  const outbox = new Outbox(socket, { limit: 1_000_000, onOverflow: () => {} })
  for (let count = 0; count < 70; count++) outbox.send(Buffer.alloc(1000, 97))
  expect(socket.writes).toHaveLength(1)
  expect(socket.writes[0]).toHaveLength(66_000)
})

test('what waits in the socket counts, and beyond the limit nothing is kept', async () => {
  const socket = stuckSocket()
  let overflows = 0
  const outbox = new Outbox(socket, { limit: 10, onOverflow: () => overflows++ })
  outbox.send(Buffer.from('123456'))
  await tick()
  outbox.send(Buffer.from('7890'))
  expect(overflows).toBe(0)
  outbox.send(Buffer.from('x'))
  outbox.send(Buffer.from('y'))
  expect(overflows).toBe(1)
  await tick()
  expect(socket.writes).toEqual(['123456'])
})

test('nothing is sent after closing', async () => {
  const socket = stuckSocket()
  const outbox = new Outbox(socket, { limit: 10, onOverflow: () => {} })
  outbox.send(Buffer.from('late'))
  outbox.close()
  outbox.send(Buffer.from('later'))
  outbox.flush()
  await tick()
  expect(socket.writes).toEqual([])
})
