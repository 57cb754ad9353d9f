import { expect, test } from 'vitest'
import { SessionClosedError } from '../errors.ts'
import { move, type SessionState } from './state.ts'

const end = { kind: 'closed', error: new SessionClosedError() } as const
const states: readonly SessionState[] = [
  { phase: 'connecting' },
  { phase: 'authenticating' },
  { phase: 'ready', since: 0 },
  { phase: 'closing' },
  { phase: 'closed', end },
]

test('a session goes forward, may be closed at any time, and never comes back', () => {
  const legal = states.flatMap((from) =>
    states
      .filter((to) => {
        try {
          return move(from, to) === to
        } catch {
          return false
        }
      })
      .map((to) => `${from.phase} > ${to.phase}`),
  )
  expect(legal).toEqual([
    'connecting > authenticating',
    'connecting > closing',
    'connecting > closed',
    'authenticating > ready',
    'authenticating > closing',
    'authenticating > closed',
    'ready > closing',
    'ready > closed',
    'closing > closed',
  ])
})
