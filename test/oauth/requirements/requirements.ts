import { authorization } from './authorization.ts'
import { command } from './command.ts'
import type { RequirementRows } from './row.ts'
import { server } from './server.ts'
import { storage } from './storage.ts'
import { tokens } from './tokens.ts'
import { web } from './web.ts'

/**
 * What a correct login, token life and local authorization server cannot do without, by area and number. The areas are:
 * authorization URL, state, redirect URI, callback listener, manual paste, code exchange, refresh, revocation, token
 * storage, secrets, configuration, web application, errors, and the server of the sandbox.
 */
const required: Readonly<Record<string, readonly number[]>> = {
  AU: [1, 2, 3, 4, 5, 6],
  ST: [1, 2, 3, 4, 5, 6, 7, 8, 12],
  RU: [1, 2, 3, 4, 5, 6, 8, 9],
  CB: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18],
  MP: [1, 2, 3, 4, 5, 7, 8, 9],
  CX: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  RF: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22],
  RV: [1, 2, 3, 5],
  TS: [1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 15],
  SE: [1, 2, 3, 4, 5, 7],
  CF: [1, 2, 3, 4, 5, 6],
  WB: [1, 2, 3, 4, 5, 6, 7, 8, 9, 13],
  ER: [1, 2],
  MS: [1, 2, 3, 4, 5, 6, 7, 8, 9, 12],
}

/** Every id that must have a test. */
export const requiredIds: readonly string[] = Object.entries(required).flatMap(([area, numbers]) =>
  numbers.map((number) => `${area}-${number}`),
)

/** Every id that has tests, with their names. */
export const requirements: RequirementRows = {
  ...authorization,
  ...tokens,
  ...storage,
  ...web,
  ...command,
  ...server,
}
