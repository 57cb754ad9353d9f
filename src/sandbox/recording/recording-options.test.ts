import { expect, test } from 'vitest'
import { recordSessions } from './record-sessions.ts'
import { replaySessions } from './replay-sessions.ts'

const target = { host: '127.0.0.1', port: 1 }
// Nothing is written: the folder is not there.
const file = '/nonexistent/session.jsonl'
const token = 'aB3'.repeat(14)

test.each<[object, RegExp]>([
  [
    { target, file, secret: [token] },
    /recordSessions has no option "secret"\. Did you mean secrets/,
  ],
  [{ target, file, secrets: token }, /The option secrets is no list of texts/],
  [{ target, file, secrets: [undefined] }, /The option secrets is no list of texts/],
  [{ file }, /The target of recordSessions takes an object of options, not undefined/],
  [{ target: { ...target, prot: 1 }, file }, /no option "prot"\. Did you mean port/],
  [{ target: { ...target, port: 0 }, file }, /target\.port cannot be 0\. Give a port from 1/],
  [{ target: { ...target, jsonPort: '1' }, file }, /target\.jsonPort cannot be "1"/],
  [{ target: { ...target, host: '' }, file }, /target\.host cannot be ""/],
  [{ target }, /The option file cannot be undefined/],
  [{ target, file, port: 70_000 }, /The option port cannot be 70000/],
])('options of a recorder that cannot be used are refused: %o', async (options, message) => {
  const recorder = recordSessions(options as never)
  await expect(recorder).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  await expect(recorder).rejects.toThrow(message)
  await expect(recorder).rejects.not.toThrow(token)
})

test.each<[object, RegExp]>([
  [{ file, compare: 'field' }, /The option compare cannot be "field"\. Choose fields or names/],
  [{ file, pace: 'real' }, /The option pace cannot be "real"\. Choose recorded or at-once/],
  [{ file, mode: 'x' }, /replaySessions has no option "mode"/],
  [{ file: 7 }, /The option file cannot be 7/],
  [{ file, jsonPort: -1 }, /The option jsonPort cannot be -1/],
])('options of a replay that cannot be used are refused: %o', async (options, message) => {
  const replay = replaySessions(options as never)
  await expect(replay).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  await expect(replay).rejects.toThrow(message)
})
