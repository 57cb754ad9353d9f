import type { TokenStore } from '../../oauth/store/token-store.ts'
import { expectCode, expectEqual, openAgain, type Sentence } from './expectation.ts'
import { grantA, grantB, makeRecord } from './records.ts'

/** What the contract says about the lock. */
export const lockCases: readonly Sentence[] = [
  {
    name: 'the lock lets one through at a time, and its fence rises',
    check: async (opened) => {
      const { store } = opened
      const other = await openAgain(opened)
      const first = await store.lock(grantA, { owner: 'first' })
      expectEqual('the owner', first.owner, 'first')
      expectEqual('whether it is lost', first.lost.aborted, false)
      let entered = false
      const second = other.lock(grantA, { owner: 'second', timeoutMs: 20_000 }).then((lock) => {
        entered = true
        return lock
      })
      // Whoever could be let in wrongly has had the time of several operations.
      for (let i = 0; i < 5; i++) await store.load(grantA, first)
      expectEqual('whether the second was let in', entered, false)
      await first.release()
      const lock = await second
      expectEqual('whether the fence rose', lock.fence > first.fence, true)
      await lock.release()
    },
  },
  {
    name: 'the lock is free again after its release, which may be repeated',
    check: async ({ store }) => {
      for (let i = 0; i < 3; i++) {
        const lock = await store.lock(grantA, { owner: 'again' })
        await lock.release()
        await lock.release()
      }
    },
  },
  {
    name: 'waiting for the lock ends in time, with an error that changes nothing',
    check: async (opened) => {
      const other = await openAgain(opened)
      const lock = await opened.store.lock(grantA, { owner: 'the holder' })
      const waiting = other.lock(grantA, { owner: 'hasty', timeoutMs: 50 })
      await expectCode('the wait', waiting, 'TOKEN_STORE_LOCKED')
      await opened.store.save(makeRecord(grantA, 1), 0, lock)
      await lock.release()
      await (await other.lock(grantA, { owner: 'hasty' })).release()
    },
  },
  {
    name: 'waiting for the lock ends with the reason of its signal',
    check: async (opened) => {
      const other = await openAgain(opened)
      const lock = await opened.store.lock(grantA, { owner: 'the holder' })
      const controller = new AbortController()
      const reason = new Error('enough')
      const waiting = other.lock(grantA, { owner: 'second', signal: controller.signal }).then(
        () => 'let in',
        (error: unknown) => error,
      )
      await opened.store.load(grantA, lock)
      controller.abort(reason)
      expectEqual('whether it is the reason', (await waiting) === reason, true)
      await lock.release()
      await (await other.lock(grantA, { owner: 'third' })).release()
    },
  },
  {
    name: 'locks of different grants do not wait for each other',
    check: async ({ store }) => {
      const locks = [await store.lock(grantA, { owner: 'a' })]
      locks.push(await store.lock(grantB, { owner: 'b', timeoutMs: 5_000 }))
      for (const lock of locks) await lock.release()
    },
  },
  {
    name: 'whoever holds the lock can read, write and delete with it',
    check: async ({ store }) => {
      const lock = await store.lock(grantA, { owner: 'the holder' })
      await store.save(makeRecord(grantA, 1), 0, lock)
      await store.save({ ...makeRecord(grantA, 1), status: 'dead' }, 1, lock)
      await store.save(makeRecord(grantA, 2), 1, lock)
      expectEqual('the generation', (await store.load(grantA, lock))?.generation, 2)
      expectEqual('delete', await store.delete(grantA, lock), true)
      await lock.release()
    },
  },
  {
    name: 'a note of someone who has lost the lock is refused, a new pair is not',
    check: async (opened) => {
      const { store } = opened
      const other = await openAgain(opened)
      await store.save(makeRecord(grantA, 1), 0)
      const first = await store.lock(grantA, { owner: 'first' })
      await first.release()
      const second = await other.lock(grantA, { owner: 'second' })
      await other.save({ ...makeRecord(grantA, 1), userId: 7 }, 1, second)
      const note = store.save({ ...makeRecord(grantA, 1), status: 'dead' }, 1, first)
      await expectCode('the late note', note, 'TOKEN_STORE_LOCK_LOST')
      expectEqual('the note that counts', (await store.load(grantA))?.userId, 7)
      await second.release()
      await store.save(makeRecord(grantA, 2), 1, first)
      expectEqual('the late pair', (await other.load(grantA))?.generation, 2)
    },
  },
  {
    name: 'under the lock no update gets lost',
    check: async (opened) => {
      const { store } = opened
      const other = await openAgain(opened)
      await store.save(makeRecord(grantA, 1), 0)
      const workers = Array.from({ length: 8 }, (_, index) =>
        countUp(index % 2 === 0 ? store : other, 3),
      )
      await Promise.all(workers)
      expectEqual('the generation', (await store.load(grantA))?.generation, 25)
    },
  },
]

async function countUp(store: TokenStore, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const lock = await store.lock(grantA, { owner: 'a worker' })
    const generation = (await store.load(grantA, lock))?.generation ?? 0
    await store.save(makeRecord(grantA, generation + 1), generation, lock)
    await lock.release()
  }
}
