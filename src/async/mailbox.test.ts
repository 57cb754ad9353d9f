import { describe, expect, test } from 'vitest'
import { Mailbox, StreamOverflowError } from './mailbox.ts'

async function rest<T>(mailbox: Mailbox<T>): Promise<T[]> {
  mailbox.end()
  const items: T[] = []
  for await (const item of mailbox) items.push(item)
  return items
}

describe('a mailbox that is full', () => {
  test('forgets what waited longest, and says so each time', async () => {
    let drops = 0
    const mailbox = new Mailbox<number>({
      limit: 2,
      overflow: 'drop-oldest',
      onDrop: () => drops++,
    })
    for (const item of [1, 2, 3, 4]) mailbox.push(item)
    expect([mailbox.dropped, drops]).toEqual([2, 2])
    expect(await rest(mailbox)).toEqual([3, 4])
  })

  test('keeps the latest of each key in the place of the first, full or not', async () => {
    let drops = 0
    const mailbox = new Mailbox<string>({
      limit: 2,
      overflow: 'keep-latest',
      key: (item) => item[0],
      onDrop: () => drops++,
    })
    for (const item of ['a1', 'b1', 'a2', 'c1']) mailbox.push(item)
    // The second `a` took the place of the first, and `c` that of the oldest.
    expect([mailbox.dropped, drops]).toEqual([2, 2])
    expect(await rest(mailbox)).toEqual(['b1', 'c1'])
  })

  test('fails instead, and drops nothing', async () => {
    let drops = 0
    const mailbox = new Mailbox<number>({ limit: 1, onDrop: () => drops++ })
    expect(mailbox.push(1)).toBe(true)
    expect(mailbox.push(2)).toBe(false)
    expect((await mailbox.next()).value).toBe(1)
    await expect(mailbox.next()).rejects.toBeInstanceOf(StreamOverflowError)
    expect([mailbox.dropped, drops]).toEqual([0, 0])
  })
})
