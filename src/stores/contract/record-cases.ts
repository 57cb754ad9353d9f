import { inspect } from 'node:util'
import { expectCode, expectEqual, openAgain, type Sentence } from './expectation.ts'
import { grantA, grantB, makeRecord, textOf, withEveryNote } from './records.ts'

/** What the contract says about reading and writing records. */
export const recordCases: readonly Sentence[] = [
  {
    name: 'where nothing is stored, nothing is found, listed or deleted',
    check: async ({ store }) => {
      expectEqual('load', await store.load(grantA), undefined)
      expectEqual('delete', await store.delete(grantA), false)
    },
  },
  {
    name: 'what is saved comes back whole, through another object too',
    check: async (opened) => {
      const { store } = opened
      const record = makeRecord(grantA, 1)
      await store.save(record, 0)
      expectEqual('the record', textOf(await store.load(grantA)), textOf(record))
      const noted = withEveryNote(record)
      await store.save(noted, 1)
      const other = await openAgain(opened)
      expectEqual('the noted record', textOf(await other.load(grantA)), textOf(noted))
      const bare = {
        ...makeRecord(grantA, 2),
        userId: undefined,
        tokens: {
          ...record.tokens,
          refreshToken: undefined,
          scope: undefined,
          expiresAt: undefined,
        },
      }
      await other.save(bare, 1)
      expectEqual('the bare record', textOf(await store.load(grantA)), textOf(bare))
    },
  },
  {
    name: 'grants are kept apart, and listed',
    check: async ({ store }) => {
      await store.save(makeRecord(grantA, 1), 0)
      await store.save(makeRecord(grantB, 1), 0)
      await store.save(makeRecord(grantB, 2), 1)
      const clients = (await store.list()).map(({ clientId }) => clientId).sort()
      expectEqual('the list', clients, [grantA.clientId, grantB.clientId].sort())
      expectEqual('A', (await store.load(grantA))?.generation, 1)
      expectEqual('delete', await store.delete(grantA), true)
      expectEqual('A after its deletion', await store.load(grantA), undefined)
      expectEqual('B', (await store.load(grantB))?.generation, 2)
    },
  },
  {
    name: 'a write that expects another generation changes nothing',
    check: async ({ store }) => {
      const conflict = 'TOKEN_STORE_CONFLICT'
      await expectCode('a second pair first', store.save(makeRecord(grantA, 2), 1), conflict)
      expectEqual('nothing was made', await store.load(grantA), undefined)
      await store.save(makeRecord(grantA, 1), 0)
      await store.save(makeRecord(grantA, 2), 1)
      const before = textOf(await store.load(grantA))
      await expectCode('a first pair again', store.save(makeRecord(grantA, 1), 0), conflict)
      await expectCode('an old pair', store.save(makeRecord(grantA, 2), 1), conflict)
      await expectCode('an early pair', store.save(makeRecord(grantA, 4), 3), conflict)
      await expectCode('an old note', store.save(makeRecord(grantA, 1), 1), conflict)
      expectEqual('the record', textOf(await store.load(grantA)), before)
    },
  },
  {
    name: 'a record that cannot follow the expected one is refused',
    check: async ({ store }) => {
      const refused = 'INVALID_ARGUMENT'
      await expectCode('two at once', store.save(makeRecord(grantA, 2), 0), refused)
      await expectCode('generation 0', store.save(makeRecord(grantA, 0), 0), refused)
      await expectCode('half a generation', store.save(makeRecord(grantA, 1.5), 1), refused)
    },
  },
  {
    name: 'of many writers who saw the same generation one succeeds',
    check: async (opened) => {
      const { store } = opened
      const other = await openAgain(opened)
      await store.save(makeRecord(grantA, 1), 0)
      const writers = Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? store : other).save(makeRecord(grantA, 2), 1),
      )
      const results = await Promise.allSettled(writers)
      const succeeded = results.filter((result) => result.status === 'fulfilled')
      expectEqual('how many succeeded', succeeded.length, 1)
      for (const result of results) {
        if (result.status === 'fulfilled') continue
        expectEqual('the code of the others', result.reason?.code, 'TOKEN_STORE_CONFLICT')
      }
      expectEqual('the generation', (await store.load(grantA))?.generation, 2)
    },
  },
  {
    name: 'a reader sees the old record or the new one, never a mixture',
    check: async (opened) => {
      const { store } = opened
      const reader = await openAgain(opened)
      await store.save(makeRecord(grantA, 1), 0)
      let writing = true
      const writer = (async () => {
        for (let next = 2; next <= 20; next++) await store.save(makeRecord(grantA, next), next - 1)
      })().finally(() => {
        writing = false
      })
      while (writing) {
        const seen = await reader.load(grantA)
        expectEqual(
          'what was read',
          textOf(seen),
          textOf(makeRecord(grantA, seen?.generation ?? 0)),
        )
      }
      await writer
    },
  },
  {
    name: 'a deleted grant can begin again',
    check: async ({ store }) => {
      await store.save(makeRecord(grantA, 1), 0)
      await store.save(makeRecord(grantA, 2), 1)
      await store.delete(grantA)
      await store.save(makeRecord(grantA, 1), 0)
      expectEqual('the generation', (await store.load(grantA))?.generation, 1)
    },
  },
  {
    name: 'damage is an error, never "nothing stored", and is not written over',
    check: async ({ store, damage }) => {
      if (damage === undefined) return
      await store.save(makeRecord(grantA, 1), 0)
      await damage(grantA)
      const corrupt = 'TOKEN_STORE_CORRUPT'
      await expectCode('load', store.load(grantA), corrupt)
      await expectCode('save', store.save(makeRecord(grantA, 2), 1), corrupt)
      await expectCode('a first save', store.save(makeRecord(grantA, 1), 0), corrupt)
      await expectCode('load afterwards', store.load(grantA), corrupt)
      const error: unknown = await store.load(grantA).catch((reason: unknown) => reason)
      const seen = `${inspect(error, { depth: 9, showHidden: true })}${JSON.stringify(error)}`
      expectEqual('whether the error shows a token', /contract-(access|refresh)/.test(seen), false)
      expectEqual('delete', await store.delete(grantA), true)
      expectEqual('load after the deletion', await store.load(grantA), undefined)
    },
  },
]
